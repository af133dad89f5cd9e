"""Group robots as 企业微信 and 钉钉 offer them: a POST to a secret URL, answered with 200 and an errcode. From memory of their documents."""

import asyncio
import base64
import hashlib
import hmac
import time

from aiohttp import web

from deploy.sandbox.providers.control import Control, Do

KEY, TOKEN, SIGN = "sandbox-wecom-key", "sandbox-ding-token", "SECsandbox"
_LIMITED = {"wecom": 45009, "dingtalk": 130101}
_REFUSED = {"wecom": 40058, "dingtalk": 400105}


class Robots:
    """Both robots, each with one group."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def routes(self) -> list[web.RouteDef]:
        """Their doors, at the paths of the originals."""
        return [web.post("/cgi-bin/webhook/send", self._wecom), web.post("/robot/send", self._dingtalk)]

    async def _wecom(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        if request.query.get("key") != KEY:
            return _answer(93000, "invalid webhook url")
        return await self._posted(request, "wecom", said["markdown"]["content"])

    async def _dingtalk(self, request: web.Request) -> web.StreamResponse:
        said, query = await request.json(), request.query
        if query.get("access_token") != TOKEN:
            return _answer(300001, "token is not exist")
        stamp = query.get("timestamp", "0")
        right = base64.b64encode(hmac.new(SIGN.encode(), f"{stamp}\n{SIGN}".encode(), hashlib.sha256).digest()).decode()
        if query.get("sign") != right or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
            return _answer(310000, "sign not match")
        return await self._posted(request, "dingtalk", said["markdown"]["text"])

    async def _posted(self, request: web.Request, kind: str, words: str) -> web.StreamResponse:
        step = self._control.take(kind)
        self._control.record(kind, step, text=words)
        match step.do:
            case Do.LIMIT:
                return _answer(int(step.code or _LIMITED[kind]), "too many")
            case Do.REFUSE:
                return _answer(int(step.code or _REFUSED[kind]), "refused")
            case Do.BREAK:
                return web.Response(status=int(step.code or 503))
            case Do.CUT if request.transport is not None:
                request.transport.abort()
            case Do.DELAY:
                await asyncio.sleep(step.seconds)
        return _answer(0, "ok")


def _answer(code: int, words: str) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": words})
