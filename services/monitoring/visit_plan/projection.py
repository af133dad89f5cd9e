"""Planned visits as rows: what somebody goes there for, by when, and what came of it. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.visit_plan.events import PlannedVisitClosed, PlannedVisitWithdrawn, VisitMissed, VisitPlanned
from services.monitoring.vocabulary import ToldWhom, VisitOutcome, VisitPurpose, VisitWithdrawal


class PlannedVisitState(StrEnum):
    """How far a planned visit is. Missed is a fact beside it (`missed_on`), for a late visit may still be reported."""

    PLANNED = "PLANNED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class PlannedVisitRow:
    """A planned visit, without names. `reported_by`: office and person (pseudonym) of the report; dates are days in Shanghai."""

    planned_visit_id: UUID
    file_number: str
    household_id: UUID | None
    person_id: UUID
    division: str
    purpose: VisitPurpose
    certificate_id: UUID | None
    valid_to: date | None
    reminder_id: UUID | None
    planned_by: str
    planned_on: date
    due_on: date
    report_by: date
    state: PlannedVisitState
    missed_on: date | None
    outcome: VisitOutcome | None
    told: ToldWhom | None
    visited_on: date | None
    visit_id: UUID | None
    reported_by: str | None
    withdrawn_for: VisitWithdrawal | None
    version: int


def _planned_visit(key: tuple[UUID], row: PlannedVisitRow | None, recorded: Recorded) -> PlannedVisitRow | None:
    event = recorded.event
    if isinstance(event, VisitPlanned):
        return PlannedVisitRow(
            planned_visit_id=key[0],
            file_number=file_number(key[0]),
            household_id=event.household_id,
            person_id=event.person_id,
            division=recorded.division,
            purpose=event.purpose,
            certificate_id=event.certificate_id,
            valid_to=event.valid_to,
            reminder_id=event.reminder_id,
            planned_by=event.planned_by,
            planned_on=event.planned_on,
            due_on=event.due_on,
            report_by=event.report_by,
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
    return None if row is None else _after(replace(row, version=recorded.version), recorded)


def _after(row: PlannedVisitRow, recorded: Recorded) -> PlannedVisitRow:
    match recorded.event:
        case VisitMissed(missed_on=on):
            return replace(row, missed_on=on)
        case PlannedVisitClosed() as report:
            return replace(
                row,
                state=PlannedVisitState.CLOSED,
                outcome=report.outcome,
                told=report.told,
                visited_on=report.visited_on,
                visit_id=report.visit_id,
                reported_by=recorded.actor,
            )
        case PlannedVisitWithdrawn(reason=reason):
            return replace(row, state=PlannedVisitState.WITHDRAWN, withdrawn_for=reason)
    return row


VISIT_CHANGES = (VisitMissed, PlannedVisitClosed, PlannedVisitWithdrawn)
PLANNED_VISITS: Projection[PlannedVisitRow] = Projection(
    table="planned_visit",
    row=PlannedVisitRow,
    key=("planned_visit_id",),
    keys=Projection.by_stream((VisitPlanned, *VISIT_CHANGES)),
    evolve=_planned_visit,
)
