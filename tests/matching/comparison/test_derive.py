"""Which row of a rule speaks for a month, and what becomes of findings for which none does any more."""

from dataclasses import replace
from datetime import date

import pytest

from services.kernel.policy import Row
from services.matching.comparison.derive import Counted, Derived, derive
from services.matching.comparison.rules import Rule
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, PlannedMeasure
from services.matching.finding.decider import found_in
from services.matching.vocabulary import Settled
from tests.matching.county_facts.story import COUNTY, PAYMENT, RULES, Story
from tests.matching.county_facts.test_c3 import not_received

ALL = next(row for row in RULES.rows if row.id == "LIVING_NOT_RECEIVED")
HERE = replace(ALL, division=COUNTY, value=replace(ALL.value, owner="CL"))
TODAY = date(2027, 1, 1)


def story(county: County) -> Story:
    """Two months in which somebody is owed."""
    return Story(county, "2026-01", "2026-02").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)


def derived(county: County, *rows: Row[Rule]) -> Derived:
    """What these rows make of the county."""
    county.derive()
    return derive(county, rows, COUNTY, TODAY)


def test_the_most_local_row_speaks_alone(county: County) -> None:
    story(county)
    made = derived(county, ALL, HERE)
    assert [(found.period, found.owner) for found in made.found] == [("2026-01", "CL"), ("2026-02", "CL")]
    assert made.counted == tuple(Counted(ALL.id, period, 1, 0, 0) for period in ("2026-01", "2026-02"))


def test_a_county_may_switch_a_rule_off_from_a_month_on(county: County) -> None:
    story(county)
    off = replace(HERE, since=date(2026, 2, 1), value=replace(ALL.value, on=False))
    assert [found.period for found in derived(county, ALL, off).found] == ["2026-01"]


@pytest.mark.parametrize("rows", [(), (replace(ALL, until=date(2026, 1, 1)),), (replace(ALL, value=replace(ALL.value, on=False)),)])
def test_a_finding_for_which_no_row_speaks_any_more_has_ended(county: County, rows: tuple[Row[Rule], ...]) -> None:
    story(county).known(not_received("2026-01")).known(not_received("2025-12"))
    assert [how for _, how in derived(county, *rows).settled] == [Settled.RULE_ENDED]  # December is not looked at


def test_what_is_found_without_any_list_is_as_of_today(county: County) -> None:
    (late,) = [row for row in RULES.rows if row.id == "MEASURE_LATE"]
    story(county)
    household = not_received("2026-01").subject
    county.put("planned_measure", [PlannedMeasure(household, "M14", "YB", date(2026, 1, 20), None)])
    county.derive()
    found = derive(county, [late], COUNTY, date(2026, 2, 10)).found
    assert [(each.period, each.as_of) for each in found] == [("2026-02", date(2026, 2, 10))]


def test_what_a_list_showed_that_its_sender_took_back_is_void_while_no_other_is_there(county: County) -> None:
    owed = Story(county, "2026-01", "2026-02", missing=(PAYMENT,)).card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)
    owed.known(not_received("2026-01")).known(not_received("2026-02"))
    county.derive()
    assert derive(county, [ALL], COUNTY, TODAY).settled == ()  # a list that is only missing closes nothing
    (settled,) = derive(county, [ALL], COUNTY, TODAY, frozenset({(PAYMENT, "2026-01")})).settled
    assert settled == (found_in(not_received("2026-01")), Settled.LIST_WITHDRAWN)


def test_a_list_that_was_sent_again_speaks_in_place_of_the_one_taken_back(county: County) -> None:
    story(county).known(not_received("2026-01"))
    county.derive()
    derived = derive(county, [ALL], COUNTY, TODAY, frozenset({(PAYMENT, "2026-01")}))
    assert (derived.settled, derived.kept) == ((), 1)
