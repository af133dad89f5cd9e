"""A roster: what each command causes, when it is refused, and what a repeat does."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from services.kernel.errors import Forbidden, Malformed, NotFound
from services.matching.policy.load import load_policy
from services.matching.roster.decider import ROSTER, Confirm, Receive, Reject, Withdraw
from services.matching.roster.events import RosterConfirmed, RosterHeld, RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.vocabulary import HeldFor, RosterKind, WithdrawalReason
from tests.spec import Spec, spec

POLICY = load_policy()
SAID: dict[str, Any] = {
    "kind": RosterKind.SUBSIDY_PAYMENT,
    "division": "533401",
    "as_of": date(2026, 3, 1),
    "period": "2026-03",
    "sent_by": "MZ",
}
RECEIVED = RosterReceived(**SAID, rows=9, linked=8, rejected=1, identified=9, cells=40, empty_cells=3)
REJECTED = RosterRejected(**SAID, reason="sheet_empty", rows=0, rejected=0)
WITHDRAWN = RosterWithdrawn(**SAID, reason=WithdrawalReason.WRONG_MONTH)
CONFIRMED = RosterConfirmed(**SAID, rows=9)
BACK = Withdraw("MZ", WithdrawalReason.WRONG_FILE)


def held(held_for: HeldFor, usual_rows: int, roster: RosterReceived = RECEIVED) -> RosterHeld:
    """The file as it is held."""
    said = {each.name: getattr(roster, each.name) for each in fields(roster)}
    return RosterHeld(**said, held_for=held_for, usual_rows=usual_rows)


HELD = held(HeldFor.FEWER_ROWS, 30)


def roster(*past: object) -> Spec:
    """A roster with this past."""
    return spec(ROSTER, POLICY).given(*past)


def test_a_file_is_received_once_and_may_come_again_after_a_refusal() -> None:
    roster().when(Receive(RECEIVED)).then(RECEIVED)
    roster(RECEIVED).when(Receive(RECEIVED)).rejected("roster_known")
    roster().when(Reject(REJECTED)).then(REJECTED)
    roster(REJECTED).when(Reject(REJECTED)).then_nothing()
    roster(RECEIVED, WITHDRAWN).when(Reject(REJECTED)).then(REJECTED)
    roster(REJECTED).when(Receive(RECEIVED)).then(RECEIVED)


def test_a_roster_is_taken_back_once_and_the_same_file_may_come_again() -> None:
    roster(RECEIVED).when(Withdraw("MZ", WithdrawalReason.WRONG_MONTH)).then(WITHDRAWN)
    with pytest.raises(Malformed, match="reason_missing"):
        roster(RECEIVED).when(Withdraw("MZ", WithdrawalReason.UNKNOWN)).then_nothing()
    with pytest.raises(NotFound, match="roster_unknown"):
        roster().when(BACK).then_nothing()
    with pytest.raises(Malformed, match="period_in_future"):
        roster().when(Receive(replace(RECEIVED, period="2026-04"))).then_nothing()
    with pytest.raises(Forbidden, match="not_the_sender"):
        roster(RECEIVED).when(Withdraw("CZ", WithdrawalReason.WRONG_FILE)).then_nothing()
    roster(REJECTED).when(BACK).rejected("roster_was_refused")
    roster(RECEIVED, WITHDRAWN).when(BACK).rejected("roster_withdrawn")
    roster(RECEIVED, WITHDRAWN).when(Receive(RECEIVED)).then(RECEIVED)


@pytest.mark.parametrize(
    ("rows", "before", "held_for", "usual"),
    [
        (9, (), None, 0),
        (9, (18, 18, 18), None, 0),
        (9, (19, 19, 19), HeldFor.FEWER_ROWS, 19),
        (9, (19,), HeldFor.FEWER_ROWS, 19),
        (9, (9, 90, 19), HeldFor.FEWER_ROWS, 19),
        (9, (9, 9, 90, 90, 90, 90), None, 0),
        (40, (20, 20), None, 0),
        (41, (20, 20), HeldFor.MORE_ROWS, 20),
        (41, (4, 4, 4), None, 0),
    ],
    ids=[
        "first",
        "half",
        "below half",
        "of one",
        "of the middle",
        "only the last three",
        "double",
        "more",
        "few vary by themselves",
    ],
)
def test_a_list_with_half_or_double_its_rows_is_held(
    rows: int, before: tuple[int, ...], held_for: HeldFor | None, usual: int
) -> None:
    came = replace(RECEIVED, rows=rows)
    roster().when(Receive(came, before)).then(held(held_for, usual, came) if held_for else came)


def test_lists_of_what_happened_are_not_held() -> None:
    deaths = replace(RECEIVED, kind=RosterKind.DEATHS)
    roster().when(Receive(deaths, (90, 90, 90))).then(deaths)


def test_a_held_list_counts_when_its_sender_says_so_and_may_be_taken_back_unused() -> None:
    roster(HELD).when(Confirm("MZ")).then(CONFIRMED)
    roster(HELD, CONFIRMED).when(Confirm("MZ")).rejected("roster_not_held")
    roster(RECEIVED).when(Confirm("MZ")).rejected("roster_not_held")
    roster(HELD).when(Receive(RECEIVED)).rejected("roster_known")
    roster(HELD).when(Withdraw("MZ", WithdrawalReason.WRONG_MONTH)).then(WITHDRAWN)
    roster(HELD, CONFIRMED).when(Withdraw("MZ", WithdrawalReason.WRONG_MONTH)).then(WITHDRAWN)
    with pytest.raises(Forbidden, match="not_the_sender"):
        roster(HELD).when(Confirm("CZ")).then_nothing()
    with pytest.raises(NotFound, match="roster_unknown"):
        roster().when(Confirm("MZ")).then_nothing()
