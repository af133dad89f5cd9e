"""A finding about one person under one rule: found, verified by people, closed by itself when no longer true.

Stream = discrepancy(rule, person, subsidy); the same thing found again later reopens it.
"""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.matching.discrepancy.events import DiscrepancyFound, DiscrepancyResolved
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Resolution, Subsidy


@dataclass(frozen=True, slots=True)
class Absent:
    """Never found."""


@dataclass(frozen=True, slots=True)
class Open:
    """Found, and not ended."""

    found: DiscrepancyFound


@dataclass(frozen=True, slots=True)
class Closed:
    """Ended. A refuted finding stays refuted for the month it was found in: a person's word outranks a sweep."""

    found: DiscrepancyFound
    how: Resolution


State = Absent | Open | Closed


@dataclass(frozen=True, slots=True)
class Find:
    """A comparison found it (machine)."""

    found: DiscrepancyFound


@dataclass(frozen=True, slots=True)
class Close:
    """A comparison no longer finds it (machine)."""


@dataclass(frozen=True, slots=True)
class Refute:
    """A named official looked, and it was not so."""


Command = Find | Close | Refute
Event = DiscrepancyFound | DiscrepancyResolved


def discrepancy_id(rule: str, person_id: UUID, subsidy: Subsidy) -> UUID:
    """The stream of a finding."""
    return stream_id("discrepancy", rule, person_id, subsidy.value)


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """Machine commands answer repeats with nothing. Raises `Rejected`, `NotFound`."""
    match state, command:
        case Closed(found=before, how=Resolution.REFUTED), Find(found) if found.month <= before.month:
            return []
        case Absent() | Closed(), Find(found):
            return [found]
        case Open(found), Close():
            return [_ended(found, Resolution.NO_LONGER_TRUE, context)]
        case Open(found), Refute():
            return [_ended(found, Resolution.REFUTED, context)]
        case Absent(), Refute():
            raise NotFound("discrepancy_unknown")
        case Closed(), Refute():
            raise Rejected("discrepancy_closed")
    return []


def _ended(found: DiscrepancyFound, how: Resolution, context: Context) -> DiscrepancyResolved:
    return DiscrepancyResolved(
        rule=found.rule, person_id=found.person_id, subsidy=found.subsidy, how=how, resolved_on=context.today
    )


def evolve(state: State, happened: Event) -> State:
    """After the event."""
    match happened, state:
        case DiscrepancyFound(), _:
            return Open(happened)
        case DiscrepancyResolved(how=how), Open(found):
            return Closed(found, how)
    return state


def division(state: State) -> str:
    """The person's village."""
    return "" if isinstance(state, Absent) else state.found.division


DISCREPANCY: Decider[State, Command, MatchingPolicy] = Decider("discrepancy", Absent(), decide, evolve, division)
