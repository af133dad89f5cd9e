"""The day on which a list is made: so many working days before the pay day, over weekends, holidays and the ends of months."""

from datetime import date
from typing import Any

import pytest

from services.domain.working_days import CALENDAR, Calendar
from services.matching.month_list.days import ROW, freeze_day, pay_day
from services.matching.month_list.loop import due_months, months_read
from services.matching.policy.load import load_policy
from services.matching.policy.subsidy_rows import MonthList

POLICY = load_policy()
MADE = POLICY.month_lists.one(ROW, date(2026, 7, 1), "533401")


def row(**changed: Any) -> MonthList:
    """The row with another pay day or number of days."""
    given: dict[str, Any] = {
        "pay_day": 15,
        "freeze_days": 5,
        "again_days": 1,
        "back_months": 12,
        "decides": "MZ",
        "pays": "CZ",
    } | changed
    return MonthList(**({"signers": ("CL", "MZ", "CZ")} | given))


@pytest.mark.parametrize(
    ("month", "of_month", "days", "made_on"),
    [
        ("2026-07", 15, 5, date(2026, 7, 8)),
        ("2026-07", 15, 1, date(2026, 7, 14)),
        ("2026-06", 1, 1, date(2026, 5, 29)),  # a Monday: the Friday before
        ("2026-10", 9, 2, date(2026, 9, 30)),  # the week of the National Day lies between
        ("2026-03", 1, 3, date(2026, 2, 26)),
    ],
)
def test_so_many_working_days_before_the_pay_day(month: str, of_month: int, days: int, made_on: date) -> None:
    made = row(pay_day=of_month, freeze_days=days)
    assert pay_day(made, month) == date.fromisoformat(f"{month}-{of_month:02d}")
    assert freeze_day(made, month, Calendar(CALENDAR)) == made_on


@pytest.mark.parametrize(
    ("day", "compared", "months"),
    [
        (date(2026, 7, 7), True, []),
        (date(2026, 7, 8), True, [("2026-07", False)]),
        (date(2026, 7, 8), False, []),  # it waits for the comparison
        (date(2026, 7, 9), False, [("2026-07", False)]),  # and no longer
        (date(2026, 7, 15), True, [("2026-07", False)]),
        (date(2026, 7, 16), True, [("2026-07", True)]),  # nothing but one that was refused
    ],
)
def test_a_list_is_made_from_its_day_until_the_pay_day(day: date, compared: bool, months: list[tuple[str, bool]]) -> None:
    assert list(due_months(POLICY, "533401", day, compared)) == [("2026-06", True), *months]


def test_a_list_looks_at_its_month_and_a_year_before() -> None:
    assert months_read(MADE, "2026-01")[0::12] == ["2025-01", "2026-01"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"pay_day": 31},
        {"freeze_days": 0},
        {"back_months": 0},
        {"signers": ("CL", "CZ", "MZ")},
        {"signers": ("CL", "MZ")},
        {"signers": ("CL", "MZ", "MZ", "CZ")},
        {"signers": ("XX", "MZ", "CZ")},
        {"readers": ("XX",)},
    ],
)
def test_a_row_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        row(**wrong)
