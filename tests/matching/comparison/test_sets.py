"""What a comparison of sets means."""

from datetime import date

from services.matching.comparison.sets import must_be_valid_on
from services.matching.policy.load import ValidOn


def test_a_certificate_must_be_valid_on_the_first_or_the_last_day_of_the_month() -> None:
    assert must_be_valid_on("2026-03", ValidOn.FIRST_DAY) == date(2026, 3, 1)
    assert must_be_valid_on("2026-03", ValidOn.LAST_DAY) == date(2026, 3, 31)
