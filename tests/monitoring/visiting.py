"""A planned visit's pasts: one of a reminder's, and one that an official planned."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.monitoring import planned_visit as v
from services.monitoring import visit_events as e

VILLAGE, DAY = "533401102201", date(2026, 3, 2)
CARD, HOLDER, REMINDER, HOME = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
UNTIL, DUE, REPORT_BY = date(2026, 3, 31), date(2026, 3, 5), date(2026, 3, 7)
MACHINE, LIAISON, OFFICIAL = "machine:monitoring.worker", f"CUN:{VILLAGE}:liaison-1", "CL:533401:official-1"

ASK = v.PlanForReminder(HOME, HOLDER, VILLAGE, CARD, UNTIL, REMINDER, version=3, tried_on=DAY, due_on=DUE)
ASKED = e.VisitPlanned(
    household_id=HOME, person_id=HOLDER, division=VILLAGE, purpose=e.VisitPurpose.REMIND_RENEWAL, certificate_id=CARD, valid_to=UNTIL,
    reminder_id=REMINDER, reminder_version=3, planned_by="", planned_on=DAY, due_on=DUE, report_by=REPORT_BY,
)  # fmt: skip
PLAN = v.Plan(None, HOLDER, VILLAGE, e.VisitPurpose.FOLLOW_UP, DUE)
PLANNED = replace(
    ASKED, household_id=None, purpose=e.VisitPurpose.FOLLOW_UP, certificate_id=None, valid_to=None, reminder_id=None,
    reminder_version=None, planned_by="CL",
)  # fmt: skip
TELL = v.Close(e.VisitOutcome.TOLD, e.ToldWhom.HOLDER, DAY)
TOLD = e.PlannedVisitClosed(
    household_id=HOME, person_id=HOLDER, purpose=e.VisitPurpose.REMIND_RENEWAL, certificate_id=CARD, reminder_id=REMINDER,
    outcome=e.VisitOutcome.TOLD, told=e.ToldWhom.HOLDER, visited_on=DAY, visit_id=None,
)  # fmt: skip
NOBODY = replace(TELL, outcome=e.VisitOutcome.NOT_FOUND, told=e.ToldWhom.NOBODY)
MISSED = e.VisitMissed(
    household_id=HOME, person_id=HOLDER, purpose=e.VisitPurpose.REMIND_RENEWAL, reminder_id=REMINDER, planned_by="", due_on=DUE,
    missed_on=date(2026, 3, 8),
)  # fmt: skip
WITHDRAWN = e.PlannedVisitWithdrawn(person_id=HOLDER, reminder_id=REMINDER, reason=e.VisitWithdrawal.REACHED, withdrawn_on=DAY)
