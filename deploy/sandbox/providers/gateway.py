"""A gateway of texts or of calls: checks our signature, knows a reference that it has met, and sends signed receipts back."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import aiohttp
from aiohttp import web

from deploy.sandbox.providers.control import Control, Do, Step

APP, SECRET, RECEIPT_SECRET = "shouwang", "sandbox-sms", "sandbox-receipts"
PATIENCE = 20  # times that a receipt is brought until the door takes it


class Gateway:
    """The gateway `kind` (sms, voice); `receipts_url` is the customer's door for receipts, None to send none."""

    def __init__(self, control: Control, kind: str = "sms", receipts_url: str | None = None) -> None:
        self._control, self._kind, self.receipts_url = control, kind, receipts_url
        self._messages: dict[str, dict[str, str]] = {}
        self._nonces: set[str] = set()
        self._errands: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The gateway's two doors."""
        return [web.post(f"/{self._kind}/messages", self._take), web.post(f"/{self._kind}/ask", self._asked)]

    async def settled(self) -> None:
        """Wait until every receipt was brought (or given up)."""
        while self._errands:
            await asyncio.gather(*self._errands)

    async def close(self) -> None:
        """Bring no more receipts."""
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        said = await self._genuine(request)
        if said is None:
            return web.json_response({"status": "unauthorized"}, status=401)
        reference, ended = said["reference"], said["to"] in self._control.ended
        step = Step(Do.FAIL, "number_ended") if ended else self._control.take(self._kind)
        known = reference in self._messages
        self._control.record(self._kind, step, repeated=known, **said)
        match step.do:
            case Do.LIMIT:
                return web.Response(status=429, headers={"Retry-After": "7"})
            case Do.BREAK:
                return web.Response(status=int(step.code or 503))
            case Do.REFUSE:
                return web.json_response({"status": "refused", "code": step.code or "text_forbidden"})
        ref = f"gw-{hashlib.sha256(reference.encode()).hexdigest()[:16]}"
        if not known and step.do is not Do.FORGET:
            self._messages[reference] = {"status": "accepted", "provider_ref": ref}
            self._send_receipts(reference, step)
        if step.do is Do.CUT and request.transport is not None:
            request.transport.abort()
        if step.do is Do.DELAY:
            await asyncio.sleep(step.seconds)
        return web.json_response({"status": "accepted", "provider_ref": ref})

    async def _asked(self, request: web.Request) -> web.StreamResponse:
        said = await self._genuine(request)
        if said is None:
            return web.json_response({"status": "unauthorized"}, status=401)
        step = self._control.take(f"{self._kind}.ask")
        if step.do is Do.BREAK:
            return web.Response(status=int(step.code or 503))
        return web.json_response(self._messages.get(said["reference"], {"status": "unknown"}))

    async def _genuine(self, request: web.Request) -> dict[str, str] | None:
        body, given = await request.read(), request.headers
        stamp, nonce = given.get("X-Timestamp", "0"), given.get("X-Nonce", "")
        right = hmac.new(SECRET.encode(), b"\n".join((stamp.encode(), nonce.encode(), body)), hashlib.sha256).hexdigest()
        fresh = abs(time.time() - int(stamp)) < 300 and nonce not in self._nonces
        if given.get("X-App") != APP or not fresh or not hmac.compare_digest(right, given.get("X-Signature", "")):
            return None
        self._nonces.add(nonce)
        said: dict[str, str] = json.loads(body)
        return said

    def _send_receipts(self, reference: str, step: Step) -> None:
        end = {"status": "failed", "code": step.code or "number_ended"} if step.do is Do.FAIL else {"status": "delivered"}
        order: list[dict[str, str]] = {
            Do.TWICE: [end, end],
            Do.SWAP: [end, {"status": "accepted"}],
        }.get(step.do, [end])
        errand = asyncio.create_task(self._bring(reference, order, step.seconds if step.do is Do.LATE else 0))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _bring(self, reference: str, order: list[dict[str, str]], wait: float) -> None:
        if self.receipts_url is None:
            return
        await asyncio.sleep(wait)
        message = self._messages[reference]
        async with aiohttp.ClientSession() as session:
            for news in order:
                message.update(news if news["status"] != "accepted" else {})
                body = json.dumps({"reference": reference, "provider_ref": message["provider_ref"], **news}).encode()
                for attempt in range(PATIENCE):
                    with contextlib.suppress(aiohttp.ClientError):
                        async with session.post(self.receipts_url, data=body, headers=signed(body)) as answer:
                            self._control.record(f"{self._kind}.receipt", Step(), reference=reference, answer=answer.status, **news)
                            if answer.status == 204:
                                break
                    await asyncio.sleep(min(0.05 * 2**attempt, 5))


def signed(body: bytes, stamp: int | None = None, secret: str = RECEIPT_SECRET) -> dict[str, Any]:
    """The headers of a receipt."""
    moment, nonce = str(int(time.time()) if stamp is None else stamp), secrets.token_urlsafe(12)
    digest = hmac.new(secret.encode(), b"\n".join((moment.encode(), nonce.encode(), body)), hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Timestamp": moment, "X-Nonce": nonce, "X-Signature": digest}
