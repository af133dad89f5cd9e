"""Reminders that reach nobody become planned visits; a death ends those that are not needed any more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.monitoring.household.home import Home, is_village, village_home
from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.visit_plan.decider import PLANNED_VISIT, NoteDeath, PlanForReminder, Withdraw, visit_of
from services.monitoring.vocabulary import VisitWithdrawal
from services.notifications.reminder.events import (
    ReminderMissed,
    ReminderMoved,
    ReminderNotReached,
    ReminderReached,
    ReminderStopped,
    ReminderTried,
)
from services.notifications.vocabulary import ReturnReason

# All that becomes of a reminder, as one reaction: what comes in one batch is done in its order.
REMINDING = (
    ReminderTried,
    ReminderNotReached,
    ReminderReached,
    ReminderStopped,
    ReminderMoved,
    ReminderMissed,
)
VISITED_RUNG = "CUN@village"  # the rung of a reminder's ladder on which somebody goes there
_RETURNED = frozenset(ReturnReason)  # the village sent it back; a rung may end for other reasons


def visit_for_reminder(recorded: Recorded, homes: Sequence[Home], _: MonitoringPolicy) -> Sequence[Any]:
    """The village's visit is planned when its rung is tried, and withdrawn when the reminder needs it no more.

    A rung whose time has run out withdraws nothing: the visit is late, and still proves something. `homes`: of the holder.
    """
    command = _command(recorded, homes)
    return [(PLANNED_VISIT, visit_of(recorded.stream_id), command)] if command else []


def _command(recorded: Recorded, homes: Sequence[Home]) -> PlanForReminder | Withdraw | None:
    match recorded.event:
        case ReminderTried() as event if event.rung == VISITED_RUNG and is_village(recorded.division):
            return PlanForReminder(
                household_id=village_home(homes, recorded.division),
                person_id=event.person_id,
                division=recorded.division,
                certificate_id=event.certificate_id,
                valid_to=event.valid_to,
                reminder_id=recorded.stream_id,
                version=recorded.version,
                tried_on=event.tried_on,
                due_on=event.answer_by or event.valid_to,
            )
        case ReminderNotReached(rung=rung, reason=reason) if rung == VISITED_RUNG and reason in _RETURNED:
            return Withdraw(VisitWithdrawal.RETURNED, recorded.version)
        case ReminderReached():
            return Withdraw(VisitWithdrawal.REACHED, recorded.version)
        case ReminderStopped(reason=reason):
            return Withdraw(VisitWithdrawal(reason.value), recorded.version)
        case ReminderMoved():
            return Withdraw(VisitWithdrawal.MOVED, recorded.version)
        case ReminderMissed():
            return Withdraw(VisitWithdrawal.LAPSED, recorded.version)
    return None


def no_visit_to_the_dead(_: Recorded, planned: Sequence[UUID], __: MonitoringPolicy) -> Sequence[Any]:
    """`planned`: the person's open visits that somebody planned. A death that is corrected brings none back: people plan again."""
    return [(PLANNED_VISIT, visit, NoteDeath()) for visit in planned]
