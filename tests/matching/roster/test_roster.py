"""A roster, and the note that a comparison was run: what each command causes, when it is refused, and what a repeat does."""

from datetime import date

from services.matching.policy.load import load_policy
from services.matching.roster.decider import ROSTER, Note, Receive, Reject
from services.matching.roster.events import ComparisonRun, RosterReceived, RosterRejected
from services.matching.vocabulary import RosterKind
from tests.spec import Spec, spec

POLICY = load_policy()
RECEIVED = RosterReceived(
    kind=RosterKind.SUBSIDY_PAYMENT,
    division="533401",
    as_of=date(2026, 3, 1),
    month="2026-03",
    rows=9,
    linked=8,
    rejected=1,
)
REJECTED = RosterRejected(kind=RosterKind.SUBSIDY_PAYMENT, division="533401", reason="sheet_empty", rows=0, rejected=0)
RUN = ComparisonRun(
    rule="C3a",
    division="533401",
    month="2026-03",
    as_of=date(2026, 3, 1),
    certificates=9,
    beneficiaries=5,
    payments=4,
    found=1,
    closed=0,
)


def roster(*past: object) -> Spec:
    """A roster, or a comparison, with this past."""
    return spec(ROSTER, POLICY).given(*past)


def test_a_file_is_received_once_and_may_come_again_after_a_refusal() -> None:
    roster().when(Receive(RECEIVED)).then(RECEIVED)
    roster(RECEIVED).when(Receive(RECEIVED)).rejected("roster_known")
    roster().when(Reject(REJECTED)).then(REJECTED)
    roster(REJECTED).when(Reject(REJECTED)).then_nothing()
    roster(REJECTED).when(Receive(RECEIVED)).then(RECEIVED)


def test_a_comparison_that_was_run_is_noted_once() -> None:
    roster().when(Note(RUN)).then(RUN)
    roster(RUN).when(Note(RUN)).then_nothing()
