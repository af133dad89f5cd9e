"""How far a risk is, and what the past of its stream makes of it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.monitoring.risk_case.events import (
    CaseOpened,
    HouseholdIdentified,
    MeasureChecked,
    MeasureDelivered,
    MeasureOverdue,
    MeasurePlanned,
    RiskDetected,
    RiskEliminated,
    RiskResolved,
)
from services.monitoring.risk_case.measure import Measure
from services.monitoring.vocabulary import RiskKind


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing raised."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A rule was true; somebody must look."""

    household_id: UUID
    division: str
    kind: RiskKind
    clue_on: date


@dataclass(frozen=True, slots=True)
class Open:
    """Verified by an official. `identified` when the county decided that the household is monitored."""

    household_id: UUID
    division: str
    kind: RiskKind
    opened_on: date
    identified: bool = False
    measures: dict[UUID, Measure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """Refuted, or the risk is eliminated."""

    division: str


State = Absent | Lead | Open | Closed
_OnOpen = HouseholdIdentified | MeasurePlanned | MeasureDelivered | MeasureChecked | MeasureOverdue
Event = RiskDetected | RiskResolved | CaseOpened | _OnOpen | RiskEliminated


def evolve(state: State, event: Event) -> State:
    """The case after the event."""
    match event:
        case RiskDetected():
            return Lead(event.household_id, event.division, event.kind, event.clue_on)
        case RiskResolved() | RiskEliminated():
            return Closed(division(state))
        case CaseOpened():
            return Open(event.household_id, division(state), event.kind, event.opened_on)
        case HouseholdIdentified() | MeasurePlanned() | MeasureDelivered() | MeasureChecked() | MeasureOverdue():
            return _evolve_open(state, event) if isinstance(state, Open) else state
        case _:
            assert_never(event)


def _evolve_open(case: Open, event: _OnOpen) -> Open:
    match event:
        case HouseholdIdentified():
            return replace(case, identified=True)
        case MeasurePlanned():
            return _with(case, event.measure_id, Measure(event.measure, event.owner, event.due_on))
        case MeasureDelivered():
            measure = case.measures[event.measure_id]
            return _with(case, event.measure_id, replace(measure, delivered_by=event.owner, arrived=None))
        case MeasureChecked():
            return _with(case, event.measure_id, replace(case.measures[event.measure_id], arrived=event.arrived))
        case MeasureOverdue():
            return _with(case, event.measure_id, replace(case.measures[event.measure_id], overdue=True))
        case _:
            assert_never(event)


def _with(case: Open, measure_id: UUID, measure: Measure) -> Open:
    return replace(case, measures={**case.measures, measure_id: measure})


def division(state: State) -> str:
    """The household's village."""
    return "" if isinstance(state, Absent) else state.division
