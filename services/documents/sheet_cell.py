"""One cell of a sheet: what a reader found in it, as one of a few types; and what it says as a text or as money.

A number that is whole is an `int`, so a phone or a code that a spreadsheet took for a number reads as it looks. Whoever must not trust
a number (a citizen id loses its last digits) asks for `str`. Texts are cleaned (`domain/characters.py`). Pure.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from json import dumps, loads
from typing import Any

from services.domain.characters import clean, half_width, respelled

Cell = str | int | float | bool | date
_JSON = (str, int, float, bool)
_EXACT = 10**15  # beyond it not every whole number is one of a spreadsheet's
_AMOUNT = re.compile(r"[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
_ERROR = re.compile("#[A-Z0-9/_]+[!?]?")
_NOISE = Decimal("0.000001")  # yuan; what is left of binary fractions is smaller, and no price is


class Text(str):
    """A cleaned text whose letters were exchanged; `written` is as it was typed."""

    written: str

    def __new__(cls, text: str, written: str) -> "Text":
        """Of the cleaned and the typed text."""
        made = super().__new__(cls, text)
        made.written = written
        return made


def cell_of(found: Any) -> Cell:
    """A reader's value as a cell; an empty one is "". Durations and times of day are texts: no list has a use for them."""
    if isinstance(found, str):
        return found if found.isascii() and found.isalnum() else _text(found)
    if isinstance(found, float):
        return int(found) if found.is_integer() and abs(found) < _EXACT else found
    if isinstance(found, bool | int | date):
        return found
    return "" if found is None else str(found)


def _text(found: str) -> str:
    cleaned = clean(found)
    return Text(cleaned, found) if cleaned is not found and respelled(found) else cleaned


def is_error(cell: Any) -> bool:
    """Whether a cell shows an error in the place of what it should (#N/A, #REF!), also one that was typed, or saved as csv."""
    return isinstance(cell, str) and _ERROR.fullmatch(half_width(cell)) is not None


def written(cell: Any) -> str:
    """A cell's text as it was typed, as far as letters go: what rules for names must see."""
    return cell.written if isinstance(cell, Text) else text(cell)


def text(cell: Any) -> str:
    """What a cell says, on one line; "" when it says nothing. A whole number has no decimal point, a day is YYYY-MM-DD."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return clean(str(cell_of(cell)))


def money(cell: Any) -> Decimal | None:
    """Yuan with two places, greater than zero and below ten million; None for anything else.

    What binary fractions leave behind is rounded away (210.29999999999998 is 210.30); a third place that somebody meant is not. A comma
    stands before three digits or the text is no amount: 1,00 may be one yuan or a hundred.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        return None
    said = half_width(text(cell)).removeprefix("¥").removeprefix("￥").removesuffix("元").strip()
    if isinstance(cell, str) and not _AMOUNT.fullmatch(said):
        return None
    try:
        value = Decimal(said.replace(",", ""))
        cents = value.quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return cents if value.is_finite() and abs(cents - value) < _NOISE and 0 < cents < 10_000_000 else None


def packed(cells: list[Cell]) -> str:
    """A line's cells as JSON."""
    return dumps([cell if type(cell) in _JSON else _tagged(cell) for cell in cells])


def _tagged(cell: Cell) -> Any:
    if isinstance(cell, Text):
        return {"text": str(cell), "written": cell.written}
    return {"time" if isinstance(cell, datetime) else "day": cell.isoformat()} if isinstance(cell, date) else cell


def unpacked(line: bytes) -> Any:
    """What `packed` made, or lists of it. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    return loads(line, object_hook=_untagged)


def _untagged(found: dict[str, str]) -> Cell:
    if "written" in found:
        return Text(found["text"], found["written"])
    return datetime.fromisoformat(found["time"]) if "time" in found else date.fromisoformat(found["day"])
