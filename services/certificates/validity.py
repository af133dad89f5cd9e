"""When a certificate begins, ends, may be renewed and must be reminded of. Pure arithmetic of calendar days; decides nothing."""

from datetime import date, timedelta
from enum import StrEnum

from services.certificates.vocabulary import ExpiryWindow
from services.domain.months import add_months

_MONTHS = {ExpiryWindow.SIX_MONTHS: 6, ExpiryWindow.ONE_MONTH: 1}
WINDOWS = (ExpiryWindow.SIX_MONTHS, ExpiryWindow.ONE_MONTH)


class LastDay(StrEnum):
    """Which day of the last month is the last valid one; no text read says it for the certificate (domain reference, 1.5)."""

    SAME_DAY = "SAME_DAY"  # the corresponding day (对应日), as the civil code, art. 202, counts periods
    DAY_BEFORE = "DAY_BEFORE"  # the day before it


def last_valid_day(valid_from: date, months: int, convention: LastDay) -> date:
    """The last valid day of a period of `months` that begins on `valid_from` (办法 art. 19: ten years)."""
    end = add_months(valid_from, months)
    clamped = end.day != valid_from.day
    return end if convention is LastDay.SAME_DAY or clamped else end - timedelta(days=1)


def window_opens(valid_to: date, window: ExpiryWindow) -> date:
    """The first day of a reminder window: six months or one month (含) before the last valid day (joint opinion, part 4)."""
    return add_months(valid_to, -_MONTHS[window])


def inside(today: date, valid_to: date, window: ExpiryWindow) -> bool:
    """Whether the reminder is due: today ≥ last valid day − months, and nothing else."""
    return today >= window_opens(valid_to, window)


def window(today: date, valid_to: date) -> ExpiryWindow | None:
    """The narrowest reminder window that today is inside; None when the end is more than six months away."""
    return next((window for window in reversed(WINDOWS) if inside(today, valid_to, window)), None)


def expired_from(valid_to: date) -> date:
    """The first day on which the certificate is no longer valid."""
    return valid_to + timedelta(days=1)
