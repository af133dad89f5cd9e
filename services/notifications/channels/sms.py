"""Text messages, and calls that speak a text, over a signed HTTP gateway: the form in which operators and their resellers offer it.

Two requests, each a POST of JSON: `{url}/messages` {reference, to, text, template?} and `{url}/ask` {reference}. Headers: `X-App`,
`X-Timestamp` (Unix seconds), `X-Nonce`, `X-Signature` = hex HMAC-SHA256 of "timestamp\\nnonce\\n" + body. Answers: `{"status":
"accepted", "provider_ref"}`, `{"status": "refused", "code"}`; to `ask` also "delivered", "failed" with code, "unknown" (never taken).
A repeated reference is not sent twice by such a gateway. Receipts come back to an endpoint of ours: `receipt.py`.
"""

import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.domain import phones
from services.notifications.channels.letter import Letter, Outcome, Receipt
from services.notifications.channels.provider_post import Answer, Poster, https, not_understood

_CODE = re.compile(r"[a-z][a-z_]{0,34}[0-9]{0,5}")  # too few digits for a number of anybody: a reason gets into events
_REF = re.compile(r"[A-Za-z0-9._:-]{1,100}", re.ASCII)
_ENDED = {"number_ended", "number_unknown"}  # 空号, 停机销号: the number may belong to somebody else tomorrow


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """The gateway. `app` names us there, `secret` signs what we send, `receipt_secret` what it sends back."""

    url: str
    app: str
    secret: SecretStr = field(repr=False)
    receipt_secret: SecretStr = field(repr=False)
    ca_file: Path | None = None
    seconds: float = 10

    def __post_init__(self) -> None:
        https(self.url)


class SmsSender:
    """The sender to numbers that `serves` takes: texts go to mobile numbers alone, calls to any. As many at once as the caller likes."""

    def __init__(self, settings: SmsSettings, serves: Callable[[str], bool] = phones.is_mobile) -> None:
        self._settings, self._serves, self._poster = settings, serves, Poster(settings.ca_file, settings.seconds)

    async def send(self, letter: Letter) -> Receipt:
        """Try once; `data["template"]`, if there, is the number under which the text was registered with the operator."""
        if not self._serves(letter.to):
            return Receipt(Outcome.REFUSED, reason="address_not_valid")
        content = {"reference": letter.reference, "to": letter.to, "text": letter.text}
        if "template" in letter.data:
            content["template"] = str(letter.data["template"])
        answer = await self._post("messages", content)
        return answer if isinstance(answer, Receipt) else receipt(answer.said) or not_understood(answer)

    async def ask(self, reference: str) -> Receipt | None:
        """What became of an earlier attempt; `LATER` (not_taken) when it never arrived there; None when the gateway cannot say now."""
        answer = await self._post("ask", {"reference": reference})
        return None if isinstance(answer, Receipt) else receipt(answer.said)

    async def close(self) -> None:
        """Close connections."""
        await self._poster.close()

    async def _post(self, path: str, content: Mapping[str, Any]) -> Answer | Receipt:
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        signed = {"X-App": self._settings.app, **stamped(self._settings.secret, body, int(time.time()), secrets.token_hex(16))}
        return await self._poster.post(f"{self._settings.url}/{path}", body, signed)


def stamped(secret: SecretStr, body: bytes, timestamp: int, nonce: str) -> dict[str, str]:
    """The headers that sign `body`."""
    return {"X-Timestamp": str(timestamp), "X-Nonce": nonce, "X-Signature": signature(secret, str(timestamp), nonce, body)}


def signature(secret: SecretStr, timestamp: str, nonce: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over timestamp, nonce and body, each of the first two ended by a newline so that none can run into the next."""
    return hmac.digest(secret.get_secret_value().encode(), f"{timestamp}\n{nonce}\n".encode() + body, "sha256").hex()


def receipt(report: Mapping[str, Any]) -> Receipt | None:
    """What the gateway's words mean; None when they are not of this protocol. A code of another form is `code_not_understood`."""
    ref, code = report.get("provider_ref"), report.get("code")
    known = ref if isinstance(ref, str) and _REF.fullmatch(ref) else None
    why = code if isinstance(code, str) and _CODE.fullmatch(code) else "code_not_understood"
    match report.get("status"):
        case "accepted":
            return Receipt(Outcome.SENT, known)
        case "delivered":
            return Receipt(Outcome.DELIVERED, known)
        case "refused" | "failed":
            return Receipt(Outcome.GONE if why in _ENDED else Outcome.REFUSED, known, why)
        case "unknown":
            return Receipt(Outcome.LATER, None, "not_taken")
    return None
