"""Days of a certificate: last valid day, reminder windows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.validity import LastDay, expired_from, inside, last_valid_day, window, window_opens
from services.certificates.vocabulary import ExpiryWindow
from services.domain.months import add_months

SIX, ONE = ExpiryWindow.SIX_MONTHS, ExpiryWindow.ONE_MONTH
DAYS = st.dates(date(2000, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("valid_from", "convention", "last"),
    [
        (date(2026, 3, 2), LastDay.SAME_DAY, date(2036, 3, 2)),
        (date(2026, 3, 2), LastDay.DAY_BEFORE, date(2036, 3, 1)),
        (date(2024, 2, 29), LastDay.SAME_DAY, date(2034, 2, 28)),
        (date(2024, 2, 29), LastDay.DAY_BEFORE, date(2034, 2, 28)),
        (date(2025, 3, 1), LastDay.DAY_BEFORE, date(2035, 2, 28)),
        (date(2026, 8, 31), LastDay.SAME_DAY, date(2036, 8, 31)),
        (date(2026, 8, 31), LastDay.DAY_BEFORE, date(2036, 8, 30)),
        (date(2026, 12, 31), LastDay.SAME_DAY, date(2036, 12, 31)),
        (date(2026, 1, 1), LastDay.DAY_BEFORE, date(2035, 12, 31)),
    ],
)
def test_ten_years_end_on_the_day_the_convention_says(valid_from: date, convention: LastDay, last: date) -> None:
    assert last_valid_day(valid_from, 120, convention) == last


@pytest.mark.parametrize(
    ("valid_to", "six", "one"),
    [
        (date(2036, 8, 28), date(2036, 2, 28), date(2036, 7, 28)),
        (date(2036, 8, 29), date(2036, 2, 29), date(2036, 7, 29)),
        (date(2036, 8, 31), date(2036, 2, 29), date(2036, 7, 31)),
        (date(2035, 8, 29), date(2035, 2, 28), date(2035, 7, 29)),
        (date(2035, 8, 31), date(2035, 2, 28), date(2035, 7, 31)),
        (date(2036, 2, 29), date(2035, 8, 29), date(2036, 1, 29)),
        (date(2036, 3, 31), date(2035, 9, 30), date(2036, 2, 29)),
        (date(2035, 12, 31), date(2035, 6, 30), date(2035, 11, 30)),
        (date(2036, 1, 31), date(2035, 7, 31), date(2035, 12, 31)),
    ],
)
def test_the_windows_of_a_month_end_open_on_a_day_that_exists(valid_to: date, six: date, one: date) -> None:
    assert (window_opens(valid_to, SIX), window_opens(valid_to, ONE)) == (six, one)


@pytest.mark.parametrize(
    ("today", "seen"),
    [
        (date(2035, 9, 1), None),
        (date(2035, 9, 2), SIX),
        (date(2036, 2, 1), SIX),
        (date(2036, 2, 2), ONE),
        (date(2036, 3, 2), ONE),
        (date(2036, 9, 1), ONE),
    ],
)
def test_the_window_opens_on_its_first_day_and_stays_open(today: date, seen: ExpiryWindow | None) -> None:
    assert window(today, date(2036, 3, 2)) == seen


@given(DAYS, DAYS)
def test_a_window_is_today_at_or_after_its_first_day_and_nothing_else(today: date, valid_to: date) -> None:
    assert inside(today, valid_to, SIX) == (today >= add_months(valid_to, -6))
    assert inside(today, valid_to, ONE) == (today >= add_months(valid_to, -1))
    assert inside(today, valid_to, SIX) or not inside(today, valid_to, ONE)


@given(DAYS)
def test_the_days_of_a_period_come_in_order(valid_from: date) -> None:
    for convention in LastDay:
        valid_to = last_valid_day(valid_from, 120, convention)
        assert valid_from < window_opens(valid_to, SIX) < window_opens(valid_to, ONE) < valid_to < expired_from(valid_to)


def test_the_day_after_the_last_valid_day_is_the_first_expired_one() -> None:
    assert expired_from(date(2036, 2, 28)) == date(2036, 2, 29)
