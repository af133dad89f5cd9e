"""A subscriber's own server: checks Standard Webhooks signatures (v1: HMAC-SHA256, v1a: ed25519) by code of its own.

Signed is "id.timestamp.body"; keys are `whsec_` (secret) and `whpk_` (public) with base64 behind. A repeated id is taken once.
"""

import asyncio
import base64
import hashlib
import hmac
import time

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deploy.sandbox.providers.control import Control, Do, Step

TOLERANCE = 300  # seconds


class Subscribers:
    """All subscribers, by name in the path; each knows the keys it was given: several while one is being replaced."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._keys: dict[str, list[str]] = {}
        self._met: set[tuple[str, str]] = set()

    def give(self, name: str, *keys: str) -> None:
        """The keys that the subscriber trusts from now on."""
        self._keys[name] = list(keys)

    def routes(self) -> list[web.RouteDef]:
        """One door for each."""
        return [web.post("/hooks/{name}", self._take)]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body, name, given = await request.read(), request.match_info["name"], request.headers
        id, stamp, signatures = (given.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
        genuine = checked(id, stamp, body, signatures, self._keys.get(name, []))
        if not genuine or abs(time.time() - int(stamp)) > TOLERANCE:
            self._control.record("webhook", Step(Do.REFUSE), name=name, id=id, genuine=genuine)
            return web.Response(status=401)
        step = self._control.take("webhook")
        repeated = (name, id) in self._met
        self._control.record("webhook", step, name=name, id=id, genuine=genuine, repeated=repeated, body=body.decode())
        match step.do:
            case Do.REFUSE:
                return web.Response(status=int(step.code or 400))
            case Do.LIMIT:
                return web.Response(status=429, headers={"Retry-After": "7"})
            case Do.BREAK:
                return web.Response(status=int(step.code or 503))
        self._met.add((name, id))
        if step.do is Do.CUT and request.transport is not None:
            request.transport.abort()
        if step.do is Do.DELAY:
            await asyncio.sleep(step.seconds)
        return web.Response(status=204)


def checked(id: str, stamp: str, body: bytes, signatures: str, keys: list[str]) -> list[str]:
    """The kinds ("v1", "v1a") of the signatures that some key confirms, in their order."""
    content = f"{id}.{stamp}.".encode() + body
    pairs = [entry.split(",", 1) for entry in signatures.split(" ") if "," in entry]
    return [kind for kind, signature in pairs if any(_confirms(key, kind, signature, content) for key in keys)]


def _confirms(key: str, kind: str, signature: str, content: bytes) -> bool:
    prefix, _, encoded = key.partition("_")
    raw = base64.b64decode(encoded)
    if (prefix, kind) == ("whsec", "v1"):
        return hmac.compare_digest(base64.b64encode(hmac.new(raw, content, hashlib.sha256).digest()), signature.encode())
    if (prefix, kind) == ("whpk", "v1a"):
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature), content)
        except (InvalidSignature, ValueError):
            return False
        return True
    return False
