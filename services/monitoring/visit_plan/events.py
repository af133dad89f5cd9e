"""What becomes of a planned visit: planned, closed with a report, missed, withdrawn. The stream is the visit's id.

A visit is planned by a person, or because a holder could not be reminded otherwise: then it belongs to a reminder of notifications, and
what was found there is the reminder's proof. What an officer saw of the household is `VisitRecorded`, whether it was planned or not.
"""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.monitoring.vocabulary import ToldWhom, VisitOutcome, VisitPurpose, VisitWithdrawal


@event
class VisitPlanned:
    """Somebody of the village goes there until a day. A stream is planned again when its reminder comes to the village once more."""

    household_id: UUID | None  # none: monitoring follows no household of this person in the village
    person_id: UUID
    division: str  # village, 12 digits
    purpose: VisitPurpose
    certificate_id: UUID | None  # what a reminder is about
    valid_to: date | None
    reminder_id: UUID | None  # none: a person planned it
    reminder_version: int | None  # of the reminder's stream: what is not newer is a repeat
    planned_by: str  # agency code; "" = a reminder
    planned_on: date
    due_on: date
    report_by: date  # due_on and the days that a report may take


@event
class PlannedVisitClosed:
    """Somebody was there and says what came of it. It names all that a reader needs."""

    household_id: UUID | None
    person_id: UUID
    purpose: VisitPurpose
    certificate_id: UUID | None
    reminder_id: UUID | None
    outcome: VisitOutcome
    told: ToldWhom
    visited_on: date
    visit_id: UUID | None  # what was seen of the household on that occasion, if it was recorded


@event
class VisitMissed:
    """Nobody reported by the day; said once. Who goes there later may still report."""

    household_id: UUID | None
    person_id: UUID
    purpose: VisitPurpose
    reminder_id: UUID | None
    planned_by: str  # agency code; "" = a reminder, whose ladder has gone on already
    due_on: date
    missed_on: date


@event
class PlannedVisitWithdrawn:
    """Nobody has to go there any more."""

    person_id: UUID
    reminder_id: UUID | None
    reason: VisitWithdrawal
    withdrawn_on: date
