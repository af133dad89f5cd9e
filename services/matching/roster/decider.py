"""A roster that came in: received, held, refused, or taken back by its sender. Stream: roster id.

The same file may come again after it was refused or taken back. What follows from a roster, and from its end, other rooms decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import assert_never

from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterConfirmed, RosterHeld, RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.roster.period import check_period
from services.matching.vocabulary import HeldFor, RosterKind, WithdrawalReason


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing came in under this id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The file was received: it is compared with, and what it says was paid."""

    roster: RosterReceived | RosterHeld


@dataclass(frozen=True, slots=True)
class Held:
    """The file waits for its sender, and counts for nothing."""

    roster: RosterHeld


@dataclass(frozen=True, slots=True)
class Over:
    """The file was refused, or taken back."""

    division: str
    withdrawn: bool


State = Absent | Standing | Held | Over


@dataclass(frozen=True, slots=True)
class Receive:
    """A file that can be used. `rows_before`: how many rows the last lists of its kind and county had that counted."""

    roster: RosterReceived
    rows_before: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A file that cannot be used."""

    roster: RosterRejected


@dataclass(frozen=True, slots=True)
class Confirm:
    """Its sender says that a file that is held is right."""

    agency: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Its sender takes the file back."""

    agency: str
    reason: WithdrawalReason


Command = Receive | Reject | Confirm | Withdraw
Event = RosterReceived | RosterHeld | RosterConfirmed | RosterRejected | RosterWithdrawn


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """The same file twice is `roster_known`; the same refusal twice is nothing. Raises `Rejected`, `Malformed`, `NotFound`, `Forbidden`."""
    if isinstance(command, Receive | Reject) and not policy.places.is_there(command.roster.division, context.today):
        raise Malformed("division_unknown", "没有这个县（市）")
    match command:
        case Receive(roster, rows_before):
            if isinstance(state, Standing | Held):
                raise Rejected("roster_known", "该文件已接收过")
            kind = policy.rosters.one(roster.kind, context.today, roster.division)
            earliest = policy.intake.one("roster", context.today, roster.division).earliest_month
            check_period(kind.period, roster.as_of, roster.period, context.today, earliest)
            return [_received(roster, rows_before, policy, context)]
        case Reject(refused):
            return [refused] if isinstance(state, Absent | Over) and not _refused_before(state) else []
        case Confirm(agency):
            return [_confirmed(state, agency)]
        case Withdraw(agency, reason):
            return [_withdrawn(state, agency, reason)]
        case _:
            assert_never(command)


def _refused_before(state: Absent | Over) -> bool:
    return isinstance(state, Over) and not state.withdrawn


def _received(
    roster: RosterReceived, rows_before: Sequence[int], policy: MatchingPolicy, context: Context
) -> RosterReceived | RosterHeld:
    """The file as it counts, or as it is held: a list that the county keeps does not lose half of its rows, or double them, by itself."""
    usual = policy.usual_rows.one("roster", context.today, roster.division)
    latest = list(rows_before)[: usual.of_last]
    if not latest or roster.kind in usual.vary or (expected := median_low(latest)) < usual.from_rows:
        return roster
    if roster.rows * 100 < usual.min_percent * expected:
        return _held(roster, HeldFor.FEWER_ROWS, expected)
    if roster.rows * 100 > usual.max_percent * expected:
        return _held(roster, HeldFor.MORE_ROWS, expected)
    return roster


def _held(roster: RosterReceived, held_for: HeldFor, usual_rows: int) -> RosterHeld:
    return RosterHeld(
        kind=roster.kind,
        division=roster.division,
        as_of=roster.as_of,
        period=roster.period,
        sent_by=roster.sent_by,
        rows=roster.rows,
        linked=roster.linked,
        rejected=roster.rejected,
        identified=roster.identified,
        cells=roster.cells,
        empty_cells=roster.empty_cells,
        held_for=held_for,
        usual_rows=usual_rows,
    )


def _confirmed(state: State, agency: str) -> RosterConfirmed:
    match state:
        case Absent():
            raise NotFound("roster_unknown", "没有这份名单")
        case Held(roster):
            _check_sender(roster.sent_by, agency, "确认")
            return RosterConfirmed(
                kind=roster.kind,
                division=roster.division,
                as_of=roster.as_of,
                period=roster.period,
                sent_by=roster.sent_by,
                rows=roster.rows,
            )
        case Standing() | Over():
            raise Rejected("roster_not_held", "该名单不在待确认状态")
        case _:
            assert_never(state)


def _withdrawn(state: State, agency: str, reason: WithdrawalReason) -> RosterWithdrawn:
    match state:
        case Absent():
            raise NotFound("roster_unknown", "没有这份名单")
        case Over(withdrawn=withdrawn):
            code, why = ("roster_withdrawn", "该名单已撤回") if withdrawn else ("roster_was_refused", "该名单未被接收，无需撤回")
            raise Rejected(code, why)
        case Standing(roster) | Held(roster):
            _check_sender(roster.sent_by, agency, "撤回")
            if reason is WithdrawalReason.UNKNOWN:
                raise Malformed("reason_missing", "请写明撤回原因")
            return RosterWithdrawn(
                kind=roster.kind,
                division=roster.division,
                as_of=roster.as_of,
                period=roster.period,
                sent_by=roster.sent_by,
                reason=reason,
            )
        case _:
            assert_never(state)


def _check_sender(sent_by: str, agency: str, act: str) -> None:
    if agency != sent_by:
        raise Forbidden("not_the_sender", f"只有报送单位可以{act}")


def check_may_send(kind: RosterKind, agency: str, division: str, policy: MatchingPolicy, context: Context) -> None:
    """Raises `Malformed` (no such county), `Forbidden`: another county than the sender's, a list that another agency sends."""
    if not division.startswith(context.scope):
        raise Forbidden("foreign_division", "属于其他辖区")
    if not policy.places.is_there(division, context.today):
        raise Malformed("division_unknown", "没有这个县（市）")
    if agency not in policy.rosters.one(kind, context.today, division).senders:
        raise Forbidden("not_a_sender_of_this_list", "这类名单不由本单位报送")


def evolve(state: State, event: Event) -> State:
    """After the event."""
    match event:
        case RosterReceived():
            return Standing(event)
        case RosterHeld():
            return Held(event)
        case RosterConfirmed():
            return Standing(state.roster) if isinstance(state, Held) else state
        case RosterRejected():
            return Over(event.division, withdrawn=False)
        case RosterWithdrawn():
            return Over(event.division, withdrawn=True)
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The county that the roster covers."""
    match state:
        case Absent():
            return ""
        case Standing(roster) | Held(roster):
            return roster.division
        case Over(division=division):
            return division
        case _:
            assert_never(state)


ROSTER: Decider[State, Command, MatchingPolicy] = Decider("roster", Absent(), decide, evolve, division)
