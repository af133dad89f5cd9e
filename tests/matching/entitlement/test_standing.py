"""What stands of a subsidy: news is said, what stands already is not; a risk ends as the one it was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.kernel.errors import Forbidden, Malformed
from services.kernel.events import Recorded
from services.kernel.projection import fold_into
from services.matching.entitlement.decider import STANDING, Decide, DecideHere, EndRisk, Judge, Warn, standing_id
from services.matching.entitlement.projection import STANDINGS, StandingRow
from services.matching.policy.load import load_policy
from services.matching.vocabulary import Decision, RosterKind, Subsidy
from tests.matching.entitlement.samples import CARD, GRANTED, LIKELY, PERSON, RISK, RISK_ENDED, UNLIKELY, VILLAGE
from tests.spec import SEED, Spec, context, spec

POLICY = load_policy()


def standing(*past: object) -> Spec:
    """A standing with this past."""
    return spec(STANDING, POLICY).given(*past)


@pytest.mark.parametrize(
    "other",
    [
        replace(LIKELY, from_month="2026-02"),
        replace(LIKELY, grade=2),
        replace(LIKELY, yuan=Decimal(110)),
        replace(LIKELY, division="533401102002"),
        UNLIKELY,
    ],
)
def test_another_judgement_is_news(other: Any) -> None:
    standing(LIKELY).when(Judge(other)).then(other)


def test_the_same_judgement_by_newer_lists_is_none() -> None:
    standing().when(Judge(LIKELY)).then(LIKELY)
    standing(LIKELY).when(Judge(replace(LIKELY, sources=(), unchecked=()))).then_nothing()
    standing(LIKELY, UNLIKELY).when(Judge(replace(UNLIKELY, grade=2))).then_nothing()
    standing(LIKELY, UNLIKELY).when(Judge(LIKELY)).then(LIKELY)


def test_a_risk_is_warned_of_once_and_ends_as_the_one_it_was() -> None:
    standing(LIKELY).when(Warn(RISK)).then(RISK)
    standing(RISK).when(Warn(RISK)).then_nothing()
    standing(RISK).when(EndRisk(RISK_ENDED)).then(RISK_ENDED)
    standing(RISK, RISK_ENDED).when(EndRisk(RISK_ENDED)).then_nothing()
    later = replace(RISK, valid_to=date(2031, 8, 28), first_month_lost="2031-09")
    standing(RISK, RISK_ENDED).when(Warn(later)).then(later)
    standing(later).when(EndRisk(RISK_ENDED)).then_nothing()


def test_a_decision_that_the_next_list_repeats_is_none() -> None:
    standing().when(Decide(GRANTED)).then(GRANTED)
    standing(GRANTED).when(Decide(replace(GRANTED, roster_id=UUID(int=9)))).then_nothing()
    ended = replace(GRANTED, decision=Decision.ENDED, until_month="2026-06")
    standing(GRANTED).when(Decide(ended)).then(ended)


CIVIL = "MZ:533401:official-1"
GRANT = DecideHere(PERSON, Subsidy.LIVING, VILLAGE, Decision.GRANTED, "2026-01", None, None, "APPLICATION")
END = replace(GRANT, decision=Decision.ENDED, from_month=None, until_month="2026-06", reason="MOVED")
HERE = replace(GRANTED, applied_on=None, approved_on=date(2026, 3, 2), roster_id=None, reason="APPLICATION")


def test_an_official_of_civil_affairs_grants_and_ends() -> None:
    standing().when(GRANT, actor=CIVIL).then(HERE)
    standing(HERE).when(GRANT, actor=CIVIL).then_nothing()
    ended = replace(HERE, decision=Decision.ENDED, until_month="2026-06", reason="MOVED")
    standing(HERE).when(END, actor=CIVIL).then(ended)  # it was granted from January on
    standing().when(END, actor=CIVIL).then(replace(ended, from_month="2026-06"))  # since when, nobody said here


@pytest.mark.parametrize("actor", ["CL:533401:official-1", "CZ:533401:official-1", "machine:matching.comparing"])
def test_nobody_else_decides(actor: str) -> None:
    with pytest.raises(Forbidden):
        STANDING.decide(STANDING.initial, GRANT, POLICY, context(actor=actor))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GRANT, from_month=None),
        replace(GRANT, until_month="2026-01"),
        replace(GRANT, applied_on=date(2026, 3, 3)),
        replace(END, until_month=None),
        replace(END, from_month="2026-07"),
    ],
)
def test_months_that_do_not_fit_are_refused(wrong: DecideHere) -> None:
    with pytest.raises(Malformed):
        STANDING.decide(STANDING.initial, wrong, POLICY, context(actor=CIVIL))


def test_the_row_says_when_it_was_decided_here_and_not_when_a_list_says_it() -> None:
    assert row_of(LIKELY, HERE).decided_here_on == date(2026, 3, 2)
    assert row_of(HERE, GRANTED).decided_here_on is None


def row_of(*events: Any) -> StandingRow:
    """The row that they make."""
    rows: dict[Any, StandingRow | None] = {}
    for version, happened in enumerate(events, 1):
        now = context(date(2026, 3, version)).now
        stream = standing_id(PERSON, Subsidy.LIVING)
        fold_into(STANDINGS, rows, Recorded(SEED, stream, version, "matching", happened, VILLAGE, "m", now, now, SEED, None, "v"))
    (row,) = rows.values()
    assert row is not None
    return row


def test_the_row_says_what_stands_of_each_part() -> None:
    row = row_of(LIKELY, RISK, GRANTED)
    assert (row.entitled, row.from_month, row.yuan, row.unchecked) == (True, "2026-03", Decimal(100), (RosterKind.INJURY_CARE,))
    assert (row.at_risk_card, row.at_risk_by, row.decided, row.decided_from) == (CARD, RISK.valid_to, Decision.GRANTED, "2026-01")
    assert (row.judged_on, row.approved_on) == (date(2026, 3, 1), date(2026, 3, 10))


def test_a_later_judgement_replaces_the_earlier_one_and_leaves_the_rest() -> None:
    row = row_of(LIKELY, RISK, UNLIKELY, RISK_ENDED)
    assert (row.entitled, row.reason, row.yuan, row.unchecked) == (False, "DESTITUTE_SUPPORT", None, ())
    assert (row.at_risk_card, row.decided) == (None, None)


def test_a_risk_without_a_judgement_says_nothing_of_who_may_have_it() -> None:
    row = row_of(RISK)
    assert (row.entitled, row.from_month, row.reason, row.decided) == (None, None, None, None)
