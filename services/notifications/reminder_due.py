"""When a reminder goes on to its next rung: the day after the one by which a proof was to come."""

from services.kernel.due import Duty, day_after
from services.notifications import reminder_events as e
from services.notifications.reminder import REMINDER, Climb

CLIMB = "CLIMB"
DUTIES = (
    Duty(
        CLIMB,
        REMINDER,
        lambda _row, _today: Climb(),
        when={e.ReminderTried: day_after("answer_by")},
        until=(e.ReminderNotReached, e.ReminderReached, e.ReminderStopped, e.ReminderMissed),
        moved=(e.ReminderMoved,),
    ),
)
