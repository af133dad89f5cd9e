"""What a text gateway says later of a message, checked and read. Pure: headers, body, secret and the time in, a receipt or a doubt out.

Signed as we sign (`sms.py`), with the gateway's own secret. Nothing is remembered here: receipts come twice, late and out of order,
and whoever settles them must end in the same place each time. A repeat inside the window is therefore harmless.
"""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr

from services.notifications.channels import sms
from services.notifications.channels.letter import Receipt

_SECONDS = re.compile("[0-9]{1,12}")
WINDOW = 300  # seconds that the gateway's clock may differ from ours


class Doubt(StrEnum):
    """Why something is not a receipt for us."""

    FORGED = "signature_not_right"
    STALE = "timestamp_outside_window"
    UNREADABLE = "not_a_receipt"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the message with this reference of ours."""

    reference: str
    receipt: Receipt


def read(headers: Mapping[str, str], body: bytes, secret: SecretStr, now: float) -> Settled | Doubt:
    """Read a receipt; `headers` is asked by lower-case names, `now` is Unix seconds. The signature comes first, in constant time."""
    timestamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
    expected = sms.signature(secret, timestamp, nonce, body)
    if not hmac.compare_digest(expected.encode(), headers.get("x-signature", "").encode()):
        return Doubt.FORGED
    if not _SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > WINDOW:
        return Doubt.STALE
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):  # brackets without end
        return Doubt.UNREADABLE
    if not isinstance(content, dict) or not isinstance(reference := content.get("reference"), str) or not 0 < len(reference) <= 120:
        return Doubt.UNREADABLE
    found = sms.receipt(content)
    return Doubt.UNREADABLE if found is None or found.reason == "not_taken" else Settled(reference, found)
