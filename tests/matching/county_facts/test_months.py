"""Whether a month counts: cards that end, are renewed, frozen, regraded; deaths and moves (domain reference 2.5, to the day)."""

from datetime import date
from decimal import Decimal

import pytest

from services.matching.county_facts.known import BackPay
from services.matching.county_facts.limits import MonthRule, WidenedPerson
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, LifeEvent, Linkage
from services.matching.policy.subsidy_rows import Effect, Situation, Stop
from tests.matching.county_facts.lookalikes import may_be
from tests.matching.county_facts.story import ALWAYS, OTHER, PERSON, Story, months


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


def with_a_gap(county: County, renewed: date, months_open: int | None = 3) -> Story:
    """A card that ended on 15 March and was renewed late."""
    if months_open is not None:
        county.put("back_pay", [BackPay(ALWAYS, None, months_open)])
    story = Story(county, "2026-01", "2026-12").card(CardStep.VALID, date(2021, 3, 16), date(2026, 3, 15), 3)
    return story.card(CardStep.VALID, renewed, date(2036, 1, 1), 3)


def accused(story: Story) -> list[str]:
    """The months that were paid without a card."""
    return [period for rule, period in story.found() if rule == "PAID_WITHOUT_CARD"]


def test_months_lost_before_a_late_renewal_are_owed_to_nobody_and_may_be_paid_by_decision(county: County) -> None:
    story = with_a_gap(county, date(2026, 6, 20))
    story.pay("2026-07", 200, nature="ARREARS", for_months=("2026-04", "2026-05"))
    assert accused(story) == []
    assert "2026-04" not in story.entitled_months()


def test_of_seven_lost_months_three_at_most(county: County) -> None:
    story = with_a_gap(county, date(2026, 11, 5))
    story.pay("2026-12", 700, nature="ARREARS", for_months=tuple(months("2026-04", "2026-10")))
    assert accused(story) == months("2026-04", "2026-07")


def test_what_was_paid_before_the_renewal_was_paid_without_a_card(county: County) -> None:
    assert accused(with_a_gap(county, date(2026, 6, 20)).pay("2026-04", 100).pay("2026-05", 100)) == months("2026-04", "2026-05")


def test_without_a_row_that_opens_months_none_is_open(county: County) -> None:
    story = with_a_gap(county, date(2026, 6, 20), months_open=None)
    assert accused(story.pay("2026-07", 100, nature="ARREARS", for_months=("2026-05",))) == ["2026-05"]


@pytest.mark.parametrize(
    ("died", "expected"),
    [
        (date(2026, 1, 31), ["2026-01"]),
        (date(2026, 2, 1), months("2026-01", "2026-02")),
        (date(2025, 12, 31), []),
        (date(2024, 2, 29), []),
    ],
)
def test_the_month_of_a_death_is_the_last_one(county: County, died: date, expected: list[str]) -> None:
    story = Story(county, "2026-01", "2026-03").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    county.put("month_rule", [MonthRule(Situation.DIED, Stop.MONTH_AFTER_EVENT, ALWAYS, None)])
    county.put("life_event", [LifeEvent(PERSON, Situation.DIED, died, date(2026, 3, 10))])
    assert story.entitled() == expected


def test_who_left_the_province_is_paid_no_more_from_the_month_after(county: County) -> None:
    story = Story(county, "2025-11", "2026-02").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    county.put("month_rule", [MonthRule(Situation.LEFT_PROVINCE, Stop.MONTH_AFTER_EVENT, ALWAYS, None)])
    county.put("life_event", [LifeEvent(PERSON, Situation.LEFT_PROVINCE, date(2025, 12, 31), date(2026, 1, 10))])
    assert story.entitled() == ["2025-11", "2025-12"]


@pytest.mark.parametrize(
    ("benefit", "subsidy", "yuan", "expected"),
    [
        ("ORPHAN", "LIVING", None, "ORPHAN"),
        ("ORPHAN", "CARE", None, None),
        ("INJURY_CARE", "LIVING", None, "INJURY_CARE"),
        ("INJURY_CARE", "CARE", None, "INJURY_CARE"),
        ("OLD_AGE_CARE", "CARE", 100, "OLD_AGE_CARE"),  # as much as the rate of grade 2: the other one is paid
        ("OLD_AGE_CARE", "CARE", 99, None),
        ("OLD_AGE_CARE", "LIVING", 900, None),
        ("WELFARE_LIVING", "LIVING", 100, "WELFARE_LIVING"),
        ("WELFARE_LIVING", "CARE", 900, None),
    ],
)
def test_other_benefits_exclude_or_outdo_a_subsidy(
    county: County, benefit: str, subsidy: str, yuan: int | None, expected: str | None
) -> None:
    story = Story(county, "2026-01", "2026-01").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    excludes = [("ORPHAN", "LIVING"), ("INJURY_CARE", "LIVING"), ("INJURY_CARE", "CARE")]
    higher = [("OLD_AGE_CARE", "CARE"), ("WELFARE_LIVING", "LIVING")]
    county.put("linkage", [Linkage(*each, Effect.EXCLUDES, ALWAYS, None) for each in excludes])
    county.put("linkage", [Linkage(*each, Effect.HIGHER, ALWAYS, None) for each in higher])
    if yuan is None:
        story.there(benefit, "2026-01")
        story.listed(benefit, "2026-01", PERSON)
    else:
        roster, row = story.listed(OTHER, "2026-01", PERSON)
        county.put_named("other_allowance", [{"roster_id": roster, "row": row, "allowance": benefit, "amount": Decimal(yuan)}])
    county.derive()
    assert county.ask("SELECT reason FROM entitlement WHERE subsidy = ?", subsidy) == [(expected,)]


def test_who_may_stand_on_an_excluding_list_is_told_nothing(county: County) -> None:
    story = Story(county, "2026-01", "2026-01").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    county.put("linkage", [Linkage("ORPHAN", "LIVING", Effect.EXCLUDES, ALWAYS, None)])
    story.there("ORPHAN", "2026-01")
    roster, row = story.listed("ORPHAN", "2026-01", None)
    may_be(county, roster, row, PERSON)
    county.derive()
    asked = "SELECT subsidy, entitled, unknown FROM entitlement ORDER BY subsidy"
    assert county.ask(asked) == [("CARE", True, []), ("LIVING", None, ["ORPHAN"])]


def test_an_excluding_list_that_is_missing_leaves_a_lead_and_is_named(county: County) -> None:
    Story(county, "2026-01", "2026-01").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 2)
    county.put("linkage", [Linkage("INJURY_CARE", "LIVING", Effect.EXCLUDES, ALWAYS, None)])
    county.derive()
    assert county.ask("SELECT entitled, unchecked FROM entitlement WHERE subsidy = 'LIVING'") == [(True, ["INJURY_CARE"])]


def test_a_group_that_a_county_added_counts_by_the_id_of_its_row_and_is_otherwise_off(county: County) -> None:
    story = Story(county, "2026-01", "2026-02", on_allowance=False).card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)
    county.put("widened_person", [WidenedPerson("2026-02", PERSON, subsidy, "LOW_INCOME") for subsidy in ("LIVING", "CARE")])
    assert story.entitled() == ["2026-02"]
    assert story.entitled_months("CARE") == ["2026-02"]
