"""Monitoring's read models as folds: households, visits, cases, measures. Planned visits: `visit_rows.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring import events as monitoring_events
from services.monitoring.policy import load_policy
from services.monitoring.risk import assessed
from services.monitoring.visit_rows import PLANNED_VISITS


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
class HouseholdRow:
    """A followed household; dates are days in Shanghai."""

    household_id: UUID
    division: str
    members: tuple[UUID, ...]
    last_visit_on: date | None
    visits: int
    version: int


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit without its free text. `unknown_rules`: rules that could not be decided, for lack of a fact."""

    visit_id: UUID
    household_id: UUID
    division: str
    visited_on: date
    incidents: tuple[str, ...]
    income_per_head: Decimal | None
    income_fell: bool | None
    visitor: str
    unknown_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A lead or case. `officer` is the office and person who verified or refuted it."""

    case_id: UUID
    household_id: UUID
    division: str
    state: CaseState
    rule: str
    kind: monitoring_events.RiskKind
    severity: monitoring_events.Severity
    source: monitoring_events.RiskSource
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


_POLICY = load_policy()


def _household(key: tuple[UUID], row: HouseholdRow | None, recorded: Recorded) -> HouseholdRow | None:
    match recorded.event:
        case monitoring_events.HouseholdRegistered(division=division, members=members):
            return HouseholdRow(key[0], division, members, None, 0, recorded.version)
        case monitoring_events.HouseholdMembersChanged(members=members) if row:
            return replace(row, members=members, version=recorded.version)
        case monitoring_events.VisitRecorded(visited_on=on) if row:
            last = max(on, row.last_visit_on or on)
            return replace(row, last_visit_on=last, visits=row.visits + 1, version=recorded.version)
    return row


def _visit(key: tuple[UUID], row: VisitRow | None, recorded: Recorded) -> VisitRow:
    visit: monitoring_events.VisitRecorded = recorded.event
    return VisitRow(
        visit_id=key[0],
        household_id=recorded.stream_id,
        division=recorded.division,
        visited_on=visit.visited_on,
        incidents=tuple(i.value for i in visit.incidents),
        income_per_head=visit.income_per_head,
        income_fell=visit.income_fell,
        visitor=recorded.actor,
        unknown_rules=assessed(visit, _POLICY, recorded.division).unknown,
    )


def _case(key: tuple[UUID], row: CaseRow | None, recorded: Recorded) -> CaseRow | None:
    happened = recorded.event
    if isinstance(happened, monitoring_events.RiskDetected):
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
        case monitoring_events.CaseOpened(opened_on=on):
            return {"state": CaseState.OPEN, "decided_on": on, "officer": recorded.actor}
        case monitoring_events.RiskResolved(resolved_on=on):
            return {"state": CaseState.REFUTED, "decided_on": on, "officer": recorded.actor, "closed_on": on}
        case monitoring_events.HouseholdIdentified(household_class=household_class):
            return {"state": CaseState.IDENTIFIED, "household_class": household_class}
        case monitoring_events.RiskEliminated(eliminated_on=on):
            return {"state": CaseState.ELIMINATED, "closed_on": on}
    return {}


def _measure(key: tuple[UUID], row: MeasureRow | None, recorded: Recorded) -> MeasureRow | None:
    match recorded.event:
        case monitoring_events.MeasurePlanned() as plan:
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
        case monitoring_events.MeasureDelivered(delivered_on=on) if row:
            return replace(row, state=MeasureState.DELIVERED, delivered_on=on, checked_on=None)
        case monitoring_events.MeasureChecked(arrived=arrived, checked_on=on) if row:
            return replace(row, state=MeasureState.ARRIVED if arrived else MeasureState.NOT_ARRIVED, checked_on=on)
        case monitoring_events.MeasureOverdue() if row:
            return replace(row, overdue=True)
    return row


def _of_measure(recorded: Recorded) -> tuple[tuple[UUID], ...]:
    return ((recorded.event.measure_id,),)


_MEASURES = (
    monitoring_events.MeasurePlanned,
    monitoring_events.MeasureDelivered,
    monitoring_events.MeasureChecked,
    monitoring_events.MeasureOverdue,
)
_CASES = (
    monitoring_events.RiskDetected,
    monitoring_events.RiskResolved,
    monitoring_events.CaseOpened,
    monitoring_events.HouseholdIdentified,
    monitoring_events.RiskEliminated,
    *_MEASURES,
)
HOUSEHOLDS: Projection[HouseholdRow] = Projection(
    table="household_view",
    row=HouseholdRow,
    key=("household_id",),
    keys=Projection.by_stream(
        (monitoring_events.HouseholdRegistered, monitoring_events.HouseholdMembersChanged, monitoring_events.VisitRecorded)
    ),
    evolve=_household,
)
VISITS: Projection[VisitRow] = Projection(
    table="visit_view",
    row=VisitRow,
    key=("visit_id",),
    keys={monitoring_events.VisitRecorded: lambda r: ((r.event.visit_id,),)},
    evolve=_visit,
)
CASES: Projection[CaseRow] = Projection(
    table="case_view", row=CaseRow, key=("case_id",), keys=Projection.by_stream(_CASES), evolve=_case
)
MEASURES: Projection[MeasureRow] = Projection(
    table="measure_view", row=MeasureRow, key=("measure_id",), keys=dict.fromkeys(_MEASURES, _of_measure), evolve=_measure
)
PROJECTIONS: tuple[Projection[Any], ...] = (HOUSEHOLDS, VISITS, CASES, MEASURES, PLANNED_VISITS)
