"""One cell of a sheet: what a reader found in it, as one of a few types; and what it says as a text or as money.

A number that is whole is an `int`, so a phone or a code that a spreadsheet took for a number reads as it looks. Whoever must not trust
a number (a citizen id loses its last digits) asks for `str`. Texts are cleaned (`domain/characters.py`). Pure.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from json import dumps, loads
from typing import Any

from services.domain.characters import clean, half_width, respelled
from services.kernel.errors import Malformed

Cell = str | int | float | bool | date
_JSON = (str, int, float, bool)
_EXACT = 10**15  # beyond it not every whole number is one of a spreadsheet's
_AMOUNT = re.compile(r"[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
_ERROR = re.compile("#[A-Z0-9/_]+[!?]?")
_CENT = Decimal("0.01")
_NOISE = Decimal("0.000001")  # yuan; what is left of binary fractions is smaller, and no price is

_TIME = "(?:[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?))?"  # that a spreadsheet puts behind a day
_MIDNIGHT_IN_UTC = re.compile("16:00[:.0]*")  # of the day after: what a program writes that does not know where it is
_DAYS = tuple(
    re.compile(form + _TIME)
    for form in (
        "([0-9]{4})([0-9]{2})([0-9]{2})",
        "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        "([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        "([0-9]{4})[.]([0-9]{1,2})[.]([0-9]{1,2})",
        "([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?",
    )
)
_NO_DAY = re.compile(  # a year, a month, digits that could be two days; a month and a day of no year
    "[0-9]{4}(年|[-/.年]?[0-9]{1,3}月?)?[-/.]?|[0-9]{1,2}[-/.月][0-9]{1,2}[日号]?"
)
_SERIALS = 10_000, 80_000  # a spreadsheet's days since its first: from 1927 to 2119
_SERIAL_TEXT = re.compile("[3-7][0-9]{4}")  # the same as a csv shows it, from 1982 on: no year begins so
_FIRST = datetime.fromisoformat("1899-12-30")


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
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return clean(str(cell_of(cell)))


def money(cell: Any, lowest: Decimal = _CENT) -> Decimal | None:
    """Yuan with two places, from the lowest that the column may hold to below ten million; None for anything else.

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
        cents = value.quantize(_CENT)
    except InvalidOperation:
        return None
    return cents if value.is_finite() and abs(cents - value) < _NOISE and lowest <= cents < 10_000_000 else None


def day(cell: Any, what: str) -> date | None:
    """A day in one of the usual spellings, or as the spreadsheet's own; None for an empty cell.

    Raises `Malformed`: <what>_imprecise (a year, a month, digits that could mean two days, no year, 16:00, which is midnight of the next
    day to a program that counts in UTC), <what>_open (长期), <what>_invalid.
    """
    if isinstance(cell, datetime):
        return _day_of(cell, what)
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if _SERIALS[0] <= cell < _SERIALS[1]:
            return _day_of(_FIRST + timedelta(days=cell), what)
        cell = f"{cell:.0f}" if float(cell).is_integer() else cell
    text = half_width("" if cell is None else str(cell)).strip()
    if _SERIAL_TEXT.fullmatch(text):
        return _day_of(_FIRST + timedelta(days=int(text)), what)
    if not text:
        return None
    if text == "长期":
        raise Malformed(f"{what}_open")
    if found := next((match for form in _DAYS if (match := form.fullmatch(text))), None):
        if _MIDNIGHT_IN_UTC.fullmatch(found[4] or ""):
            raise Malformed(f"{what}_imprecise")
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise Malformed(f"{what}_invalid") from None
    raise Malformed(f"{what}_imprecise" if _NO_DAY.fullmatch(text) else f"{what}_invalid")


def _day_of(moment: datetime, what: str) -> date:
    """The day of a spreadsheet's moment, whose fractions of a day leave some milliseconds too many or too few."""
    whole = moment + timedelta(seconds=0.5)
    if _MIDNIGHT_IN_UTC.fullmatch(f"{whole:%H:%M:%S}"):
        raise Malformed(f"{what}_imprecise")
    return whole.date()


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
