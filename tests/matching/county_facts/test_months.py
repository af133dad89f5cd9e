"""Whether a month counts: cards that end, are renewed, frozen, regraded; deaths and moves (domain reference 2.5, to the day)."""

from datetime import date
from decimal import Decimal

import pytest

from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, LifeEvent, MonthRule
from services.matching.policy.subsidy_rows import Situation, Stop
from tests.matching.county_facts.story import ALWAYS, PERSON, Story, months


@pytest.mark.parametrize(
    ("first_valid", "last_valid", "expected"),
    [
        (date(2021, 3, 16), date(2026, 3, 15), months("2026-01", "2026-03")),  # the month of the end counts, the next does not
        (date(2021, 4, 1), date(2026, 3, 31), months("2026-01", "2026-03")),
        (date(2021, 3, 2), date(2026, 3, 1), months("2026-01", "2026-03")),
        (date(2021, 3, 1), date(2026, 2, 28), months("2026-01", "2026-02")),
        (date(2026, 2, 28), date(2031, 2, 27), months("2026-02", "2026-12")),  # from the month of issue on
        (date(2026, 12, 31), date(2031, 12, 30), ["2026-12"]),
        (date(2020, 12, 31), date(2025, 12, 30), []),
    ],
)
def test_a_card_counts_for_the_months_in_which_it_is_valid_on_any_day(
    county: County, first_valid: date, last_valid: date, expected: list[str]
) -> None:
    assert Story(county, "2026-01", "2026-12").card(CardStep.VALID, first_valid, last_valid, 2).entitled() == expected


def test_leap_day_and_the_end_of_a_year(county: County) -> None:
    story = Story(county, "2023-12", "2024-04").card(CardStep.VALID, date(2019, 3, 1), date(2024, 2, 29), 2)
    assert story.entitled() == ["2023-12", "2024-01", "2024-02"]


@pytest.mark.parametrize(
    ("renewed", "lost"), [(date(2026, 6, 20), months("2026-04", "2026-05")), (date(2026, 11, 5), months("2026-04", "2026-10"))]
)
def test_a_card_renewed_late_counts_from_the_month_of_issue(county: County, renewed: date, lost: list[str]) -> None:
    story = Story(county, "2026-01", "2026-12").card(CardStep.VALID, date(2021, 3, 16), date(2026, 3, 15), 2)
    story.card(CardStep.VALID, renewed, date(2031, 11, 1), 2)
    assert story.entitled() == [month for month in months("2026-01", "2026-12") if month not in lost]


def test_a_frozen_card_counts_until_its_month_and_again_from_that_of_its_return(county: County) -> None:
    story = Story(county, "2026-01", "2026-12").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    story.card(CardStep.STOPPED, date(2026, 4, 10)).card(CardStep.GIVEN_BACK, date(2026, 8, 31))
    assert story.entitled() == [*months("2026-01", "2026-04"), *months("2026-08", "2026-12")]


def test_a_cancellation_that_was_revoked_never_was(county: County) -> None:
    story = Story(county, "2026-01", "2026-06").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    story.card(CardStep.CANCELLED, date(2026, 2, 10)).card(CardStep.REVOKED, date(2026, 5, 1))
    assert story.entitled() == months("2026-01", "2026-06")


def test_a_cancellation_ends_the_months_after_it(county: County) -> None:
    story = Story(county, "2026-01", "2026-06").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    story.card(CardStep.CANCELLED, date(2026, 2, 10)).card(CardStep.REVOKED, date(2026, 2, 12)).card(
        CardStep.CANCELLED, date(2026, 3, 1)
    )
    assert story.entitled() == months("2026-01", "2026-02")  # cancelled on the first day of March: no day of it counts


def test_a_month_in_which_the_grade_changes_is_of_the_earlier_grade(county: County) -> None:
    story = Story(county, "2026-05", "2026-07").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    story.card(CardStep.VALID, date(2026, 6, 20), date(2036, 6, 19), 1)
    story.county.derive()
    assert story.county.ask("SELECT month, grade, yuan FROM entitlement WHERE subsidy = 'CARE' ORDER BY month") == [
        ("2026-05", 2, Decimal(100)),
        ("2026-06", 2, Decimal(100)),
        ("2026-07", 1, Decimal(110)),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(Stop.MONTH_AFTER_EVENT, months("2026-01", "2026-04")), (Stop.COMPARISON_MONTH, months("2026-01", "2026-05"))],
)
def test_who_died_in_april_and_is_found_in_june(county: County, rule: Stop, expected: list[str]) -> None:
    story = Story(county, "2026-01", "2026-08").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    county.put("month_rule", [MonthRule(Situation.DIED, rule, ALWAYS, None)])
    county.put("life_event", [LifeEvent(PERSON, Situation.DIED, date(2026, 4, 2), date(2026, 6, 10))])
    assert story.entitled() == expected


def test_rates_are_those_of_the_month(county: County) -> None:
    story = Story(county, "2025-12", "2026-01").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    story.county.derive()
    assert story.county.ask("SELECT month, yuan FROM entitlement WHERE subsidy = 'LIVING' ORDER BY month") == [
        ("2025-12", Decimal(90)),
        ("2026-01", Decimal(100)),
    ]
