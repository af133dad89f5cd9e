"""A roster that came in, and a comparison that was run: facts about files and sets. Streams: roster id, comparison id."""

from dataclasses import dataclass

from services.kernel.decider import Decider
from services.kernel.errors import Rejected
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
    """The same file twice is `roster_known`; the same refusal or comparison twice is nothing. Raises `Rejected`."""
    match state, command:
        case Absent() | Known(refused=True), Receive(roster):
            return [roster]
        case Known(), Receive():
            raise Rejected("roster_known", "this file was received before")
        case Absent(), Reject(refused):
            return [refused]
        case Absent(), Note(run):
            return [run]
    return []


def evolve(state: State, happened: Event) -> State:
    """Known from now on."""
    return Known(happened.division, isinstance(happened, RosterRejected))


def division(state: State) -> str:
    """The county that the roster covers."""
    return state.division if isinstance(state, Known) else ""


ROSTER: Decider[State, Command, MatchingPolicy] = Decider("roster", Absent(), decide, evolve, division)
