"""Characters as keyboards, web pages and PDF readers leave them, made those that were meant: one rule for cells, names and ids.

Pure. What nobody sees goes (zero-width and other format characters, byte order marks, controls, variation selectors), every kind of space
is one space, full-width letters and digits are plain ones, and a radical or a compatibility form is the ideograph that it looks like.
Whoever has to know that letters were exchanged asks `respelled` of the text as it was typed.
"""

import re
import unicodedata

_SUPPLEMENT = dict(  # radicals that are a whole character and have no decomposition (Unicode, EquivalentUnifiedIdeograph.txt)
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻱⻳",
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龜龟",
        strict=True,
    )
)
_FORMS = "\u2e80-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f"  # blocks of radicals and of compatibility ideographs
_UNIFIED = "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27\ufa28\ufa29"  # ideographs of their own in such a block
_FORM = re.compile(f"(?![{_UNIFIED}])[{_FORMS}]")
_PLAIN = re.compile(r"[!-~\u00b7\u3001\u3002\u3007\u3400-\u4dbf\u4e00-\u9fff]*")
HAN = f"\u3007\u3400-\u4dbf\u4e00-\u9fff{_UNIFIED}\U00020000-\U0002f7ff\U00030000-\U000323af"


class _Meant(dict[int, str]):
    """What is written for a code point, found out once for each that occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = meant = _meant(chr(code))
        return meant


def _meant(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace() or category == "Zs":
        return " "
    if category in ("Cc", "Cf") or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if category == "Cs":
        return "\ufffd"  # half of a pair is no character, and no database takes it
    if _FORM.match(character):
        return _SUPPLEMENT.get(character) or unicodedata.normalize("NFKC", character)
    width = unicodedata.normalize("NFKC", character)
    return width if "\uff10" <= character <= "\uff5a" and width.isalnum() else character


_MEANT = _Meant()
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ！ to ～


def clean(raw: str) -> str:
    """The text that was meant, on one line, without outer spaces. Cleaning it again changes nothing."""
    if _PLAIN.fullmatch(raw):
        return raw
    return " ".join(raw.translate(_MEANT).split())


def half_width(text: str) -> str:
    """The text with marks, letters and digits of full width as plain ones. A raised or circled digit stays what it is: a footnote."""
    return text.translate(_HALF)


def digits(text: str) -> bool:
    """Whether it is a whole number as machines write it. `isdigit` is true of "²", which no `int` reads, and of digits of every script."""
    return text.isascii() and text.isdigit()


def respelled(raw: str) -> bool:
    """Whether `clean` exchanges letters: a radical or a compatibility form stands for an ideograph."""
    return any(_MEANT[ord(form)] != form for form in _FORM.findall(raw))  # some radicals stand for nothing else
