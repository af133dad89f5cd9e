"""Months as reports tell them: whole, or as far as they have come; and how a day is said in words."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.domain.months import first_day, month_after
from services.kernel.errors import Malformed
from services.kernel.events import SHANGHAI


def in_words(day: date) -> str:
    """Like 2026年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or the part of it that is over: `last` is the day whose state is told, `until` the instant after it."""

    first: date
    last: date
    until: datetime
    running: bool

    @property
    def begins(self) -> datetime:
        """The first instant of the month."""
        return midnight(self.first)

    @property
    def before(self) -> "Period":
        """The whole month before."""
        last = self.first - timedelta(days=1)
        return Period(last.replace(day=1), last, self.begins, False)

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last


def midnight(day: date) -> datetime:
    """The first instant of a day in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def period(month: str, now: datetime) -> Period:
    """The month "YYYY-MM" as far as it is over at `now`. Raises `Malformed` when it has not begun."""
    first, today = first_day(month), now.astimezone(SHANGHAI).date()
    after = month_after(first)
    if first > today:
        raise Malformed("month_not_begun", "这个月还没有开始")
    if after > today:
        return Period(first, today, now, True)
    return Period(first, after - timedelta(days=1), midnight(after), False)
