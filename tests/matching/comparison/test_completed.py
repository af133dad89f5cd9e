"""A comparison is told when there is news, also when it found nothing; what is suspended says for want of what, and since when."""

from dataclasses import replace
from datetime import date

from services.matching.comparison.decider import COMPARISON, Complete
from services.matching.comparison.events import ComparisonCompleted, Input, Suspension
from services.matching.comparison.loop import LONGEST, QUIET, REST_WITHOUT_LISTS, Changed, Waiting
from services.matching.policy.load import load_policy
from services.matching.vocabulary import Finding, RosterKind
from tests.spec import Spec, spec

POLICY, MONDAY, TUESDAY = load_policy(), date(2026, 3, 2), date(2026, 3, 3)
SHEET = Input(kind=RosterKind.SUBSIDY_PAYMENT, as_of=date(2026, 2, 28), rows=900, usable=True)
FIRST = ComparisonCompleted(
    division="533401",
    rule="PAID_TWICE",
    rule_from=date(2016, 1, 1),
    title="同月重复发放补贴",
    finding=Finding.DUPLICATE,
    owner="MZ",
    period="2026-02",
    inputs=(SHEET,),
    found=2,
    closed=0,
    kept=0,
    suspended=(),
)
AS_BEFORE = replace(FIRST, found=0, kept=2)
WITHOUT = replace(FIRST, inputs=(), found=0, suspended=(Suspension(kind=RosterKind.SUBSIDY_PAYMENT, why="MISSING", since=MONDAY),))


def comparison(*past: object) -> Spec:
    """A comparison with this past."""
    return spec(COMPARISON, POLICY).given(*past)


def test_it_is_told_first_whatever_it_found_and_then_when_there_is_news() -> None:
    for completed in (FIRST, replace(FIRST, found=0), WITHOUT):
        comparison().when(Complete(completed)).then(completed)
    comparison(FIRST).when(Complete(AS_BEFORE)).then_nothing()
    comparison(FIRST, AS_BEFORE).when(Complete(AS_BEFORE)).then_nothing()
    for news in (
        replace(AS_BEFORE, found=1),
        replace(AS_BEFORE, closed=1, kept=1),
        replace(AS_BEFORE, kept=1),  # somebody refuted one
        replace(AS_BEFORE, inputs=(replace(SHEET, rows=901),)),
        replace(AS_BEFORE, rule_from=date(2026, 1, 1)),
    ):
        comparison(FIRST).when(Complete(news)).then(news)


def test_a_suspension_is_told_once_and_keeps_the_day_on_which_it_began() -> None:
    today = replace(WITHOUT, suspended=(replace(WITHOUT.suspended[0], since=TUESDAY),))
    comparison(WITHOUT).when(Complete(today), on=TUESDAY).then_nothing()
    rejected = replace(today, suspended=(replace(today.suspended[0], why="REJECTED"),))
    comparison(WITHOUT).when(Complete(rejected), on=TUESDAY).then(rejected)
    comparison(WITHOUT, FIRST).when(Complete(today), on=TUESDAY).then(today)


COUNTY = Changed("533401", 1)


def test_a_county_waits_until_it_is_quiet_and_no_longer_than_a_while() -> None:
    waiting = Waiting()
    assert waiting.ripe([COUNTY], 0) == []
    assert waiting.ripe([COUNTY], QUIET) == ["533401"]
    restless = Waiting()
    for second in range(int(LONGEST)):
        assert restless.ripe([replace(COUNTY, changes=second)], second) == []
    assert restless.ripe([replace(COUNTY, changes=999)], LONGEST) == ["533401"]
    assert restless.ripe([], LONGEST + 1) == []
    assert restless.ripe([replace(COUNTY, changes=1000)], LONGEST + 2) == []  # it begins to wait anew


def test_a_county_whose_lists_are_being_read_waits_for_them() -> None:
    waiting, reading = Waiting(), replace(COUNTY, lists_come=True)
    assert [waiting.ripe([reading], second) for second in (0, QUIET, 2 * QUIET)] == [[], [], []]
    assert waiting.ripe([COUNTY], 2.5 * QUIET) == []
    assert waiting.ripe([COUNTY], 3 * QUIET) == ["533401"]
    assert waiting.ripe([reading], LONGEST) == ["533401"]


def test_a_county_that_was_compared_rests_three_times_as_long_as_that_took() -> None:
    waiting, other = Waiting(), Changed("533422", 1)
    waiting.compared("533401", 100, 110)
    waiting.ripe([COUNTY, other], 110)
    assert waiting.ripe([COUNTY, other], 139) == ["533422"]
    assert waiting.ripe([COUNTY, other], 140) == ["533401", "533422"]


def test_a_county_of_which_no_list_has_changed_rests_longer_and_a_list_ends_that() -> None:
    waiting, changed = Waiting(), Changed("533401", 1, may_rest=True)
    assert waiting.ripe([changed], 0) == []
    assert waiting.ripe([changed], QUIET) == ["533401"]  # it was not compared before
    waiting.compared("533401", 100, 101)
    waiting.ripe([changed], 101)
    assert waiting.ripe([changed], 100.9 + REST_WITHOUT_LISTS) == []
    assert waiting.ripe([replace(changed, may_rest=False)], 104) == ["533401"]
    assert waiting.ripe([changed], 101 + REST_WITHOUT_LISTS) == ["533401"]
    waiting.compared("533401", 200, 210)  # one that takes long rests for a part of the time
    assert waiting.ripe([changed], 299.9) == []
    assert waiting.ripe([changed], 300) == ["533401"]
