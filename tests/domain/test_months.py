"""Periods counted in months from their anchor, and months as text."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.months import add_months, first_day, full_months, last_day, month_after, month_of, months_from, next_month

DAYS = st.dates(date(2000, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "months", "day"),
    [
        (date(2026, 3, 2), 120, date(2036, 3, 2)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 8, 31), -6, date(2024, 2, 29)),
        (date(2025, 8, 31), -6, date(2025, 2, 28)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
        # the four last days of August, half a year back into February, in a common year and in a leap year
        (date(2025, 8, 28), -6, date(2025, 2, 28)),
        (date(2025, 8, 29), -6, date(2025, 2, 28)),
        (date(2025, 8, 30), -6, date(2025, 2, 28)),
        (date(2024, 8, 28), -6, date(2024, 2, 28)),
        (date(2024, 8, 29), -6, date(2024, 2, 29)),
        (date(2024, 8, 30), -6, date(2024, 2, 29)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        # 29 February, back and forth
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2024, 2, 29), 120, date(2034, 2, 28)),
        (date(2024, 2, 29), 1, date(2024, 3, 29)),
        # over the end of a year
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2025, 12, 31), -10, date(2025, 2, 28)),
        (date(2025, 12, 31), 120, date(2035, 12, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
    ],
)
def test_months_are_counted_from_the_anchor_and_clamped(anchor: date, months: int, day: date) -> None:
    assert add_months(anchor, months) == day


@given(DAYS, st.integers(-240, 240))
def test_a_month_step_lands_in_the_right_month_on_the_anchors_day_or_the_months_end(anchor: date, months: int) -> None:
    moved = add_months(anchor, months)
    assert moved.year * 12 + moved.month == anchor.year * 12 + anchor.month + months
    assert moved.day == anchor.day or (moved.day < anchor.day and (moved + timedelta(1)).day == 1)


@given(DAYS, DAYS, st.integers(-240, 240))
def test_a_later_anchor_never_gives_an_earlier_day(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)


def test_two_steps_of_one_month_are_not_one_step_of_two() -> None:
    assert add_months(add_months(date(2026, 1, 31), 1), 1) == date(2026, 3, 28)
    assert add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("since", "until", "over"),
    [
        (date(2026, 3, 2), date(2026, 9, 1), 5),
        (date(2026, 3, 2), date(2026, 9, 2), 6),
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2025, 12, 31), date(2026, 1, 30), 0),
        (date(2025, 12, 31), date(2026, 1, 31), 1),
        # a month without the corresponding day is over on the first of the next
        (date(2025, 8, 31), date(2026, 2, 28), 5),
        (date(2025, 8, 31), date(2026, 3, 1), 6),
        (date(2025, 8, 28), date(2026, 2, 28), 6),
        (date(2027, 8, 29), date(2028, 2, 29), 6),
        (date(2027, 8, 30), date(2028, 2, 29), 5),
        (date(2024, 2, 29), date(2025, 2, 28), 11),
        (date(2024, 2, 29), date(2025, 3, 1), 12),
        (date(2024, 2, 29), date(2028, 2, 29), 48),
    ],
)
def test_a_month_is_over_on_its_corresponding_day(since: date, until: date, over: int) -> None:
    assert full_months(since, until) == over


@given(DAYS, st.integers(0, 240))
def test_so_many_months_are_over_not_before_their_clamped_end(since: date, months: int) -> None:
    end = add_months(since, months)
    clamped = end.day < since.day  # then the month is over on the day after its end
    assert full_months(since, end) == months - int(clamped)
    assert full_months(since, end + timedelta(days=1)) >= months
    assert full_months(since, end - timedelta(days=1)) < months


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-04", date(2026, 4, 1), date(2026, 4, 30)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_month_has_a_first_and_a_last_day(month: str, first: date, last: date) -> None:
    assert (first_day(month), last_day(month)) == (first, last)
    assert month_of(first) == month_of(last) == month


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026", ""])
def test_what_is_no_month_has_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        first_day(text)


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 1, 31), date(2026, 2, 1)),
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_the_month_after_begins_on_its_first_day(day: date, after: date) -> None:
    assert month_after(day) == after
    assert next_month(day) == month_of(after)


@given(DAYS)
def test_the_day_after_the_last_of_a_month_begins_the_next(day: date) -> None:
    assert last_day(month_of(day)) + timedelta(days=1) == month_after(day)


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [("2026-03", "2026-03", 0), ("2025-12", "2026-01", 1), ("2026-01", "2025-12", -1), ("2024-02", "2028-02", 48)],
)
def test_months_are_counted_over_the_end_of_a_year(earlier: str, later: str, months: int) -> None:
    assert months_from(earlier, later) == months
