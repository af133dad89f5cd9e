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
    """What is odd about a name as it was typed (§8.3). Never a refusal.

    NAME_CHARSET: a character stands for another: private use, a symbol (`□`), `?`, `*`, a letter that is no ideograph, a mark over one; and
    a radical or a compatibility form, which is kept as the ideograph that it looks like. NAME_WITH_TEXT: something stands beside the name
    that is none: a note in brackets (已故), a second person behind a comma. A digit behind a name tells namesakes apart (扎西2).
    """
    name = clean(raw).rstrip("0123456789") or clean(raw)
    others = [character for character in name if not (_HAN.fullmatch(character) or character in _DOTS or character == " ")]
    stand_in = [character for character in others if _stands_in(character)]
    return ["NAME_CHARSET"] * (respelled(raw) or bool(stand_in)) + ["NAME_WITH_TEXT"] * (len(stand_in) < len(others))


def _stands_in(character: str) -> bool:
    category = unicodedata.category(character)
    return character in "?？*＊\ufffd" or category in _STAND_INS or category[0] in "LM"
