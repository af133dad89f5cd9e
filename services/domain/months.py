"""Months of the calendar: periods counted in months, and months as text like "2026-03". Pure arithmetic of days; decides nothing.

Periods are counted from their anchor and end at the latest on the last day of a month, so two steps of one month are not one step of two.
"""

from calendar import monthrange
from datetime import date

MONTH_PATTERN = "^20[0-9]{2}-(0[1-9]|1[0-2])$"  # a month as text


def add_months(anchor: date, months: int) -> date:
    """The corresponding day `months` (may be negative) from the anchor, or the end of that month when it has no such day."""
    year, month0 = divmod(_number(anchor) + months, 12)
    return date(year, month0 + 1, min(anchor.day, monthrange(year, month0 + 1)[1]))


def full_months(since: date, until: date) -> int:
    """How many months are over from `since` to `until`, a month being over on its corresponding day (对应日).

    A month that has no such day is over on the first of the next one: from 31 August to 28 February five months are over, to 1 March six.
    """
    return _number(until) - _number(since) - int(until.day < since.day)


def month_of(day: date) -> str:
    """The month of a day, like "2026-03"."""
    return day.isoformat()[:7]


def next_month(day: date) -> str:
    """The month after the one that `day` is in, like "2026-03"."""
    return month_of(month_after(day))


def month_after(day: date) -> date:
    """The first day of the month after the one that `day` is in."""
    return add_months(day.replace(day=1), 1)


def first_day(month: str) -> date:
    """The first day of "2026-03". Raises ValueError for what is no month."""
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    """The last day of "2026-03". Raises ValueError for what is no month."""
    first = first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1])


def months_from(earlier: str, later: str) -> int:
    """How many months lie from one month to another; negative when the second is the earlier one."""
    return _number(first_day(later)) - _number(first_day(earlier))


def _number(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1
