"""When the scheduler looks at a notice again: to remind of it; it was not taken note of in time; not accepted or acted on in time.

The days stand in the events that make it due.
"""

from datetime import date, timedelta

from services.kernel.due import Duty, on_day
from services.kernel.events import Recorded
from services.notifications.notice import events as notice_events
from services.notifications.notice.commands import Escalate, Remind
from services.notifications.notice.decider import NOTICE

REMIND, ACKNOWLEDGE, ACT = "REMIND", "ACKNOWLEDGE", "ACT"
_OVER = (
    notice_events.NoticeActedOn,
    notice_events.NoticeRejected,
    notice_events.NoticeVerified,
    notice_events.NoticeSuppressed,
    notice_events.NoticeEscalated,
    notice_events.LeadAssigned,
    notice_events.NoticeAnswered,
)


def _first_reminder(recorded: Recorded) -> date | None:
    days: tuple[date, ...] = recorded.event.reminders
    return days[0] if days else None


def _nobody_took_note(recorded: Recorded) -> date | None:
    """With nobody behind the office there is no escalation."""
    queued: notice_events.NoticeQueued = recorded.event
    return queued.acknowledge_by + timedelta(days=1) if queued.chain else None


DUTIES = (
    Duty(
        REMIND,
        NOTICE,
        lambda _row, _today: Remind(),
        when={
            **dict.fromkeys(
                (notice_events.NoticeQueued, notice_events.NoticeAcknowledged, notice_events.NoticeAccepted),
                _first_reminder,
            ),
            notice_events.NoticeReminded: on_day("again_on"),
        },
        until=_OVER,
    ),
    Duty(
        ACKNOWLEDGE,
        NOTICE,
        lambda _row, _today: Escalate(),
        when={notice_events.NoticeQueued: _nobody_took_note},
        until=(notice_events.NoticeAcknowledged, notice_events.NoticeAccepted, *_OVER),
    ),
    Duty(
        ACT,
        NOTICE,
        lambda _row, _today: Escalate(),
        when=dict.fromkeys((notice_events.NoticeAcknowledged, notice_events.NoticeAccepted), on_day("escalate_on")),
        until=_OVER,
    ),
)
