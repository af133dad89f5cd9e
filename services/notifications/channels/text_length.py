"""How long a text is on the air, so that whoever pays by the piece can count before sending. Pure.

GSM 03.38 (3GPP TS 23.038) packs 160 characters into one message and 153 into each of several; a text with any other character,
every Chinese one, goes as UCS-2 with 70 and 67 (3GPP TS 23.040). A character is never split between two messages.
"""

from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # sent as an escape and a character


class Encoding(StrEnum):
    """How the text is packed."""

    GSM_7 = "GSM_7"
    UCS_2 = "UCS_2"


@dataclass(frozen=True, slots=True)
class Length:
    """`units` are septets or 16-bit units; `segments` the messages that are sent and paid."""

    encoding: Encoding
    units: int
    segments: int


def measured(text: str) -> Length:
    """The length of a text; an empty one takes one message."""
    if all(c in _BASIC or c in _EXTENDED for c in text):
        return _length(Encoding.GSM_7, [2 if c in _EXTENDED else 1 for c in text], 160, 153)
    return _length(Encoding.UCS_2, [2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _length(encoding: Encoding, sizes: list[int], alone: int, each: int) -> Length:
    units = sum(sizes)
    if units <= alone:
        return Length(encoding, units, 1)
    segments, used = 1, 0
    for size in sizes:
        if used + size > each:
            segments, used = segments + 1, 0
        used += size
    return Length(encoding, units, segments)
