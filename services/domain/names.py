"""Names of persons as they are kept, compared and faulted (domain reference, 8.3): the same at a window and on a sheet."""

import re
import unicodedata

from services.domain.characters import HAN, clean, respelled

_DOTS = "·•．.・‧∙⋅﹒-－"  # what is typed for the separator of a name; the official one is the first (domain reference, 8.3)
_DOT = re.compile(rf"(?<=[^\x00-\x7f])\s*[{re.escape(_DOTS)}]\s*(?=[^\x00-\x7f])")  # between two characters that are not Latin
_NOT_COMPARED = re.compile(rf"[\s{re.escape(_DOTS)}]")
_HAN = re.compile(f"[{HAN}]*")
_STAND_INS = ("Co", "Cn", "So")  # categories of characters that are in a name only instead of another


def displayed_name(raw: str) -> str:
    """A name as it is kept and shown: cleaned (`characters.py`), the separator of its parts as U+00B7. "" when nothing is left to compare."""
    name = _DOT.sub(_DOTS[0], clean(raw))
    return name if comparable_name(name) else ""


def comparable_name(raw: str) -> str:
    """A name for comparing only: without separators and spaces, Latin letters small. The person table's `name_key` is the same."""
    return _NOT_COMPARED.sub("", clean(raw)).lower()


def name_faults(raw: str) -> list[str]:
    """NAME_CHARSET for a name as it was typed in which a character stands for another (§8.3). Never a refusal.

    Private use, a symbol (`□`), `?`, `*`, a letter that is no ideograph; and a radical or a compatibility form, which is kept as the
    ideograph that it looks like.
    """
    return ["NAME_CHARSET"] if respelled(raw) or any(map(_stands_in, clean(raw))) else []


def _stands_in(character: str) -> bool:
    if _HAN.fullmatch(character) or character in _DOTS:
        return False
    category = unicodedata.category(character)
    return character in "?？*＊\ufffd" or category in _STAND_INS or category.startswith("L")
