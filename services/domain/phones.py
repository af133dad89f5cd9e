"""Phone numbers of the mainland in one form each, so that they are compared and counted as numbers and not as texts. Pure.

A mobile number is its eleven digits ("13900000003"); a landline has its area code, a hyphen and the local number ("0887-8220000"). What
people put between digits, the country's code before them and full-width digits are taken away. Nothing else is: a text that then is no
number is none, for whoever guessed which digits were meant would tell a stranger. A landline without its area code is none either, nor are
two numbers in one text, nor one with an extension, which no machine can dial.
"""

import hashlib
import hmac
import re
import unicodedata
from uuid import UUID

from services.domain.characters import half_width

EXPECTED = "电话应为一个手机号码，或带区号的固定电话（如0887-8220000）"
_BETWEEN = frozenset("-‐‑‒–—―−()")  # dashes and brackets; spaces and what has no width go by their categories
_WITHOUT_SIGHT = frozenset(("Zs", "Cf"))  # spaces of every width; marks of direction, which address books copy along
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?0?(1[3-9][0-9]{9})")  # people dial a 0 before a mobile number of another place
_LANDLINE = re.compile(r"(?:(?:\+|00)860?|(?:86)?0)(10|2[0-9]|[3-9][0-9]{2})([1-9][0-9]{6,7})")
_THREE_DIGITS = ("10", "2")  # area codes of three digits; their local numbers have eight


def normal(text: str) -> str | None:
    """The number in its one form; None when the text is no number of the mainland, or more than one."""
    half = half_width(text)
    dialled = "".join(c for c in half if c not in _BETWEEN and unicodedata.category(c) not in _WITHOUT_SIGHT)
    if mobile := _MOBILE.fullmatch(dialled):
        return mobile[1]
    landline = _LANDLINE.fullmatch(dialled)
    if landline is None or (landline[1].startswith(_THREE_DIGITS) and len(landline[2]) < 8):
        return None
    return f"0{landline[1]}-{landline[2]}"


def is_number(text: str) -> bool:
    """Whether the text is a number in its one form."""
    return text == normal(text)


def is_mobile(text: str) -> bool:
    """Whether the text is a number in its one form that takes texts, as mobile numbers alone do."""
    return is_number(text) and text.startswith("1")


def phone_index(site_key: str, number: str) -> UUID:
    """128 bits of HMAC-SHA-256(site key, number in its one form), the same for the same number however it was typed; leads back to the
    number only with the site key, and is never an index of a citizen id."""
    digits = (normal(number) or number).replace("-", "")
    return UUID(bytes=hmac.digest(site_key.encode(), b"phone:" + digits.encode(), hashlib.sha256)[:16])
