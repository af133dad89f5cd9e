"""What a cell of a list says, by the type of its column (`policy/rosters.py`). Pure.

Nothing is guessed: what is on no list of words, or could mean two things, is unknown, and a code says so. An empty cell is unknown, too,
and needs no code. Codes are the column's name with what is wrong: `amount_invalid`, `since_imprecise`, `class_unknown`.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from services.documents import sheet_cell
from services.documents.sheet_cell import is_error, money, text
from services.documents.sheet_words import plain
from services.domain import citizen_id as citizen_ids
from services.domain.characters import half_width
from services.domain.months import add_months, first_day, last_day, month_of, months_from
from services.kernel.errors import Malformed
from services.matching.policy.rosters import Cell

_NOTHING = frozenset(("", "/", "-", "--", "—", "——", "\\", "不详", "未知"))  # how an office writes that it has nothing to write
_COUNT = re.compile("([0-9]{1,7})(?:人|人次|次|个月|月|户|口|个|节|课时)?")
_MOST = 1_000_000  # that anybody counts of a village, a township or a county
_EXACT = 10**15  # beyond it a spreadsheet keeps no last digits
_MONTH = re.compile("((?:19|20)[0-9]{2})(?:[-/.年]|(?=[0-9]{2}$))(0?[1-9]|1[0-2])月?份?")
_ONE_DIGIT_OF_TWO = re.compile(r"[0-9]{4}\.1")  # as a number: October lost its zero, or January
_ITEM = re.compile("(?:(20[0-9]{2})(?:[-/.年]|(?=0[1-9]|1[0-2])))?(0[1-9]|1[0-2]|[1-9])月?份?")
_UP_TO, _AND = "-~至到—", "、,;和及与"
_MOST_MONTHS = 24  # that one row of a sheet pays at once
Meanings = Mapping[str, str]  # of the words of one column


class Said(NamedTuple):
    """What a cell says, None when that is unknown, and the code of what is odd about it; "" when nothing is."""

    value: Any = None
    odd: str = ""


def said(type: Cell, cell: Any, name: str, meanings: Meanings, period: str, today: date) -> Said:
    """What a cell of the column `name` says. `meanings`: of its words in `plain` form and capitals; `period`: the month (YYYY-MM) that months
    without a year are counted back from. Columns of places, grades and categories are read by the row (`typed.py`)."""
    if is_error(cell):
        return Said(None, f"{name}_error")
    written = text(cell)
    if written in _NOTHING:
        return Said()
    value, fault = _READ[type](cell, written, meanings, period, today)
    return Said(value, f"{name}_{fault}" if fault else "")


def _word(_cell: Any, written: str, meanings: Meanings, *_: Any) -> Said:
    found = meanings.get(plain(written).upper())
    return Said(found, "" if found else "unknown")


def _flag(cell: Any, written: str, meanings: Meanings, *_: Any) -> Said:
    if isinstance(cell, bool):
        return Said(cell)
    found = meanings.get(plain(written).upper())
    return Said(None if found is None else found == "YES", "" if found else "unknown")


def _day(cell: Any, *_: Any) -> Said:
    """A day; of a month its last one, before which nothing that begins or ends in it is sure; nothing of 长期, which has no end."""
    try:
        return Said(sheet_cell.day(cell, "day"))
    except Malformed as unclear:
        fault = unclear.code.removeprefix("day_")
    month = _month_in(cell)
    if fault == "open" or month is None:
        return Said(None, "" if fault == "open" else fault)
    return Said(last_day(month), "month_only")


def _exact_day(cell: Any, *_: Any) -> Said:
    """A day, of which a month says too little."""
    try:
        return Said(sheet_cell.day(cell, "day"))
    except Malformed as unclear:
        fault = unclear.code.removeprefix("day_")
        return Said(None, "" if fault == "imprecise" else fault)


def _month(cell: Any, *_: Any) -> Said:
    try:
        found = sheet_cell.day(cell, "month")
        return Said(found and month_of(found))
    except Malformed as unclear:
        fault = unclear.code.removeprefix("month_")
    month = _month_in(cell)
    return Said(month, "" if month or fault == "open" else fault)


def _month_in(cell: Any) -> str | None:
    """The month that a cell names: 2021.12, 202112, 2021年12月. As a number 2021.1 may be January or October."""
    written = half_width(text(cell)).replace(" ", "")
    if not isinstance(cell, str) and _ONE_DIGIT_OF_TWO.fullmatch(written):
        return None
    found = _MONTH.fullmatch(written)
    return f"{found[1]}-{int(found[2]):02}" if found else None


def _months(cell: Any, written: str, _meanings: Meanings, period: str, _today: date) -> Said:
    """Months as an office writes them: 1-3月, 2025年11月至2026年1月, 1、2月. Those without a year are the latest up to `period`."""
    with suppress(Malformed):
        if sheet_cell.day(cell, "day"):  # 2026-1-3: a day, or January to March
            return Said(None, "imprecise")
    found = _listed_months(half_width(written).replace(" ", ""), period)
    if found is None or len(found) > _MOST_MONTHS:
        return Said(None, "invalid")
    return Said(None, "in_future") if max(found) > period else Said(tuple(sorted(found)))


def _listed_months(written: str, period: str) -> set[str] | None:
    """Every month of a list of months and ranges; None for anything else."""
    found, year, place = set[str](), "", 0
    begins = ""
    while item := _ITEM.match(written, place):
        year = item[1] or year
        month = f"{year}-{int(item[2]):02}" if year else _latest(int(item[2]), period)
        if begins and month < begins:  # 11月至1月: the range reaches into the next year, or began in the year before
            month, begins = (_later(month), begins) if year else (month, _earlier(begins))
        found |= _reach(begins or month, month)
        year, place = (month[:4] if year else ""), item.end()
        if place == len(written):
            return found
        begins = month if written[place] in _UP_TO else ""
        if not begins and written[place] not in _AND:
            return None
        place += 1
    return None


def _latest(number: int, period: str) -> str:
    """The latest month of this number that is not after the period."""
    year = int(period[:4]) - (number > int(period[5:]))
    return f"{year}-{number:02}"


def _later(month: str) -> str:
    return month_of(add_months(first_day(month), 12))


def _earlier(month: str) -> str:
    return month_of(add_months(first_day(month), -12))


def _reach(first: str, last: str) -> set[str]:
    """Every month from the first to the last; of too many only so many as show that they are too many."""
    count = min(months_from(first, last), _MOST_MONTHS)
    return {month_of(add_months(first_day(first), more)) for more in range(count + 1)}


def _yuan(cell: Any, *_: Any) -> Said:
    amount = money(cell, Decimal(0))
    return Said(amount, "invalid" if amount is None else "")


def _signed_yuan(cell: Any, *_: Any) -> Said:
    amount = money(cell, Decimal(-10_000_000))
    return Said(amount, "invalid" if amount is None else "")


def _count(cell: Any, written: str, *_: Any) -> Said:
    found = None if isinstance(cell, bool) else _COUNT.fullmatch(half_width(written))
    return Said(int(found[1])) if found and int(found[1]) <= _MOST else Said(None, "invalid")


def _key(cell: Any, written: str, *_: Any) -> Said:
    """A number of the office, as a text; one that a spreadsheet keeps as a long number has lost its last digits."""
    if isinstance(cell, bool | float | date) or (isinstance(cell, int) and abs(cell) >= _EXACT):
        return Said(None, "not_text")
    return Said(plain(written).upper())


def _person_key(cell: Any, _written: str, _meanings: Meanings, _period: str, today: date) -> Said:
    if not isinstance(cell, str):
        return Said(None, "not_text")
    citizen_id = citizen_ids.normalised(cell)
    found = citizen_ids.faults(citizen_id, today)
    return Said(None, found[0].lower()) if found else Said(citizen_id)


_READ: Mapping[Cell, Callable[[Any, str, Meanings, str, date], Said]] = {
    Cell.WORD: _word,
    Cell.FLAG: _flag,
    Cell.BIRTH: _exact_day,
    Cell.DAY: _day,
    Cell.MONTH: _month,
    Cell.MONTHS: _months,
    Cell.YUAN: _yuan,
    Cell.SIGNED_YUAN: _signed_yuan,
    Cell.COUNT: _count,
    Cell.KEY: _key,
    Cell.PERSON_KEY: _person_key,
}
