"""One JSON request over HTTPS to a provider, which the caller has signed, and what is known after it: texts, calls, group robots.

Says the difference that matters: nothing had left (`LATER`), or it had and silence followed (`UNKNOWN`). No redirect is followed, no
cookie kept, no proxy of the environment asked, and no URL, header or body gets into a receipt.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from services.domain.characters import digits
from services.notifications.channels.letter import Outcome, Receipt

_LIMIT = 64 << 10  # bytes of an answer; a provider's are some hundred
_KEPT = 5.0  # seconds an idle connection is kept: shorter than servers do, for one that they close under a request is `UNKNOWN`
_LONGEST = 86_400.0  # seconds; a provider that says more is asked again the next day


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said: status, JSON object (empty when it was none), seconds to wait when it named them."""

    status: int
    said: Mapping[str, Any]
    retry_after: float | None


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """A verifying client context: the system's authorities, or only those of `ca_file` in a closed network. Raises OSError."""
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def https(url: str) -> str:
    """The URL, if it is one for HTTPS without credentials. Raises ValueError, without the URL."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise ValueError("must be an https:// URL without credentials")
    return url


class Poster:
    """A provider's web server: connections kept, each request within `seconds`. The caller bounds how many at once."""

    def __init__(self, ca_file: Path | None, seconds: float) -> None:
        self._trust = trust(ca_file)
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=seconds / 2)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer | Receipt:
        """The answer, or the receipt of a request that got none. A status of 429 or 5xx is a receipt, too: see `_refusal`."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT, ssl=self._trust)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        wanted = {"Content-Type": "application/json", **(headers or {})}
        try:
            async with self._session.post(url, data=body, headers=wanted, allow_redirects=False) as answer:
                content = await _bounded(answer)
        except aiohttp.ClientConnectorCertificateError:
            return Receipt(Outcome.LATER, reason="certificate_not_trusted")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Receipt(Outcome.LATER, reason="not_reachable")
        except TimeoutError:
            return Receipt(Outcome.UNKNOWN, reason="no_answer_in_time")
        except (aiohttp.ClientError, OSError):
            return Receipt(Outcome.UNKNOWN, reason="cut_off")
        wait = answer.headers.get("Retry-After", "")
        return _refusal(Answer(answer.status, _object(content), min(float(wait), _LONGEST) if digits(wait) else None))

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _refusal(answer: Answer) -> Answer | Receipt:
    """429 and 503 say that nothing was taken. Another 5xx may come from a proxy whose server went on: nobody knows."""
    if answer.status == 429:
        return Receipt(Outcome.LATER, reason="rate_limited", retry_after=answer.retry_after)
    if answer.status == 503:
        return Receipt(Outcome.LATER, reason="not_available", retry_after=answer.retry_after)
    if answer.status >= 500:
        return Receipt(Outcome.UNKNOWN, reason=f"status_{answer.status}")
    return answer


def not_understood(answer: Answer) -> Receipt:
    """The receipt of an answer without the protocol's words: a 4xx took nothing, of any other nobody knows."""
    if 400 <= answer.status < 500:
        return Receipt(Outcome.LATER, reason=f"status_{answer.status}")
    return Receipt(Outcome.UNKNOWN, reason="answer_not_understood")


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for chunk in answer.content.iter_any():
        found += chunk
        if len(found) > _LIMIT:
            raise aiohttp.ClientPayloadError("too long")
    return bytes(found)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # brackets without end
        return {}
    return found if isinstance(found, dict) else {}
