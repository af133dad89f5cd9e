"""编号: the number by which people call a matter, a card, a visit or a round: on paper, in a text, over the phone. The id stays behind it.

Fourteen digits like 4821-07365-51908: thirteen made of the whole id, and a check digit, by which every single wrong digit and every swap of
two neighbours shows. Digits alone: everybody can say, hear and type them, a voice can speak them, and none looks like another.
"""

import hashlib
import re
import unicodedata
from uuid import UUID

_IN_A_TEXT = re.compile(r"(?<![0-9-])[0-9]{4}-[0-9]{5}-[0-9]{5}(?![0-9-])")
_DIGITS = 14
# H. M. Damm's quasigroup (2004): from a row by a digit to the next row; behind a right number it is the first.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# What hands, eyes and ears put in place of a digit.
_MEANT = {
    "0": "OoDQ〇○零",
    "1": "IilL|一幺壹",
    "2": "Zz二两贰",
    "3": "三叁",
    "4": "四肆",
    "5": "Ss五伍",
    "6": "六陆",
    "7": "七柒",
    "8": "B八捌",
    "9": "九玖",
}
_DIGIT = {written: digit for digit, all_written in _MEANT.items() for written in all_written}
_BETWEEN = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Cf"})  # kinds of characters that say nothing between digits
_LABEL = re.compile(r"^[^0-9]*号")  # 编号, 办件号, 走访编号


class WrongNumber(ValueError):
    """What was given is no number of ours, or one that was misread. `digits`: how many digits were read."""

    def __init__(self, digits: int) -> None:
        super().__init__(f"not a file number ({digits} digits)")
        self.digits = digits


def file_number(of: UUID) -> str:
    """The number of what has this id; always the same, in every service."""
    digest = int.from_bytes(hashlib.sha256(of.bytes).digest()[:8])
    made = f"{digest % 10 ** (_DIGITS - 1):0{_DIGITS - 1}d}"
    return _grouped(f"{made}{_checked(made)}")


def read_number(given: str) -> str:
    """A number as somebody typed, pasted or wrote it down from hearing, in the form of `file_number`.

    Full-width and other digits, spaces, dashes and brackets, a label before it, Chinese numerals and letters that look like digits are read.
    Raises `WrongNumber` for whatever is not fourteen digits that fit each other.
    """
    plain = _LABEL.sub("", unicodedata.normalize("NFKC", "".join(given.split())))
    read = [_digit(character) for character in plain if unicodedata.category(character) not in _BETWEEN]
    digits = "".join(digit for digit in read if digit is not None)
    if len(digits) != _DIGITS or None in read or _checked(digits) != "0":
        raise WrongNumber(len(digits))
    return _grouped(digits)


def spoken(text: str) -> str:
    """A text that a machine reads aloud: of each number every digit by itself, with a rest between groups, and not thousands."""
    return _IN_A_TEXT.sub(lambda number: "，".join(" ".join(group) for group in number[0].split("-")), text)


def _digit(character: str) -> str | None:
    value = unicodedata.decimal(character, None)
    return str(value) if value is not None else _DIGIT.get(character)


def _checked(digits: str) -> str:
    """The check digit of digits without one; "0" of digits that end in theirs."""
    row = "0"
    for digit in digits:
        row = _DAMM[int(row)][int(digit)]
    return row


def _grouped(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:9]}-{digits[9:]}"
