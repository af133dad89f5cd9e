"""A roster that came in: received, refused, or taken back by its sender. Stream: roster id.

The same file may come again after it was refused or taken back. What follows from a sheet, and from its end, other rooms decide.
"""

from dataclasses import dataclass
from typing import assert_never

from services.kernel.decider import Decider
from services.kernel.errors import Malformed, NotFound, Rejected
from services.kernel.events import Context
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.roster.period import check_period
from services.matching.vocabulary import WithdrawalReason


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing came in under this id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The file was received: it is compared with, and what it says was paid."""

    roster: RosterReceived


@dataclass(frozen=True, slots=True)
class Over:
    """The file was refused, or taken back."""

    division: str
    withdrawn: bool


State = Absent | Standing | Over


@dataclass(frozen=True, slots=True)
class Receive:
    """A file that can be used."""

    roster: RosterReceived


@dataclass(frozen=True, slots=True)
class Reject:
    """A file that cannot be used."""

    roster: RosterRejected


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Its sender takes the file back."""

    reason: WithdrawalReason


Command = Receive | Reject | Withdraw
Event = RosterReceived | RosterRejected | RosterWithdrawn


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """The same file twice is `roster_known`; the same refusal twice is nothing. Raises `Rejected`, `Malformed`, `NotFound`."""
    if isinstance(command, Receive | Reject) and not policy.places.is_there(command.roster.division, context.today):
        raise Malformed("division_unknown", "没有这个县（市）")
    match command:
        case Receive(roster):
            if isinstance(state, Standing):
                raise Rejected("roster_known", "该文件已接收过")
            earliest = policy.intake.one("roster", context.today, roster.division).earliest_month
            check_period(roster.kind, roster.as_of, roster.month, context.today, earliest)
            return [roster]
        case Reject(refused):
            return [refused] if isinstance(state, Absent) else []
        case Withdraw(reason):
            return [_withdrawn(state, reason)]
        case _:
            assert_never(command)


def _withdrawn(state: State, reason: WithdrawalReason) -> RosterWithdrawn:
    match state:
        case Absent():
            raise NotFound("roster_unknown", "没有这份名单")
        case Over(withdrawn=withdrawn):
            code, why = ("roster_withdrawn", "该名单已撤回") if withdrawn else ("roster_was_refused", "该名单未被接收，无需撤回")
            raise Rejected(code, why)
        case Standing(roster):
            if reason is WithdrawalReason.UNKNOWN:
                raise Malformed("reason_missing", "请写明撤回原因")
            return RosterWithdrawn(kind=roster.kind, division=roster.division, month=roster.month, reason=reason)
        case _:
            assert_never(state)


def evolve(_: State, event: Event) -> State:
    """After the event."""
    match event:
        case RosterReceived():
            return Standing(event)
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
        case Standing(roster):
            return roster.division
        case Over(division=division):
            return division
        case _:
            assert_never(state)


ROSTER: Decider[State, Command, MatchingPolicy] = Decider("roster", Absent(), decide, evolve, division)
