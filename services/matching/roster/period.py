"""Of which day a roster can be, and of which month or year. Pure.

A period is compared with, and paid by, until it is withdrawn: one that cannot be stops everything that comes after it.
"""

import re
from datetime import date

from services.domain.months import MONTH_PATTERN, first_day, month_of
from services.kernel.errors import Malformed
from services.matching.policy.rosters import Period

_YEAR_PATTERN = "20[0-9]{2}"


def check_period(kept_by: Period, as_of: date, period: str | None, today: date, earliest: str) -> None:
    """Raises `Malformed`: as_of_in_future, as_of_too_early, period_missing, period_not_wanted, period_invalid, period_in_future,
    period_too_early. `kept_by`: whether the kind of list is of a month, a year, or its day alone; `earliest`: the first month (YYYY-MM)
    that lists are of. A list of a year may come in the year before: insurance is paid ahead."""
    if as_of > today:
        raise Malformed("as_of_in_future", "名单截止日期不晚于今日")
    if as_of < first_day(earliest):
        raise Malformed("as_of_too_early", f"名单截止日期不早于{earliest}")
    match kept_by:
        case Period.DAY:
            if period is not None:
                raise Malformed("period_not_wanted", "这类名单只写截止日期，不写月份或年份")
        case Period.MONTH:
            _check(period, MONTH_PATTERN, "2026-03", earliest, month_of(today))
        case Period.YEAR:
            _check(period, _YEAR_PATTERN, "2026", earliest[:4], str(today.year + 1))


def _check(period: str | None, pattern: str, example: str, first: str, last: str) -> None:
    if period is None:
        raise Malformed("period_missing", f"须写明名单属于哪一期，如{example}")
    if re.fullmatch(pattern, period) is None:
        raise Malformed("period_invalid", f"所属期应写作{example}这样的形式")
    if period > last:
        raise Malformed("period_in_future", f"所属期不晚于{last}")
    if period < first:
        raise Malformed("period_too_early", f"所属期不早于{first}")
