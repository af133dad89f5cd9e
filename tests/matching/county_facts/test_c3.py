"""Cards and lists against what is paid: each finding is of one person, one benefit and one month, and ends by that month's own facts."""

from datetime import date
from decimal import Decimal

import pytest

from services.matching.comparison.basis import Suspended
from services.matching.county_facts.known import PaidElsewhere
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, Elsewhere
from services.matching.finding.events import Fact, Found
from services.matching.vocabulary import Finding, Settled, SubjectKind
from tests.matching.county_facts.story import ALLOWANCE, CARD, DESTITUTE, MATE, OTHER, PAYMENT, PERSON, VILLAGE, Story

LONG = date(2033, 12, 31)


def holder(county: County, first: str = "2026-01", last: str = "2026-02", grade: int = 3, **more: object) -> Story:
    """One who holds a card throughout."""
    return Story(county, first, last, **more).card(CardStep.VALID, date(2024, 1, 1), LONG, grade)  # type: ignore[arg-type]


def not_received(period: str) -> Found:
    """What was found of an earlier month."""
    return Found(
        rule="LIVING_NOT_RECEIVED",
        rule_from=date(2016, 1, 1),
        title="困难残疾人生活补贴应享未享",
        finding=Finding.ENTITLED_NOT_RECEIVING,
        clue=False,
        subject_kind=SubjectKind.PERSON,
        subject=PERSON,
        division=VILLAGE,
        object="LIVING",
        period=period,
        as_of=date(2026, 1, 31),
        may_be_lag=False,
        owner="MZ",
        verify_days=10,
        act_days=20,
        facts=(),
    )


def test_who_is_on_the_allowance_and_not_paid_is_found_for_each_month(county: County) -> None:
    (found,) = holder(county).pay("2026-02", 100).derived().found
    assert (found.rule, found.period, found.object, found.division) == ("LIVING_NOT_RECEIVED", "2026-01", "LIVING", VILLAGE)
    assert found.facts == (
        Fact(name="certificate_id", value=str(CARD)),
        Fact(name="grade", value="3"),
        Fact(name="yuan", value="100.00"),
    )


def test_a_month_stays_owed_when_later_ones_are_paid_or_the_card_ends(county: County) -> None:
    story = Story(county, "2026-01", "2026-04").card(CardStep.VALID, date(2021, 2, 10), date(2026, 2, 9), 3)
    derived = story.known(not_received("2026-01")).pay("2026-02", 100).derived()
    assert derived.settled == ()
    assert derived.kept == 1
    assert [found.rule for found in derived.found] == ["CARD_ENDS_WHILE_PAID"]


@pytest.mark.parametrize(
    ("amount", "nature", "named", "counted"),
    [
        (100, "ARREARS", ("2026-01",), None),  # made up for by name
        (200, "REGULAR", None, 2),  # two months in one row, named nowhere: this one and the one before
        (200, "ARREARS", ("2026-01", "2026-02"), None),
    ],
)
def test_arrears_end_the_finding_of_the_month_that_they_are_for(
    county: County, amount: int, nature: str, named: tuple[str, ...] | None, counted: int | None
) -> None:
    story = holder(county).known(not_received("2026-01"))
    story.pay("2026-02", amount, nature=nature, for_months=named, counted=counted)
    if named == ("2026-01",):
        story.pay("2026-02", 100)
    derived = story.derived()
    assert [how for _, how in derived.settled] == [Settled.FACT_ARRIVED]
    assert derived.found == ()


def test_a_finding_whose_month_reads_otherwise_now_ends_as_corrected(county: County) -> None:
    story = holder(county, on_allowance=False).known(not_received("2026-01"))
    assert [how for _, how in story.derived().settled] == [Settled.FACTS_CORRECTED]


def test_members_of_a_household_count_when_the_list_names_its_head_only(county: County) -> None:
    story = holder(county, on_allowance=False).lives_with(MATE)
    story.allowance("2026-01", MATE, persons=2).allowance("2026-02", MATE, persons=1)
    assert story.found() == [("LIVING_NOT_RECEIVED", "2026-01")]


def test_who_may_be_an_unnamed_member_is_neither_accused_nor_told_that_they_qualify(county: County) -> None:
    story = holder(county, "2026-01", "2026-01", on_allowance=False).allowance("2026-01", MATE, persons=2)
    assert story.pay("2026-01", 100).found() == []


def test_who_is_supported_as_destitute_is_owed_nothing_and_must_not_be_paid(county: County) -> None:
    story = holder(county)
    for month in story.months:
        story.listed(DESTITUTE, month, PERSON)
    assert story.pay("2026-02", 100).found() == [("PAID_EXCLUDED", "2026-02")]


def test_nothing_is_said_while_a_list_is_missing(county: County) -> None:
    derived = holder(county, "2026-01", "2026-01", missing=[DESTITUTE]).known(not_received("2026-01")).derived()
    assert not derived.found
    assert not derived.settled
    assert Suspended("LIVING_NOT_RECEIVED", "2026-01", DESTITUTE, "MISSING") in derived.suspended
    assert {each.kind for each in derived.suspended if each.rule == "LIVING_NOT_RECEIVED"} == {DESTITUTE}


@pytest.mark.parametrize("missing", [ALLOWANCE, DESTITUTE, PAYMENT, OTHER])
def test_a_month_without_one_of_its_lists_accuses_nobody_by_it(county: County, missing: str) -> None:
    story = holder(county, "2026-01", "2026-01", grade=2, missing=[missing])
    if missing != PAYMENT:
        story.pay("2026-01", 100).pay("2026-01", 100, "CARE")
    assert story.found() == []


def test_a_refutation_outranks_the_rule_until_its_day(county: County) -> None:
    story = holder(county, "2026-01", "2026-01").known(not_received("2026-01"), "REFUTED", date(2026, 6, 30))
    assert story.derived(date(2026, 6, 30)).found == ()


def test_after_that_day_the_rule_finds_it_again(county: County) -> None:
    story = holder(county, "2026-01", "2026-01").known(not_received("2026-01"), "REFUTED", date(2026, 6, 30))
    assert [found.period for found in story.derived(date(2026, 7, 1)).found] == ["2026-01"]


@pytest.mark.parametrize(
    ("amount", "subsidy", "grade", "expected"),
    [
        (100, "LIVING", 3, []),
        (90, "LIVING", 3, ["WRONG_RATE"]),
        (110, "CARE", 1, []),
        (110, "CARE", 2, ["WRONG_RATE"]),
        (100, "CARE", 3, ["PAID_NOT_ELIGIBLE"]),
    ],
)
def test_amounts_are_those_of_the_months_rate(county: County, amount: int, subsidy: str, grade: int, expected: list[str]) -> None:
    story = holder(county, "2026-01", "2026-01", grade=grade, on_allowance=subsidy == "LIVING").pay("2026-01", amount, subsidy)
    other = "CARE" if subsidy == "LIVING" else "LIVING"
    assert [rule for rule, _ in story.found() if rule != f"{other}_NOT_RECEIVED"] == expected


def test_two_regular_rows_for_a_month_are_a_double_and_a_row_taken_back_is_none(county: County) -> None:
    assert holder(county, "2026-01", "2026-01").pay("2026-01", 100).pay("2026-01", 100).found() == [("PAID_TWICE", "2026-01")]


def test_what_was_taken_back_is_not_paid(county: County) -> None:
    story = holder(county, "2026-01", "2026-01").pay("2026-01", 100).pay("2026-01", -100, nature="RETURNED")
    assert story.found() == [("LIVING_NOT_RECEIVED", "2026-01")]


def test_a_payment_to_somebody_the_register_does_not_know_is_a_finding_about_the_row(county: County) -> None:
    (found,) = holder(county, "2026-01", "2026-01").pay("2026-01", 100).pay("2026-01", 100, person=None).derived().found
    assert (found.rule, found.subject_kind, found.division) == ("NOT_ON_REGISTER", SubjectKind.ROSTER_ROW, "533421")


def test_a_card_that_ends_within_six_months_puts_what_is_paid_at_risk(county: County) -> None:
    story = Story(county, "2026-01", "2026-03").card(CardStep.VALID, date(2021, 9, 1), date(2026, 8, 31), 3)
    for month in story.months:
        story.pay(month, 100)
    assert story.found() == [("CARD_ENDS_WHILE_PAID", "2026-02"), ("CARD_ENDS_WHILE_PAID", "2026-03")]


def test_what_another_county_paid_is_paid_and_twice_is_twice(county: County) -> None:
    county.put("paid_elsewhere", [PaidElsewhere(PERSON, "LIVING", month, Decimal(100)) for month in ("2026-01", "2026-02")])
    (found,) = holder(county).pay("2026-02", 100).derived().found
    assert (found.rule, found.period) == ("PAID_TWICE", "2026-02")
    assert Fact(name="paid", value="200.00") in found.facts


def test_a_month_of_another_county_is_that_countys_matter(county: County) -> None:
    county.put("elsewhere", [Elsewhere(PERSON, date(2026, 2, 1), None)])
    county.put("paid_elsewhere", [PaidElsewhere(PERSON, "LIVING", "2026-02", Decimal(100))])
    assert holder(county).pay("2026-01", 100).pay("2026-02", 100).found() == []
