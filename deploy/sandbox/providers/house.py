"""All providers in one process: their certificates, doors and record in one folder, and a channels file that fits them.

`POST /control` {provider, do, times?, code?, seconds?} plans misbehaviour; `POST /control/subscriber` {name, keys} gives a webhook
subscriber its keys; `POST /control/receipts` {url, provider?} says where receipts of texts (or of calls, provider "voice") go.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from deploy.sandbox.providers import gateway, robot, smtp
from deploy.sandbox.providers.authority import Authority
from deploy.sandbox.providers.control import Control, Do, Step
from deploy.sandbox.providers.gateway import Gateway
from deploy.sandbox.providers.robot import Robots
from deploy.sandbox.providers.smtp import MailServer
from deploy.sandbox.providers.webhook import Subscribers

OFFICE = "MZ:533421"
_CHANNELS = """# Written by the sandbox for the providers that run now.
[mail]
host = "localhost"
port = {mail}
sender = "notices@example.cn"
user = "{user}"
password_file = "mail_password"
ca_file = "{ca}"

[sms]
url = "{web}/sms"
app = "{app}"
secret_file = "sms_secret"
receipt_secret_file = "sms_receipt_secret"
ca_file = "{ca}"

[voice]
url = "{web}/voice"
app = "{app}"
secret_file = "sms_secret"
receipt_secret_file = "sms_receipt_secret"
ca_file = "{ca}"

[robots.wecom]
kind = "wecom"
url = "{web}/cgi-bin/webhook/send"
site = "https://shouwang.example.cn"
token_file = "wecom_key"
ca_file = "{ca}"

[robots.dingtalk]
kind = "dingtalk"
url = "{web}/robot/send"
site = "https://shouwang.example.cn"
token_file = "dingtalk_token"
sign_file = "dingtalk_sign"
ca_file = "{ca}"

[drop]
folder = "{drops}"
certificate = "{certificate}"
key_file = "{key}"
"""


@dataclass(frozen=True, slots=True)
class House:
    """The running providers. `web` is the base URL of all that speak HTTPS."""

    folder: Path
    authority: Authority
    control: Control
    mail: MailServer
    gateway: Gateway
    calls: Gateway
    subscribers: Subscribers
    web: str

    @property
    def channels(self) -> Path:
        """The channels file; its secrets stand in `folder/secrets`."""
        return self.folder / "channels.toml"

    def urls(self) -> dict[str, str]:
        """Where everything is, for people and programs."""
        return {
            "mail": f"smtp://localhost:{self.mail.port}",
            "sms": f"{self.web}/sms",
            "voice": f"{self.web}/voice",
            "wecom": f"{self.web}/cgi-bin/webhook/send",
            "dingtalk": f"{self.web}/robot/send",
            "webhooks": f"{self.web}/hooks/",
            "control": f"{self.web}/control",
            "authority": str(self.authority.file),
            "record": str(self.control.file),
            "channels": str(self.channels),
            "secrets": str(self.folder / "secrets"),
            "drops": str(self.folder / "drops"),
        }


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Start all providers on free ports of loopback; stop them at the end."""
    (folder / "drops").mkdir(parents=True, exist_ok=True)
    authority, control = Authority(folder / "certificates"), Control(folder / "record.jsonl")
    tls = authority.server()
    mail, robots, subscribers = MailServer(control, tls), Robots(control), Subscribers(control)
    texts, calls = Gateway(control), Gateway(control, "voice")
    app = web.Application()
    gateways = {"sms": texts, "voice": calls}
    app.add_routes([*texts.routes(), *calls.routes(), *robots.routes(), *subscribers.routes()])
    app.add_routes(_controls(control, gateways, subscribers))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    await mail.start()
    house = House(folder, authority, control, mail, texts, calls, subscribers, f"https://localhost:{runner.addresses[0][1]}")
    _configured(house)
    try:
        yield house
    finally:
        await texts.close()
        await calls.close()
        await mail.stop()
        await runner.cleanup()
        control.close()


def _controls(control: Control, gateways: Mapping[str, Gateway], subscribers: Subscribers) -> list[web.RouteDef]:
    async def plan(request: web.Request) -> web.Response:
        said = await request.json()
        step = Step(Do(said["do"]), str(said.get("code", "")), float(said.get("seconds", 0)))
        control.plan(said["provider"], *[step] * int(said.get("times", 1)))
        return web.Response(status=204)

    async def subscriber(request: web.Request) -> web.Response:
        said = await request.json()
        subscribers.give(said["name"], *said["keys"])
        return web.Response(status=204)

    async def receipts(request: web.Request) -> web.Response:
        said = await request.json()
        gateways[said.get("provider", "sms")].receipts_url = said["url"]
        return web.Response(status=204)

    return [web.post("/control", plan), web.post("/control/subscriber", subscriber), web.post("/control/receipts", receipts)]


def _configured(house: House) -> None:
    secrets = house.folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    known = {
        "mail_password": smtp.PASSWORD,
        "sms_secret": gateway.SECRET,
        "sms_receipt_secret": gateway.RECEIPT_SECRET,
        "wecom_key": robot.KEY,
        "dingtalk_token": robot.TOKEN,
        "dingtalk_sign": robot.SIGN,
    }
    for name, secret in known.items():
        (secrets / name).write_text(secret, encoding="utf-8")
    certificate, key = house.authority.issue("shouwang")
    house.authority.issue(OFFICE.replace(":", "-"))  # the certificate that the office enters in its subscription
    text = _CHANNELS.format(
        mail=house.mail.port,
        user=smtp.USER,
        ca=house.authority.file.resolve(),
        web=house.web,
        app=gateway.APP,
        drops=(house.folder / "drops").resolve(),
        certificate=certificate.resolve(),
        key=key.resolve(),
    )
    house.channels.write_text(text, encoding="utf-8")
