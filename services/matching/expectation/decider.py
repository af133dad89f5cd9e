"""A list that is expected: overdue, there, or neither yet. Stream: kind, county and period."""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.expectation.events import RosterArrived, RosterOverdue
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import RosterKind


@dataclass(frozen=True, slots=True)
class Expectation:
    """`last`: what was said of it; None while the day has not come."""

    division: str = ""
    last: RosterOverdue | RosterArrived | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """It is not there, and its day is over (machine)."""

    overdue: RosterOverdue


@dataclass(frozen=True, slots=True)
class Note:
    """It is there (machine)."""

    arrived: RosterArrived


Command = Miss | Note
Event = RosterOverdue | RosterArrived


def expectation_id(kind: RosterKind, division: str, period: str) -> UUID:
    """The stream of a list that a county's office owes for a period."""
    return stream_id("expectation", kind.value, division, period)


def decide(state: Expectation, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """A list is missed once, and noted once, until the other is true again: one that was taken back is missing. A repeat is nothing."""
    match command:
        case Miss(overdue):
            return [] if isinstance(state.last, RosterOverdue) else [overdue]
        case Note(arrived):
            return [] if isinstance(state.last, RosterArrived) else [arrived]
        case _:
            assert_never(command)


def evolve(_: Expectation, event: Event) -> Expectation:
    """After the event."""
    return Expectation(event.division, event)


EXPECTATION: Decider[Expectation, Command, MatchingPolicy] = Decider(
    "expectation", Expectation(), decide, evolve, lambda state: state.division
)
