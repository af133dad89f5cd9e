"""Commands and events of planned visits: of one that a reminder asked for, and of one that an official planned."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.monitoring.visit_plan import decider
from services.monitoring.visit_plan.events import PlannedVisitClosed, PlannedVisitWithdrawn, VisitMissed, VisitPlanned
from services.monitoring.vocabulary import ToldWhom, VisitOutcome, VisitPurpose, VisitWithdrawal

VILLAGE, DAY = "533401102201", date(2026, 3, 2)
CARD, HOLDER, REMINDER, HOME = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
UNTIL, DUE, REPORT_BY = date(2026, 3, 31), date(2026, 3, 5), date(2026, 3, 7)
MACHINE, LIAISON, OFFICIAL = "machine:monitoring.worker", f"CUN:{VILLAGE}:liaison-1", "CL:533401:official-1"

ASK = decider.PlanForReminder(HOME, HOLDER, VILLAGE, CARD, UNTIL, REMINDER, version=3, tried_on=DAY, due_on=DUE)
ASKED = VisitPlanned(
    household_id=HOME,
    person_id=HOLDER,
    division=VILLAGE,
    purpose=VisitPurpose.REMIND_RENEWAL,
    certificate_id=CARD,
    valid_to=UNTIL,
    reminder_id=REMINDER,
    reminder_version=3,
    planned_by="",
    planned_on=DAY,
    due_on=DUE,
    report_by=REPORT_BY,
)
PLAN = decider.Plan(None, HOLDER, VILLAGE, VisitPurpose.FOLLOW_UP, DUE)
PLANNED = replace(
    ASKED,
    household_id=None,
    purpose=VisitPurpose.FOLLOW_UP,
    certificate_id=None,
    valid_to=None,
    reminder_id=None,
    reminder_version=None,
    planned_by="CL",
)
TELL = decider.Close(VisitOutcome.TOLD, ToldWhom.HOLDER, DAY)
TOLD = PlannedVisitClosed(
    household_id=HOME,
    person_id=HOLDER,
    purpose=VisitPurpose.REMIND_RENEWAL,
    certificate_id=CARD,
    reminder_id=REMINDER,
    outcome=VisitOutcome.TOLD,
    told=ToldWhom.HOLDER,
    visited_on=DAY,
    visit_id=None,
)
NOBODY = replace(TELL, outcome=VisitOutcome.NOT_FOUND, told=ToldWhom.NOBODY)
MISSED = VisitMissed(
    household_id=HOME,
    person_id=HOLDER,
    purpose=VisitPurpose.REMIND_RENEWAL,
    reminder_id=REMINDER,
    planned_by="",
    due_on=DUE,
    missed_on=date(2026, 3, 8),
)
WITHDRAWN = PlannedVisitWithdrawn(person_id=HOLDER, reminder_id=REMINDER, reason=VisitWithdrawal.REACHED, withdrawn_on=DAY)
