"""When the scheduler looks at a notice again: to remind of it; it was not taken note of in time; not accepted or acted on in time.

The days stand in the events that make it due.
"""

from datetime import date, timedelta

from services.kernel.due import Duty, on_day
from services.kernel.events import Recorded
from services.notifications import events as notifications_events
from services.notifications import loop_events
from services.notifications.notice import NOTICE
from services.notifications.steps import Escalate, Remind

REMIND, ACKNOWLEDGE, ACT = "REMIND", "ACKNOWLEDGE", "ACT"
_OVER = (
    loop_events.NoticeActedOn,
    loop_events.NoticeRejected,
    loop_events.NoticeVerified,
    notifications_events.NoticeSuppressed,
    notifications_events.NoticeEscalated,
    loop_events.LeadAssigned,
    loop_events.NoticeAnswered,
)


def _first_reminder(recorded: Recorded) -> date | None:
    days: tuple[date, ...] = recorded.event.reminders
    return days[0] if days else None


def _nobody_took_note(recorded: Recorded) -> date | None:
    """With nobody behind the office there is no escalation."""
    queued: notifications_events.NoticeQueued = recorded.event
    return queued.acknowledge_by + timedelta(days=1) if queued.chain else None


DUTIES = (
    Duty(
        REMIND,
        NOTICE,
        lambda _row, _today: Remind(),
        when={
            **dict.fromkeys(
                (notifications_events.NoticeQueued, notifications_events.NoticeAcknowledged, loop_events.NoticeAccepted),
                _first_reminder,
            ),
            loop_events.NoticeReminded: on_day("again_on"),
        },
        until=_OVER,
    ),
    Duty(
        ACKNOWLEDGE,
        NOTICE,
        lambda _row, _today: Escalate(),
        when={notifications_events.NoticeQueued: _nobody_took_note},
        until=(notifications_events.NoticeAcknowledged, loop_events.NoticeAccepted, *_OVER),
    ),
    Duty(
        ACT,
        NOTICE,
        lambda _row, _today: Escalate(),
        when=dict.fromkeys((notifications_events.NoticeAcknowledged, loop_events.NoticeAccepted), on_day("escalate_on")),
        until=_OVER,
    ),
)
