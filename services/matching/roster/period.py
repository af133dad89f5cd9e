"""Of which day a roster can be, and for which month a payment sheet can pay. Pure.

A month is compared with, and paid by, until it is withdrawn: one that cannot be stops everything that comes after it.
"""

import re
from datetime import date

from services.domain.months import MONTH_PATTERN, first_day, month_of
from services.kernel.errors import Malformed
from services.matching.vocabulary import RosterKind


def check_period(kind: RosterKind, as_of: date, month: str | None, today: date, earliest: str) -> None:
    """Raises `Malformed`: as_of_in_future, as_of_too_early, month_missing, month_not_wanted, month_invalid, month_in_future,
    month_too_early. `earliest`: the first month (YYYY-MM) that the sheets are of."""
    if as_of > today:
        raise Malformed("as_of_in_future", "名单截止日期不晚于今日")
    if as_of < first_day(earliest):
        raise Malformed("as_of_too_early", f"名单截止日期不早于{earliest}")
    if kind is not RosterKind.SUBSIDY_PAYMENT:
        if month is not None:
            raise Malformed("month_not_wanted", "只有发放花名册写月份")
        return
    if month is None:
        raise Malformed("month_missing", "发放花名册须写明月份")
    if re.fullmatch(MONTH_PATTERN, month) is None:
        raise Malformed("month_invalid", "月份应写作2026-03这样的形式")
    if month > month_of(today):
        raise Malformed("month_in_future", "发放月份不晚于本月")
    if month < earliest:
        raise Malformed("month_too_early", f"发放月份不早于{earliest}")
