"""Monitoring's read models as folds: households, visits, cases, measures. Planned visits: `visit_rows.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring import vocabulary
from services.monitoring.risk_case import events as risk_case_events


class CaseState(StrEnum):
    """How far a case is."""

    LEAD = "LEAD"
    OPEN = "OPEN"
    IDENTIFIED = "IDENTIFIED"
    REFUTED = "REFUTED"
    ELIMINATED = "ELIMINATED"


class MeasureState(StrEnum):
    """How far a measure is. Overdue is a fact beside it (`overdue`), for a late measure may still be delivered."""

    PLANNED = "PLANNED"
    DELIVERED = "DELIVERED"
    ARRIVED = "ARRIVED"
    NOT_ARRIVED = "NOT_ARRIVED"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A lead or case. `officer` is the office and person who verified or refuted it."""

    case_id: UUID
    household_id: UUID
    division: str
    state: CaseState
    rule: str
    kind: vocabulary.RiskKind
    severity: vocabulary.Severity
    source: vocabulary.RiskSource
    clue_on: date
    verify_by: date
    decided_on: date | None
    officer: str | None
    household_class: str | None
    closed_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure of a case."""

    measure_id: UUID
    case_id: UUID
    household_id: UUID
    division: str
    measure: str
    owner: str
    due_on: date
    state: MeasureState
    overdue: bool
    delivered_on: date | None
    checked_on: date | None


def _case(key: tuple[UUID], row: CaseRow | None, recorded: Recorded) -> CaseRow | None:
    happened = recorded.event
    if isinstance(happened, risk_case_events.RiskDetected):
        return CaseRow(
            case_id=key[0],
            household_id=happened.household_id,
            division=happened.division,
            state=CaseState.LEAD,
            rule=happened.rule,
            kind=happened.kind,
            severity=happened.severity,
            source=happened.source,
            clue_on=happened.clue_on,
            verify_by=happened.verify_by,
            decided_on=None,
            officer=None,
            household_class=None,
            closed_on=None,
            version=recorded.version,
        )
    return None if row is None else replace(row, **_case_changes(recorded), version=recorded.version)


def _case_changes(recorded: Recorded) -> Mapping[str, Any]:
    match recorded.event:
        case risk_case_events.CaseOpened(opened_on=on):
            return {"state": CaseState.OPEN, "decided_on": on, "officer": recorded.actor}
        case risk_case_events.RiskResolved(resolved_on=on):
            return {"state": CaseState.REFUTED, "decided_on": on, "officer": recorded.actor, "closed_on": on}
        case risk_case_events.HouseholdIdentified(household_class=household_class):
            return {"state": CaseState.IDENTIFIED, "household_class": household_class}
        case risk_case_events.RiskEliminated(eliminated_on=on):
            return {"state": CaseState.ELIMINATED, "closed_on": on}
    return {}


def _measure(key: tuple[UUID], row: MeasureRow | None, recorded: Recorded) -> MeasureRow | None:
    match recorded.event:
        case risk_case_events.MeasurePlanned() as plan:
            return MeasureRow(
                measure_id=key[0],
                case_id=recorded.stream_id,
                household_id=plan.household_id,
                division=recorded.division,
                measure=plan.measure,
                owner=plan.owner,
                due_on=plan.due_on,
                state=MeasureState.PLANNED,
                overdue=False,
                delivered_on=None,
                checked_on=None,
            )
        case risk_case_events.MeasureDelivered(delivered_on=on) if row:
            return replace(row, state=MeasureState.DELIVERED, delivered_on=on, checked_on=None)
        case risk_case_events.MeasureChecked(arrived=arrived, checked_on=on) if row:
            return replace(row, state=MeasureState.ARRIVED if arrived else MeasureState.NOT_ARRIVED, checked_on=on)
        case risk_case_events.MeasureOverdue() if row:
            return replace(row, overdue=True)
    return row


def _of_measure(recorded: Recorded) -> tuple[tuple[UUID], ...]:
    return ((recorded.event.measure_id,),)


_MEASURES = (
    risk_case_events.MeasurePlanned,
    risk_case_events.MeasureDelivered,
    risk_case_events.MeasureChecked,
    risk_case_events.MeasureOverdue,
)
_CASES = (
    risk_case_events.RiskDetected,
    risk_case_events.RiskResolved,
    risk_case_events.CaseOpened,
    risk_case_events.HouseholdIdentified,
    risk_case_events.RiskEliminated,
    *_MEASURES,
)


CASES: Projection[CaseRow] = Projection(
    table="case_view", row=CaseRow, key=("case_id",), keys=Projection.by_stream(_CASES), evolve=_case
)
MEASURES: Projection[MeasureRow] = Projection(
    table="measure_view", row=MeasureRow, key=("measure_id",), keys=dict.fromkeys(_MEASURES, _of_measure), evolve=_measure
)
