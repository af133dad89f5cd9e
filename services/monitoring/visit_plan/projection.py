"""Planned visits as rows: what somebody goes there for, by when, and what came of it. A fold only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring import vocabulary
from services.monitoring.visit_plan import events as visit_plan_events


class PlannedVisitState(StrEnum):
    """How far a planned visit is. Missed is a fact beside it (`missed_on`), for a late visit may still be reported."""

    PLANNED = "PLANNED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class PlannedVisitRow:
    """A planned visit, without names. `reported_by`: office and person (pseudonym) of the report; dates are days in Shanghai."""

    planned_visit_id: UUID
    household_id: UUID | None
    person_id: UUID
    division: str
    purpose: vocabulary.VisitPurpose
    certificate_id: UUID | None
    valid_to: date | None
    reminder_id: UUID | None
    planned_by: str
    planned_on: date
    due_on: date
    report_by: date
    state: PlannedVisitState
    missed_on: date | None
    outcome: vocabulary.VisitOutcome | None
    told: vocabulary.ToldWhom | None
    visited_on: date | None
    visit_id: UUID | None
    reported_by: str | None
    withdrawn_for: vocabulary.VisitWithdrawal | None
    version: int


def _planned_visit(key: tuple[UUID], row: PlannedVisitRow | None, recorded: Recorded) -> PlannedVisitRow | None:
    said = recorded.event
    if isinstance(said, visit_plan_events.VisitPlanned):
        return PlannedVisitRow(
            planned_visit_id=key[0],
            household_id=said.household_id,
            person_id=said.person_id,
            division=recorded.division,
            purpose=said.purpose,
            certificate_id=said.certificate_id,
            valid_to=said.valid_to,
            reminder_id=said.reminder_id,
            planned_by=said.planned_by,
            planned_on=said.planned_on,
            due_on=said.due_on,
            report_by=said.report_by,
            state=PlannedVisitState.PLANNED,
            missed_on=None,
            outcome=None,
            told=None,
            visited_on=None,
            visit_id=None,
            reported_by=None,
            withdrawn_for=None,
            version=recorded.version,
        )
    return None if row is None else replace(row, **_changes(recorded), version=recorded.version)


def _changes(recorded: Recorded) -> Mapping[str, Any]:
    match recorded.event:
        case visit_plan_events.VisitMissed(missed_on=on):
            return {"missed_on": on}
        case visit_plan_events.PlannedVisitClosed(outcome=outcome, told=told, visited_on=on, visit_id=visit):
            found = {"outcome": outcome, "told": told, "visited_on": on, "visit_id": visit}
            return {"state": PlannedVisitState.CLOSED, "reported_by": recorded.actor, **found}
        case visit_plan_events.PlannedVisitWithdrawn(reason=reason):
            return {"state": PlannedVisitState.WITHDRAWN, "withdrawn_for": reason}
    return {}


VISIT_CHANGES = (visit_plan_events.VisitMissed, visit_plan_events.PlannedVisitClosed, visit_plan_events.PlannedVisitWithdrawn)
PLANNED_VISITS: Projection[PlannedVisitRow] = Projection(
    table="planned_visit",
    row=PlannedVisitRow,
    key=("planned_visit_id",),
    keys=Projection.by_stream((visit_plan_events.VisitPlanned, *VISIT_CHANGES)),
    evolve=_planned_visit,
)
