"""The grammar of citizen ids (GB 11643-1999), their blind indexes, and the id of the key that these were made with.

Pure; a leaf that every service may import, so that a roster row and a registered person are recognised by the same rule.
"""

import hashlib
import hmac
import re
from datetime import date
from uuid import UUID

from services.domain.characters import clean

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_TYPED = re.compile(r"""[\s'"`‘’“”＇＂-]""")  # between and around the characters of an id, and says nothing
_MADE_A_NUMBER = re.compile(r"\d+\.\d*(E\+?\d+)?|\d+E\+?\d+", re.ASCII)
_OTHER, _DIGITS = re.compile("[^0-9X]"), re.compile("[0-9]{17}")
_WITHIN = re.compile(r"(?<![0-9])[0-9]{17}[0-9X]")


def normalised(raw: str) -> str:
    """A citizen id without spaces, quotes, dashes and line breaks, in half width, with a capital X.

    Whatever else stands beside it stays, so that it is no id: a note may say whose it is (…0013（代领人）).
    """
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    return _TYPED.sub("", clean(raw)).upper()


def within(raw: str, today: date) -> set[str]:
    """The sound ids that a text holds, whatever stands around them: who is meant, not what is said of him."""
    return {found for found in _WITHIN.findall(normalised(raw)) if not faults(found, today)}


def check_digit(first17: str) -> str:
    """The 18th character that belongs to 17 digits (weights of GB 11643-1999, modulo 11)."""
    return _CHECK[sum(int(c) * w for c, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def faults(citizen_id: str, today: date) -> list[str]:
    """What is wrong with a normalised id: ID_NOT_TEXT (a number was made of it), ID_WITH_TEXT (something stands beside it), ID_LENGTH,
    ID_CHECKSUM, ID_BIRTHDATE. A prefix outside 5334 is never wrong."""
    if _MADE_A_NUMBER.fullmatch(citizen_id):
        return ["ID_NOT_TEXT"]
    if _OTHER.search(citizen_id) and (len(citizen_id) != 18 or not citizen_id.isascii()):
        return ["ID_WITH_TEXT"]
    if len(citizen_id) != 18:
        return ["ID_LENGTH"]
    if not _DIGITS.fullmatch(citizen_id[:17]) or check_digit(citizen_id[:17]) != citizen_id[17]:
        return ["ID_CHECKSUM"]
    born = birth_date(citizen_id)
    if born is None or born > today or today.year - born.year > 120:
        return ["ID_BIRTHDATE"]
    return []


def converted(first_generation: str) -> str:
    """The 18 characters of a first-generation id of 15 digits: 19 before the year, and the check digit."""
    first17 = f"{first_generation[:6]}19{first_generation[6:]}"
    return first17 + check_digit(first17)


def birth_date(citizen_id: str) -> date | None:
    """The birth date inside a normalised id, or None when there is no such day."""
    try:
        return date(int(citizen_id[6:10]), int(citizen_id[10:12]), int(citizen_id[12:14]))
    except ValueError:
        return None


def contradictions(citizen_id: str, male: bool | None, born: date | None) -> list[str]:
    """What a sound id does not agree with of what somebody said: ID_SEX_MISMATCH (odd 17th digit: male), ID_BIRTH_MISMATCH."""
    sex = male is not None and (int(citizen_id[16]) % 2 == 1) != male
    birth = born is not None and born != birth_date(citizen_id)
    return ["ID_SEX_MISMATCH"] * sex + ["ID_BIRTH_MISMATCH"] * birth


def blind_index(site_key: str, citizen_id: str) -> UUID:
    """The first 128 bits of HMAC-SHA-256(site key, normalised id): leads to a person without showing the id."""
    return UUID(bytes=hmac.digest(site_key.encode(), citizen_id.encode(), hashlib.sha256)[:16])


def key_id(site_key: str) -> str:
    """Which site key an index was made with, for rotation; says nothing about the key."""
    return hashlib.sha256(b"key-id" + site_key.encode()).hexdigest()[:8]
