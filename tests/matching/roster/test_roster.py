"""A roster: what each command causes, when it is refused, and what a repeat does."""

from dataclasses import replace
from datetime import date

import pytest

from services.kernel.errors import Malformed, NotFound
from services.matching.policy.load import load_policy
from services.matching.roster.decider import ROSTER, Receive, Reject, Withdraw
from services.matching.roster.events import RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.vocabulary import RosterKind, WithdrawalReason
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
WITHDRAWN = RosterWithdrawn(
    kind=RosterKind.SUBSIDY_PAYMENT, division="533401", month="2026-03", reason=WithdrawalReason.WRONG_MONTH
)


def roster(*past: object) -> Spec:
    """A roster with this past."""
    return spec(ROSTER, POLICY).given(*past)


def test_a_file_is_received_once_and_may_come_again_after_a_refusal() -> None:
    roster().when(Receive(RECEIVED)).then(RECEIVED)
    roster(RECEIVED).when(Receive(RECEIVED)).rejected("roster_known")
    roster().when(Reject(REJECTED)).then(REJECTED)
    roster(REJECTED).when(Reject(REJECTED)).then_nothing()
    roster(REJECTED).when(Receive(RECEIVED)).then(RECEIVED)


def test_a_roster_is_taken_back_once_and_the_same_file_may_come_again() -> None:
    roster(RECEIVED).when(Withdraw(WithdrawalReason.WRONG_MONTH)).then(WITHDRAWN)
    with pytest.raises(Malformed, match="reason_missing"):
        roster(RECEIVED).when(Withdraw(WithdrawalReason.UNKNOWN)).then_nothing()
    with pytest.raises(NotFound, match="roster_unknown"):
        roster().when(Withdraw(WithdrawalReason.WRONG_MONTH)).then_nothing()
    with pytest.raises(Malformed, match="month_in_future"):
        roster().when(Receive(replace(RECEIVED, month="2026-04"))).then_nothing()
    roster(REJECTED).when(Withdraw(WithdrawalReason.WRONG_FILE)).rejected("roster_was_refused")
    roster(RECEIVED, WITHDRAWN).when(Withdraw(WithdrawalReason.WRONG_FILE)).rejected("roster_withdrawn")
    roster(RECEIVED, WITHDRAWN).when(Receive(RECEIVED)).then(RECEIVED)
