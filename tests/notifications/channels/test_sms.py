"""Texts against a real gateway: every outcome by name, questions, receipts twice, late and out of order, lengths."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from aiohttp import web
from fastapi import FastAPI, Request
from pydantic import SecretStr

from deploy.sandbox.providers import gateway
from deploy.sandbox.providers.authority import Authority
from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.receipt import WINDOW, Doubt, Settled, read
from services.notifications.channels.receipt_api import receipts_router
from services.notifications.channels.settings import Channels
from services.notifications.channels.sms import SmsSender, SmsSettings, signature
from services.notifications.channels.text_length import Encoding, Length, measured

LETTER = Letter("0198c1de-0002", "13800000000", "", "【守望】您有1件事项待办，请与村联络员联系。", {"template": "T-17"})
KEY, NOW = SecretStr(gateway.RECEIPT_SECRET), 1_790_000_000


@asynccontextmanager
async def sender(channels: Channels, **changed: Any) -> AsyncIterator[SmsSender]:
    """A sender with these settings changed."""
    assert channels.sms is not None
    made = SmsSender(replace(channels.sms, **changed))
    try:
        yield made
    finally:
        await made.close()


def taken(provider_ref: str | None) -> Receipt:
    """The gateway took it."""
    return Receipt(Outcome.SENT, provider_ref)


async def test_a_text_is_taken_once_however_often_it_is_sent(house: House, channels: Channels) -> None:
    async with sender(channels) as sms:
        first, again, other = [await sms.send(each) for each in (LETTER, LETTER, replace(LETTER, reference="n-2"))]
    assert (first.outcome, first.provider_ref is not None) == (Outcome.SENT, True)
    assert (again, other == first) == (first, False)
    met = [(m["reference"], m["to"], m["text"], m["template"], m["repeated"]) for m in house.control.records("sms")]
    one = ("0198c1de-0002", LETTER.to, LETTER.text, "T-17")
    assert met == [(*one, False), (*one, True), ("n-2", *one[1:], False)]


@pytest.mark.parametrize(
    ("step", "receipt"),
    [
        (Step(Do.REFUSE, "text_forbidden"), Receipt(Outcome.REFUSED, reason="text_forbidden")),
        (Step(Do.REFUSE, "13800000000 不在服务区"), Receipt(Outcome.REFUSED, reason="code_not_understood")),
        (Step(Do.REFUSE, "no_13800000000"), Receipt(Outcome.REFUSED, reason="code_not_understood")),
        (Step(Do.REFUSE, "err_1027"), Receipt(Outcome.REFUSED, reason="err_1027")),
        (Step(Do.REFUSE, "number_ended"), Receipt(Outcome.GONE, reason="number_ended")),
        (Step(Do.LIMIT), Receipt(Outcome.LATER, reason="rate_limited", retry_after=7.0)),
        (Step(Do.BREAK), Receipt(Outcome.LATER, reason="not_available")),
        (Step(Do.BREAK, "404"), Receipt(Outcome.LATER, reason="status_404")),
        (Step(Do.BREAK, "502"), Receipt(Outcome.UNKNOWN, reason="status_502")),
        (Step(Do.BREAK, "204"), Receipt(Outcome.UNKNOWN, reason="answer_not_understood")),
        (Step(Do.CUT), Receipt(Outcome.UNKNOWN, reason="cut_off")),
    ],
    ids=lambda value: f"{value.do}-{value.code}" if isinstance(value, Step) else value.outcome,
)
async def test_what_the_gateway_does_is_told_by_name(house: House, channels: Channels, step: Step, receipt: Receipt) -> None:
    house.control.plan("sms", step)
    async with sender(channels) as sms:
        assert await sms.send(LETTER) == receipt


async def test_silence_is_unknown_and_the_question_finds_out(house: House, channels: Channels) -> None:
    house.control.plan("sms", Step(Do.DELAY, seconds=60), Step(Do.CUT), Step(Do.LIMIT), Step(Do.FORGET))
    async with sender(channels, seconds=2) as sms:  # also for a connection on a busy machine
        assert await sms.send(LETTER) == Receipt(Outcome.UNKNOWN, reason="no_answer_in_time")
        assert (await sms.send(replace(LETTER, reference="cut"))).outcome is Outcome.UNKNOWN
        assert (await sms.send(replace(LETTER, reference="limited"))).outcome is Outcome.LATER
        assert (await sms.send(replace(LETTER, reference="forgotten"))).outcome is Outcome.SENT
        found = [await sms.ask(reference) for reference in (LETTER.reference, "cut", "limited", "forgotten")]
    not_taken = Receipt(Outcome.LATER, reason="not_taken")
    assert [r.outcome for r in found if r] == [Outcome.SENT, Outcome.SENT, Outcome.LATER, Outcome.LATER]
    assert found[2:] == [not_taken, not_taken]


async def test_a_question_that_is_not_answered_is_no_answer(house: House, channels: Channels) -> None:
    house.control.plan("sms.ask", Step(Do.BREAK), Step(Do.BREAK, "500"))
    async with sender(channels) as sms:
        assert [await sms.ask("n-1"), await sms.ask("n-1")] == [None, None]
        assert await sms.ask("n-1") == Receipt(Outcome.LATER, reason="not_taken")


async def test_what_is_wrong_with_us_or_the_way_is_later(house: House, channels: Channels, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    wrong: list[dict[str, Any]] = [{"secret": SecretStr("x")}, {"ca_file": other.file}, {"url": "https://localhost:1/sms"}]
    reasons = []
    for changed in wrong:
        async with sender(channels, **changed) as sms:
            found = await sms.send(LETTER)
        reasons.append((found.outcome, found.reason))
    assert reasons == [(Outcome.LATER, r) for r in ("status_401", "certificate_not_trusted", "not_reachable")]
    assert house.control.records("sms") == []


@pytest.mark.parametrize(
    "to", ["", "1380000000", "12800000000", "138000000000", "+8613800000000", "１３８００００００００", "13800000000\n"]
)
async def test_what_is_no_mobile_number_is_refused_here(house: House, channels: Channels, to: str) -> None:
    async with sender(channels) as sms:
        assert await sms.send(replace(LETTER, to=to)) == Receipt(Outcome.REFUSED, reason="address_not_valid")
    assert house.control.records("sms") == []


async def test_neither_number_nor_text_nor_secret_is_shown(
    house: House, channels: Channels, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    house.control.plan("sms", Step(Do.REFUSE), Step(Do.CUT), Step(Do.ACCEPT))
    shown = [repr(LETTER), repr(channels)]
    with caplog.at_level("DEBUG"):
        async with sender(channels) as sms:
            shown += [repr(await sms.send(LETTER)) for _ in range(3)]
    everything = "".join([*shown, caplog.text, *capsys.readouterr()])
    assert not any(secret in everything for secret in (LETTER.to, LETTER.text, "sandbox-sms", "sandbox-receipts"))


class Told:
    """Who settles receipts, for the test: keeps the last word for each message and knows only those it was given."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.said: dict[str, list[Receipt]] = defaultdict(list)

    async def settle(self, _: Request, reference: str, receipt: Receipt) -> bool:
        """Whether the message is known; keeps what was said."""
        if reference in self.known:
            self.said[reference].append(receipt)
        return reference in self.known


@asynccontextmanager
async def door(told: Told) -> AsyncIterator[str]:
    """The receipts' door on a real socket; its URL."""
    app = FastAPI()
    app.include_router(receipts_router("sms", lambda: KEY, told.settle))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/receipts/sms"
    finally:
        server.should_exit = True
        await running


async def test_receipts_come_twice_late_out_of_order_and_before_we_know_the_message(house: House, channels: Channels) -> None:
    house.control.plan(
        "sms", Step(Do.TWICE), Step(Do.LATE, seconds=0.2), Step(Do.SWAP), Step(Do.FAIL), Step(Do.FAIL, "not_reachable")
    )
    told = Told()
    async with door(told) as url, sender(channels) as sms:
        house.gateway.receipts_url = url
        refs = {
            name: (await sms.send(replace(LETTER, reference=name))).provider_ref
            for name in ("twice", "late", "swap", "ended", "off")
        }
        await house.control.met("sms.receipt")  # one was refused as unknown: the gateway brings it again
        told.known |= refs.keys()
        await house.gateway.settled()
    delivered = {name: Receipt(Outcome.DELIVERED, ref) for name, ref in refs.items()}
    assert told.said == {
        "twice": [delivered["twice"]] * 2,
        "late": [delivered["late"]],
        "swap": [delivered["swap"], taken(refs["swap"])],
        "ended": [Receipt(Outcome.GONE, refs["ended"], "number_ended")],
        "off": [Receipt(Outcome.REFUSED, refs["off"], "not_reachable")],
    }
    assert {m["answer"] for m in house.control.records("sms.receipt")} == {204, 404}


async def test_the_question_agrees_with_the_receipt(house: House, channels: Channels) -> None:
    house.control.plan("sms", Step(), Step(Do.FAIL))
    told = Told()
    told.known |= {"good", "bad"}
    async with door(told) as url, sender(channels) as sms:
        house.gateway.receipts_url = url
        for name in ("good", "bad"):
            await sms.send(replace(LETTER, reference=name))
        await house.gateway.settled()
        assert [[await sms.ask(name)] for name in ("good", "bad")] == [told.said["good"], told.said["bad"]]


def receipt_of(stamp: int = NOW, secret: str = gateway.RECEIPT_SECRET, **said: Any) -> tuple[dict[str, str], bytes]:
    """A receipt as the gateway would send it."""
    body = json.dumps({"reference": "n-1", "provider_ref": "gw-1", "status": "delivered", **said}).encode()
    return {name.lower(): value for name, value in gateway.signed(body, stamp, secret).items()}, body


def test_a_genuine_receipt_is_read() -> None:
    assert read(*receipt_of(), KEY, NOW) == Settled("n-1", Receipt(Outcome.DELIVERED, "gw-1"))
    assert read(*receipt_of(), KEY, NOW + WINDOW) == Settled("n-1", Receipt(Outcome.DELIVERED, "gw-1"))


def test_what_is_forged_stale_or_no_receipt_is_told_apart() -> None:
    headers, body = receipt_of()
    changed = {name: {**headers, name: headers[name][:-1] + "x"} for name in ("x-timestamp", "x-nonce", "x-signature")}
    assert {read(each, body, KEY, NOW) for each in changed.values()} == {Doubt.FORGED}
    assert read({}, body, KEY, NOW) is Doubt.FORGED
    assert read({**headers, "x-signature": "é"}, body, KEY, NOW) is Doubt.FORGED
    assert read(headers, body.replace(b"n-1", b"n-2"), KEY, NOW) is Doubt.FORGED
    assert read(*receipt_of(secret="other"), KEY, NOW) is Doubt.FORGED
    assert {read(headers, body, KEY, NOW + sign * (WINDOW + 1)) for sign in (1, -1)} == {Doubt.STALE}
    for said in ({"status": "flown"}, {"status": "unknown"}, {"reference": 7}, {"reference": ""}, {"reference": "x" * 121}):
        assert read(*receipt_of(**said), KEY, NOW) is Doubt.UNREADABLE
    for odd in (b"", b"[]", b"\xff", b"{"):
        assert read({k.lower(): v for k, v in gateway.signed(odd, NOW).items()}, odd, KEY, NOW) is Doubt.UNREADABLE


def test_a_nonce_cannot_run_into_the_body() -> None:
    assert signature(KEY, "1", "2", b"3") != signature(KEY, "1", "", b"2\n3")
    assert signature(KEY, "12", "3", b"") != signature(KEY, "1", "23", b"")


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 60_000, b"\xff", b"7", b'{"status": ["accepted"]}', b"x" * 100_000])
async def test_an_answer_that_makes_no_sense_is_unknown(house: House, channels: Channels, content: bytes) -> None:
    async def odd(_: web.Request) -> web.Response:
        return web.Response(body=content)

    app = web.Application()
    app.add_routes([web.post("/messages", odd)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=house.authority.server()).start()
    async with sender(channels, url=f"https://localhost:{runner.addresses[0][1]}") as sms:
        assert (await sms.send(LETTER)).outcome is Outcome.UNKNOWN
    await runner.cleanup()


def test_settings_take_no_plain_http() -> None:
    with pytest.raises(ValueError, match="https://"):
        SmsSettings("http://gateway.example.cn", "a", KEY, KEY)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", Length(Encoding.GSM_7, 0, 1)),
        ("a" * 160, Length(Encoding.GSM_7, 160, 1)),
        ("a" * 161, Length(Encoding.GSM_7, 161, 2)),
        ("a" * 306, Length(Encoding.GSM_7, 306, 2)),
        ("a" * 307, Length(Encoding.GSM_7, 307, 3)),
        ("€" * 80, Length(Encoding.GSM_7, 160, 1)),
        ("a" * 152 + "€" + "a" * 152, Length(Encoding.GSM_7, 306, 3)),  # the escape would be parted from its character
        ("守" * 70, Length(Encoding.UCS_2, 70, 1)),
        ("守" * 71, Length(Encoding.UCS_2, 71, 2)),
        ("守" * 134, Length(Encoding.UCS_2, 134, 2)),
        ("守" * 135, Length(Encoding.UCS_2, 135, 3)),
        ("a" * 69 + "守", Length(Encoding.UCS_2, 70, 1)),
        ("守" * 66 + "𠮷" + "守" * 66, Length(Encoding.UCS_2, 134, 3)),  # a character outside the first plane takes two units
    ],
)
def test_a_text_is_as_long_as_the_operator_counts_it(text: str, length: Length) -> None:
    assert measured(text) == length
