"""When a reminder goes on to its next rung: the day after the one by which a proof was to come."""

from services.kernel.due import Duty, day_after
from services.notifications.reminder import events as reminder_events
from services.notifications.reminder.commands import Climb
from services.notifications.reminder.decider import REMINDER

CLIMB = "CLIMB"
DUTIES = (
    Duty(
        CLIMB,
        REMINDER,
        lambda _row, _today: Climb(),
        when={reminder_events.ReminderTried: day_after("answer_by")},
        until=(
            reminder_events.ReminderNotReached,
            reminder_events.ReminderReached,
            reminder_events.ReminderStopped,
            reminder_events.ReminderMissed,
        ),
        moved=(reminder_events.ReminderMoved,),
    ),
)
