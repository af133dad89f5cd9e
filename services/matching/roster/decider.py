"""A roster that came in, and a comparison that was run: facts about files and sets. Streams: roster id, comparison id.

A comparison that was run is one fact of one stream, noted once, and has no life of its own: it is kept by this decider, in streams of the
category `roster`, and `ComparisonRun` stands with the roster's events for now. The room of comparisons decides what is compared. When a
comparison can be withdrawn or run again it gets a decider there.
"""

from dataclasses import dataclass
from typing import assert_never

from services.domain.townships import is_there
from services.kernel.decider import Decider
from services.kernel.errors import Malformed, Rejected
from services.kernel.events import Context
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import ComparisonRun, RosterReceived, RosterRejected


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing came in under this id."""


@dataclass(frozen=True, slots=True)
class Known:
    """The file was received, or refused; or the comparison was run."""

    division: str
    refused: bool = False


State = Absent | Known


@dataclass(frozen=True, slots=True)
class Receive:
    """A file that can be used."""

    roster: RosterReceived


@dataclass(frozen=True, slots=True)
class Reject:
    """A file that cannot be used."""

    roster: RosterRejected


@dataclass(frozen=True, slots=True)
class Note:
    """A comparison was run (machine)."""

    run: ComparisonRun


Command = Receive | Reject | Note
Event = RosterReceived | RosterRejected | ComparisonRun


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """The same file twice is `roster_known`; the same refusal or comparison twice is nothing. Raises `Rejected`, `Malformed`."""
    if isinstance(command, Receive | Reject) and not is_there(policy.townships.rows, command.roster.division, context.today):
        raise Malformed("division_unknown", "没有这个县（市）")
    match command:
        case Receive(roster):
            if isinstance(state, Known) and not state.refused:
                raise Rejected("roster_known", "该文件已接收过")
            return [roster]
        case Reject(refused):
            return [refused] if isinstance(state, Absent) else []
        case Note(run):
            return [run] if isinstance(state, Absent) else []
        case _:
            assert_never(command)


def evolve(_: State, event: Event) -> State:
    """Known from now on."""
    match event:
        case RosterReceived() | ComparisonRun():
            return Known(event.division)
        case RosterRejected():
            return Known(event.division, refused=True)
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The county that the roster covers."""
    return state.division if isinstance(state, Known) else ""


ROSTER: Decider[State, Command, MatchingPolicy] = Decider("roster", Absent(), decide, evolve, division)
