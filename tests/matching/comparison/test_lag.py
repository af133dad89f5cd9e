"""What happened so shortly before the newest lists that one of them may not show it yet: marked, and told when newer ones do not show it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.kernel.policy import PolicyError
from services.matching.comparison.derive import Derived, derive
from services.matching.comparison.rules import check
from services.matching.county_facts.known import KnownFinding
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep
from services.matching.finding.decider import found_in
from services.matching.finding.events import Found
from services.matching.vocabulary import Settled
from tests.matching.county_facts.story import COUNTY, POLICY, RULES, TABLES, Story

(OWED,) = [row for row in RULES.rows if row.id == "LIVING_NOT_RECEIVED"]
LATE_IN_JUNE, TODAY = date(2026, 6, 20), date(2026, 8, 5)


def months(county: County, last: str, paid: str = "") -> Story:
    """The months from June on, of somebody whose first card was handed out on 20 June; a sheet may pay for June."""
    story = Story(county, "2026-06", last).card(CardStep.VALID, LATE_IN_JUNE, date(2036, 6, 19), 3)
    return story.pay(paid, 100, nature="ARREARS", for_months=("2026-06",)) if paid else story


def june(county: County, *known: Found) -> Derived:
    """What becomes of June by all lists that are there, with what was found before."""
    for found in known:
        key = (found.rule, found.subject_kind, found.subject, found.object, found.period)
        county.put("finding", [KnownFinding(found_in(found), *key, "OPEN", None, found.may_be_lag)])
    county.derive()
    made = derive(county, [OWED], COUNTY, TODAY)
    return replace(made, found=tuple(each for each in made.found if each.period == "2026-06"))


@pytest.fixture
def marked(tmp_path: Path) -> Found:
    """What is found of June when June's lists are the newest."""
    (tmp_path / "before").mkdir()
    with County(tmp_path / "before", TABLES) as county:
        (found,) = june(months(county, "2026-06").county).found
    return found


def test_what_the_newest_list_may_not_show_yet_is_marked(marked: Found) -> None:
    assert marked.may_be_lag
    assert (marked.period, marked.as_of) == ("2026-06", date(2026, 6, 30))


def test_marked_once_it_waits_for_newer_lists(county: County, marked: Found) -> None:
    again = june(months(county, "2026-06").county, marked)
    assert (again.found, again.settled, again.kept) == ((), (), 1)


def test_when_newer_lists_do_not_show_it_either_it_is_told(county: County, marked: Found) -> None:
    made = june(months(county, "2026-07").county, marked)
    assert made.found == (replace(marked, may_be_lag=False),)
    assert {each.period: each.found for each in made.counted} == {"2026-06": 0, "2026-07": 1}  # of June it is the same one


def test_told_once_it_is_found_no_more(county: County, marked: Found) -> None:
    assert june(months(county, "2026-07").county, replace(marked, may_be_lag=False)).found == ()


def test_a_delay_ends_by_what_was_on_its_way(county: County, marked: Found) -> None:
    made = june(months(county, "2026-07", paid="2026-07").county, marked)
    assert (made.found, made.settled) == ((), ((found_in(marked), Settled.FACT_ARRIVED),))


def test_a_rule_says_since_when_and_for_how_many_days_or_neither() -> None:
    with pytest.raises(PolicyError, match="lag_days"):
        check([replace(OWED, value=replace(OWED.value, lag_days=0))], POLICY.rosters)
