"""How far a planned visit is, and what the past of its stream makes of it. Pure."""

from dataclasses import dataclass, replace
from typing import assert_never

from services.monitoring.visit_plan.events import PlannedVisitClosed, PlannedVisitWithdrawn, VisitMissed, VisitPlanned


@dataclass(frozen=True, slots=True)
class Absent:
    """Not planned."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Somebody has to go there. `missed`: nobody reported by the day."""

    visit: VisitPlanned
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Closed with this report, or withdrawn (none)."""

    visit: VisitPlanned
    report: PlannedVisitClosed | None


State = Absent | Planned | Ended
Event = VisitPlanned | PlannedVisitClosed | VisitMissed | PlannedVisitWithdrawn


def evolve(state: State, event: Event) -> State:
    """The visit after the event."""
    if isinstance(event, VisitPlanned):
        return Planned(event)
    if not isinstance(state, Planned):
        return state
    match event:
        case VisitMissed():
            return replace(state, missed=True)
        case PlannedVisitClosed():
            return Ended(state.visit, event)
        case PlannedVisitWithdrawn():
            return Ended(state.visit, None)
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The village."""
    return "" if isinstance(state, Absent) else state.visit.division
