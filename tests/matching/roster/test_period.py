"""Of which day a roster can be, and for which month a payment sheet can pay."""

from datetime import date

import pytest

from services.kernel.errors import Malformed
from services.matching.roster.period import check_period
from services.matching.vocabulary import RosterKind

TODAY = date(2026, 3, 2)
PAYMENT, LIST = RosterKind.SUBSIDY_PAYMENT, RosterKind.SUBSISTENCE_ALLOWANCE


@pytest.mark.parametrize(
    ("kind", "as_of", "month", "code"),
    [
        (LIST, date(2026, 3, 3), None, "as_of_in_future"),
        (LIST, date(2015, 12, 31), None, "as_of_too_early"),
        (LIST, date(1, 1, 1), None, "as_of_too_early"),
        (LIST, TODAY, "2026-03", "month_not_wanted"),
        (PAYMENT, TODAY, None, "month_missing"),
        (PAYMENT, TODAY, "٢٠٢٦-01", "month_invalid"),
        (PAYMENT, TODAY, "２０２６-01", "month_invalid"),
        (PAYMENT, TODAY, "2026-13", "month_invalid"),
        (PAYMENT, TODAY, "2026-1", "month_invalid"),
        (PAYMENT, TODAY, "2026-01\n", "month_invalid"),
        (PAYMENT, TODAY, "9999-12", "month_invalid"),
        (PAYMENT, TODAY, "2062-01", "month_in_future"),
        (PAYMENT, TODAY, "2026-04", "month_in_future"),
        (PAYMENT, TODAY, "2015-12", "month_too_early"),
    ],
)
def test_a_period_that_cannot_be_has_a_name(kind: RosterKind, as_of: date, month: str | None, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        check_period(kind, as_of, month, TODAY, "2016-01")
    assert (refused.value.code, bool(refused.value.detail)) == (code, True)


def test_months_from_the_first_to_the_present_one_can_be_paid() -> None:
    for month in ("2016-01", "2025-12", "2026-03"):
        check_period(PAYMENT, TODAY, month, TODAY, "2016-01")
    check_period(LIST, date(2016, 1, 1), None, TODAY, "2016-01")
