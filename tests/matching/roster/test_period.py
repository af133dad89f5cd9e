"""Of which day a roster can be, and of which month or year."""

from datetime import date

import pytest

from services.kernel.errors import Malformed
from services.matching.policy.rosters import Period
from services.matching.roster.period import check_period

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kept_by", "as_of", "period", "code"),
    [
        (Period.MONTH, date(2026, 3, 3), "2026-03", "as_of_in_future"),
        (Period.MONTH, date(2015, 12, 31), "2026-03", "as_of_too_early"),
        (Period.DAY, date(1, 1, 1), None, "as_of_too_early"),
        (Period.DAY, TODAY, "2026-03", "period_not_wanted"),
        (Period.MONTH, TODAY, None, "period_missing"),
        (Period.YEAR, TODAY, None, "period_missing"),
        (Period.MONTH, TODAY, "٢٠٢٦-01", "period_invalid"),
        (Period.MONTH, TODAY, "２０２６-01", "period_invalid"),
        (Period.MONTH, TODAY, "2026-13", "period_invalid"),
        (Period.MONTH, TODAY, "2026-1", "period_invalid"),
        (Period.MONTH, TODAY, "2026-01\n", "period_invalid"),
        (Period.MONTH, TODAY, "2026", "period_invalid"),
        (Period.MONTH, TODAY, "9999-12", "period_invalid"),
        (Period.YEAR, TODAY, "2026-01", "period_invalid"),
        (Period.YEAR, TODAY, "２０２６", "period_invalid"),
        (Period.MONTH, TODAY, "2062-01", "period_in_future"),
        (Period.MONTH, TODAY, "2026-04", "period_in_future"),
        (Period.YEAR, TODAY, "2028", "period_in_future"),
        (Period.MONTH, TODAY, "2015-12", "period_too_early"),
        (Period.YEAR, TODAY, "2015", "period_too_early"),
    ],
)
def test_a_period_that_cannot_be_has_a_name(kept_by: Period, as_of: date, period: str | None, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        check_period(kept_by, as_of, period, TODAY, "2016-01")
    assert (refused.value.code, bool(refused.value.detail)) == (code, True)


def test_what_is_over_and_what_is_under_way_can_be_sent_and_insurance_a_year_ahead() -> None:
    for month in ("2016-01", "2025-12", "2026-03"):
        check_period(Period.MONTH, TODAY, month, TODAY, "2016-01")
    for year in ("2016", "2026", "2027"):
        check_period(Period.YEAR, TODAY, year, TODAY, "2016-01")
    check_period(Period.DAY, date(2016, 1, 1), None, TODAY, "2016-01")
