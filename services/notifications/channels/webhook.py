"""Webhooks after Standard Webhooks 1.0: a signed request to an office's own system.

The id is the letter's reference, the same for every attempt, so a receiver knows a repeat; `shouwang-attempt` beside it says which attempt
this is, so that it can be told, attempt by attempt, what arrived and what our ledger counts. The address comes from outside and is not
trusted: https to public hosts only, no redirects, no proxies, bounded time and answer. Decides nothing about when to try again: of what
the specification calls a failure (all but 2xx) it says LATER, of 410 GONE, of silence after the request had left UNKNOWN.
"""

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic_settings import BaseSettings, SettingsConfigDict
from yarl import URL

from services.domain.characters import digits
from services.notifications.channels.address_guard import ForbiddenAddress, Guarded, Lookup, allowed, system_lookup
from services.notifications.channels.letter import Letter, Outcome, Receipt

CONNECT, TOTAL, ANSWER = 5.0, 15.0, 64 << 10
ATTEMPT = "shouwang-attempt"


class WebhookSettings(BaseSettings):
    """`ca_file`: certificates trusted beside the system's (an office with a CA of its own). `loopback`: development only: this machine
    may be called, also without TLS."""

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_WEBHOOK_", extra="ignore")

    ca_file: Path | None = None
    loopback: bool = False


class Webhook:
    """See the module. `clock` gives seconds since 1970 for the signed time; `lookup` resolves host names."""

    def __init__(
        self,
        ca_file: Path | None = None,
        loopback: bool = False,
        lookup: Lookup = system_lookup,
        clock: Callable[[], float] = time.time,
        total: float = TOTAL,
    ) -> None:
        self._loopback, self._clock = loopback, clock
        trusted = ssl.create_default_context()
        if ca_file is not None:
            trusted.load_verify_locations(ca_file)
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(_left)
        # No cache of names: every new connection is looked up and judged anew. One office's slowness must not use up the connections.
        connector = aiohttp.TCPConnector(
            ssl=trusted, resolver=Guarded(lookup, loopback), use_dns_cache=False, limit=0, keepalive_timeout=30
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=total, sock_connect=CONNECT),
            trace_configs=[tracing],
            headers={"User-Agent": "shouwang", "Accept-Encoding": "identity"},
        )

    async def send(self, letter: Letter) -> Receipt:
        """One signed POST."""
        url = target(letter.to, self._loopback)
        if url is None:
            return Receipt(Outcome.REFUSED, reason="address_forbidden")
        body = json.dumps(dict(letter.data), ensure_ascii=False, separators=(",", ":")).encode()
        try:
            headers = signed(letter.reference, int(self._clock()), body, letter.keys)
        except ValueError:
            return Receipt(Outcome.REFUSED, reason="key_unusable")
        headers[ATTEMPT] = str(letter.attempt)
        progress = {"left": False}
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False, trace_request_ctx=progress
            ) as answer:
                receipt = understood(answer.status, answer.headers.get("Retry-After"), self._clock())
                await _drain(answer)
                return receipt
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _trouble(error, progress["left"])

    async def ask(self, reference: str) -> Receipt | None:
        """A receiver cannot be asked; it knows a repeat by its id."""
        return None

    async def close(self) -> None:
        """Close connections."""
        await self._session.close()


async def _left(_: Any, context: Any, __: Any) -> None:
    """The request has begun to leave: from now on silence means that we do not know."""
    context.trace_request_ctx["left"] = True


def target(text: str, loopback: bool) -> URL | None:
    """The address as a URL that may be called as far as can be said without resolving, or None."""
    try:
        url = URL(text)
        host = url.host or ""
    except ValueError:
        return None
    numeric = digits(host.replace(".", "")) or ":" in host  # aiohttp connects to such a host as it stands, however it is written
    here = loopback and (host == "localhost" or (numeric and allowed(host, True) and not allowed(host)))
    if url.scheme != "https" and not (url.scheme == "http" and here):
        return None
    if not host or url.user is not None or url.password is not None:
        return None
    return None if numeric and not allowed(host, loopback) else url


def signed(reference: str, timestamp: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of Standard Webhooks; one signature per key, so that a receiver may hold either during a rotation. Raises ValueError."""
    if not keys:
        raise ValueError("no key")
    content = f"{reference}.{timestamp}.".encode() + body
    return {
        "webhook-id": reference,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(key, content) for key in keys),
        "content-type": "application/json",
    }


def _signature(key: str, content: bytes) -> str:
    kind, _, encoded = key.partition("_")
    raw = base64.b64decode(encoded, validate=True)
    if kind == "whsec" and raw:
        return "v1," + base64.b64encode(hmac.digest(raw, content, hashlib.sha256)).decode()
    if kind == "whsk" and len(raw) in (32, 64):  # the seed, with or without the public half behind it
        return "v1a," + base64.b64encode(Ed25519PrivateKey.from_private_bytes(raw[:32]).sign(content)).decode()
    raise ValueError("unknown kind of key")


def understood(status: int, retry_after: str | None, now: float) -> Receipt:
    """What a status means: 2xx arrived, 410 the address has ended, anything else is a failure to be tried again (redirects, too)."""
    if 200 <= status < 300:
        return Receipt(Outcome.DELIVERED)
    if status == 410:
        return Receipt(Outcome.GONE, reason="http_410")
    return Receipt(Outcome.LATER, reason=f"http_{status}", retry_after=_seconds(retry_after, now) if retry_after else None)


def _seconds(header: str, now: float) -> float | None:
    """Retry-After as seconds from now (RFC 9110: a number or a date); None for what is neither."""
    if digits(header.strip()):
        return float(min(int(header.strip()[:9]), 1 << 30))
    try:
        at = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.fromtimestamp(now, UTC).timestamp())


async def _drain(answer: aiohttp.ClientResponse) -> None:
    """Read the answer so that the connection can be used again; one that is too long, slow or broken costs only its connection."""
    left = ANSWER
    try:
        while left > 0:
            chunk = await answer.content.read(left)
            if not chunk:
                return
            left -= len(chunk)
    except (aiohttp.ClientError, TimeoutError, OSError):
        pass
    answer.close()


def _trouble(error: Exception, left: bool) -> Receipt:
    """No answer: refused by our own rules, or not there (nothing had left), or unknown (something had)."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        if isinstance(error.os_error, ForbiddenAddress):
            return Receipt(Outcome.REFUSED, reason="address_forbidden")
        return Receipt(Outcome.LATER, reason="host_not_found")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return Receipt(Outcome.LATER, reason="tls_failed")
    if left:
        return Receipt(Outcome.UNKNOWN, reason="no_answer")
    return Receipt(Outcome.LATER, reason="no_connection")
