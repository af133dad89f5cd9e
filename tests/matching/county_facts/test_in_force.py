"""The policy of one county, day by day."""

from dataclasses import replace
from datetime import date

from services.kernel.policy import Row, Rules
from services.matching.county_facts.in_force import Span, measure_limits, policy_tables, spans
from services.matching.county_facts.limits import LargeCost, MeasureLimit, WidenedGroup
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, Month, Rate
from services.matching.policy.subsidy_rows import Widened
from services.matching.vocabulary import RosterKind, Subsidy
from tests.matching.county_facts.story import ALWAYS, COUNTY, PAYMENT, PERSON, POLICY, Story


def row(value: int, since: date, until: date | None = None, division: str = "") -> Row[int]:
    """A row of one id."""
    return Row("id", since, until, division, "a test", value)


def test_what_is_more_local_holds_as_long_as_it_is_there() -> None:
    rules = Rules((row(1, ALWAYS), row(2, date(2026, 3, 1), date(2026, 6, 1), COUNTY), row(3, date(2026, 4, 1), None, "533422")))
    assert list(spans(rules, COUNTY)) == [
        Span("id", 1, ALWAYS, date(2026, 3, 1)),
        Span("id", 2, date(2026, 3, 1), date(2026, 6, 1)),
        Span("id", 1, date(2026, 6, 1), None),
    ]


def test_nothing_holds_between_two_rows() -> None:
    rules = Rules((row(1, ALWAYS, date(2026, 1, 1)), row(2, date(2026, 3, 1))))
    assert [(span.since, span.until) for span in spans(rules, COUNTY)] == [(ALWAYS, date(2026, 1, 1)), (date(2026, 3, 1), None)]


def test_the_tables_say_what_the_rows_say() -> None:
    tables = policy_tables(POLICY, COUNTY)
    assert Rate("CARE", 1, date(2026, 1, 1), None, POLICY.rates.one("CARE_1", date(2026, 1, 1), COUNTY).yuan) in tables["rate"]
    assert len(tables["rate"]) == 6
    (large,) = tables["large_cost"]
    assert large == LargeCost(ALWAYS, None, POLICY.large_costs.one("own", ALWAYS, COUNTY).yuan)
    assert tables["widened_group"] == []  # a row that is off pays nobody
    assert ("UNSUPPORTED_CHILD", "LIVING") not in {(link.benefit, link.subsidy) for link in tables["linkage"]}
    assert len(tables["linkage"]) == len(POLICY.linkages.rows) - 1


def test_a_group_that_a_place_adds_is_entitled_from_the_rows_day_on(county: County) -> None:
    story = Story(county, "2026-01", "2026-03", on_allowance=False).card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)
    county.put("widened_group", [WidenedGroup("W", "LIVING", "HEARING", 3, None, date(2026, 2, 1), None)])
    assert story.entitled() == ["2026-02", "2026-03"]


def test_a_group_by_a_list_is_who_stands_on_it(county: County) -> None:
    story = Story(county, "2026-01", "2026-02", on_allowance=False).card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)
    story.listed(PAYMENT, "2026-02", PERSON)
    county.put("widened_group", [WidenedGroup("W", "LIVING", None, None, PAYMENT, ALWAYS, None)])
    assert story.entitled() == ["2026-02"]


def test_a_row_of_several_categories_and_grades_is_each_of_them() -> None:
    widened = Widened(Subsidy.CARE, grades=(3, 4), on_list=RosterKind.LOW_INCOME_MARGIN, on=True)
    policy = replace(POLICY, widened=Rules((Row("W", ALWAYS, None, "", "a test", widened),)))
    assert policy_tables(policy, COUNTY)["widened_group"] == [
        WidenedGroup("W", "CARE", None, grade, "LOW_INCOME_MARGIN", ALWAYS, None) for grade in (3, 4)
    ]


def test_a_measure_is_late_when_ten_working_days_are_over_whatever_holidays_lie_between() -> None:
    march, festival = (
        date(2026, 3, 31),
        date(2026, 2, 24),
    )  # the first day after 春节, and the last of ten working days since 3 February
    months = [Month("2026-02", date(2026, 2, 1), festival), Month("2026-03", date(2026, 3, 1), march)]
    limits = measure_limits(POLICY, COUNTY, months)
    assert list(limits) == [MeasureLimit("2026-02", date(2026, 2, 2)), MeasureLimit("2026-03", date(2026, 3, 16))]
