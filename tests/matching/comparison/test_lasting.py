"""A finding about how things stand is one finding for as long as it is so, told by the newest month that has the lists it needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.domain.months import last_day
from services.kernel.policy import Row
from services.matching.comparison.derive import Derived, derive
from services.matching.comparison.rules import Lasting, Rule
from services.matching.county_facts.known import KnownFinding
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import Feed, PlannedMeasure
from services.matching.finding.decider import finding_id
from services.matching.vocabulary import Settled, SubjectKind
from tests.matching.county_facts.story import COUNTY, MATE, PAYMENT, RULES, Story

(LATE,) = [row for row in RULES.rows if row.id == "MEASURE_LATE"]
HOUSEHOLD, TODAY = MATE, date(2026, 4, 30)


def known(period: str, state: str = "OPEN", until: date | None = None) -> KnownFinding:
    key = ("MEASURE_LATE", SubjectKind.HOUSEHOLD, HOUSEHOLD, "M14", period)
    return KnownFinding(finding_id(*key), *key, state, until)


def derived(
    county: County,
    findings: Sequence[KnownFinding] = (),
    delivered_on: date | None = None,
    rule: Row[Rule] = LATE,
    missing: str = "",
) -> Derived:
    """What the rule makes of a measure that was due on 5 January, in the months up to April, of which one may lack a list."""
    story = Story(county, "2026-01", "2026-04", missing=(PAYMENT,) if missing else ())
    if missing:
        there = [month for month in story.months if month != missing]
        county.put("feed", [Feed(PAYMENT, month, UUID(int=number), last_day(month), True) for number, month in enumerate(there)])
    county.put("planned_measure", [PlannedMeasure(HOUSEHOLD, "M14", "YB", date(2026, 1, 5), delivered_on)])
    county.put("finding", findings)
    county.derive()
    return derive(county, [rule], COUNTY, TODAY)


def of(lasting: Lasting, *needs: str) -> Row[Rule]:
    return replace(LATE, value=replace(LATE.value, lasting=lasting, needs=needs))


def test_it_is_found_once_and_stays_the_same_finding(county: County) -> None:
    assert [found.period for found in derived(county).found] == ["2026-04"]


def test_one_that_is_open_stays_open_under_the_month_in_which_it_began(county: County) -> None:
    again = derived(county, [known("2026-02")])
    assert (again.found, again.settled, again.kept) == ((), (), 1)


def test_it_ends_when_it_is_so_no_more(county: County) -> None:
    over = derived(county, [known("2026-02")], delivered_on=date(2026, 4, 10))
    assert over.settled == ((known("2026-02").finding_id, Settled.FACTS_CORRECTED),)


def test_what_a_person_refuted_is_not_found_again_in_another_month(county: County) -> None:
    assert derived(county, [known("2026-02", "REFUTED", date(2026, 6, 1))]).found == ()


def test_one_of_a_year_is_of_the_year(county: County) -> None:
    assert [found.period for found in derived(county, rule=of(Lasting.YEAR)).found] == ["2026"]


def test_one_of_this_year_stays_open_and_one_of_another_is_left_alone(county: County) -> None:
    kept = derived(county, [known("2026"), known("2025")], rule=of(Lasting.YEAR))
    assert (kept.found, kept.settled, kept.kept) == ((), (), 1)


def test_a_month_whose_list_is_not_there_yet_leaves_the_word_to_the_one_before(county: County) -> None:
    told = derived(county, [known("2026-02")], rule=of(Lasting.DAY, PAYMENT), missing="2026-04")
    assert (told.found, told.settled, told.kept) == ((), (), 1)
    assert [(each.period, each.kind, each.why) for each in told.suspended] == [("2026-04", PAYMENT, "MISSING")]
