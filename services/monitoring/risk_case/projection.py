"""Risks as rows: leads and cases, and the measures of a case. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.household.home import Home
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
from services.monitoring.vocabulary import RiskKind, RiskSource, Severity


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
    """A lead or case. `officer` is the office and person who verified or refuted it; `finding_id` matching's finding that led to it."""

    case_id: UUID
    file_number: str
    household_id: UUID
    division: str
    state: CaseState
    rule: str
    kind: RiskKind
    severity: Severity
    source: RiskSource
    clue_on: date
    verify_by: date
    finding_id: UUID | None
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


@dataclass(frozen=True, slots=True)
class Followed:
    """A household that a finding is about, and the rules for which it has an open lead or case."""

    home: Home
    rules: frozenset[str]


def _case(key: tuple[UUID], row: CaseRow | None, recorded: Recorded) -> CaseRow | None:
    event = recorded.event
    if isinstance(event, RiskDetected):
        return CaseRow(
            case_id=key[0],
            file_number=file_number(key[0]),
            household_id=event.household_id,
            division=event.division,
            state=CaseState.LEAD,
            rule=event.rule,
            kind=event.kind,
            severity=event.severity,
            source=event.source,
            clue_on=event.clue_on,
            verify_by=event.verify_by,
            finding_id=event.finding_id,
            decided_on=None,
            officer=None,
            household_class=None,
            closed_on=None,
            version=recorded.version,
        )
    return None if row is None else _case_after(replace(row, version=recorded.version), recorded)


def _case_after(row: CaseRow, recorded: Recorded) -> CaseRow:
    """What an event of a measure changes stands in the measure's row; the case has its version alone."""
    match recorded.event:
        case CaseOpened(opened_on=on):
            return replace(row, state=CaseState.OPEN, decided_on=on, officer=recorded.actor)
        case RiskResolved(resolved_on=on):
            return replace(row, state=CaseState.REFUTED, decided_on=on, officer=recorded.actor, closed_on=on)
        case HouseholdIdentified(household_class=household_class):
            return replace(row, state=CaseState.IDENTIFIED, household_class=household_class)
        case RiskEliminated(eliminated_on=on):
            return replace(row, state=CaseState.ELIMINATED, closed_on=on)
    return row


def _measure(key: tuple[UUID], row: MeasureRow | None, recorded: Recorded) -> MeasureRow | None:
    match recorded.event:
        case MeasurePlanned() as event:
            return MeasureRow(
                measure_id=key[0],
                case_id=recorded.stream_id,
                household_id=event.household_id,
                division=recorded.division,
                measure=event.measure,
                owner=event.owner,
                due_on=event.due_on,
                state=MeasureState.PLANNED,
                overdue=False,
                delivered_on=None,
                checked_on=None,
            )
        case MeasureDelivered(delivered_on=on) if row:
            return replace(row, state=MeasureState.DELIVERED, delivered_on=on, checked_on=None)
        case MeasureChecked(arrived=arrived, checked_on=on) if row:
            return replace(row, state=MeasureState.ARRIVED if arrived else MeasureState.NOT_ARRIVED, checked_on=on)
        case MeasureOverdue() if row:
            return replace(row, overdue=True)
    return row


def _of_measure(recorded: Recorded) -> tuple[tuple[UUID], ...]:
    return ((recorded.event.measure_id,),)


_MEASURES = (
    MeasurePlanned,
    MeasureDelivered,
    MeasureChecked,
    MeasureOverdue,
)
_CASES = (
    RiskDetected,
    RiskResolved,
    CaseOpened,
    HouseholdIdentified,
    RiskEliminated,
    *_MEASURES,
)


CASES: Projection[CaseRow] = Projection(
    table="case_view", row=CaseRow, key=("case_id",), keys=Projection.by_stream(_CASES), evolve=_case
)
MEASURES: Projection[MeasureRow] = Projection(
    table="measure_view", row=MeasureRow, key=("measure_id",), keys=dict.fromkeys(_MEASURES, _of_measure), evolve=_measure
)
