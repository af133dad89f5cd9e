"""When the scheduler looks at a notice again: to remind of it; it was not taken note of in time; not accepted or acted on in time.

The days stand in the events that make it due.
"""

from datetime import date, timedelta

from services.kernel.due import Duty, on_day
from services.kernel.events import Recorded
from services.notifications import events as e
from services.notifications.notice import NOTICE, Escalate, Remind

REMIND, ACKNOWLEDGE, ACT = "REMIND", "ACKNOWLEDGE", "ACT"
_OVER = (
    e.NoticeActedOn, e.NoticeRejected, e.NoticeVerified, e.NoticeSuppressed, e.NoticeEscalated, e.LeadAssigned, e.NoticeAnswered,
)  # fmt: skip


def _first_reminder(recorded: Recorded) -> date | None:
    days: tuple[date, ...] = recorded.event.reminders
    return days[0] if days else None


def _nobody_took_note(recorded: Recorded) -> date | None:
    """With nobody behind the office there is no escalation."""
    queued: e.NoticeQueued = recorded.event
    return queued.acknowledge_by + timedelta(days=1) if queued.chain else None


DUTIES = (
    Duty(
        REMIND,
        NOTICE,
        lambda _row, _today: Remind(),
        when={
            **dict.fromkeys((e.NoticeQueued, e.NoticeAcknowledged, e.NoticeAccepted), _first_reminder),
            e.NoticeReminded: on_day("again_on"),
        },
        until=_OVER,
    ),
    Duty(
        ACKNOWLEDGE,
        NOTICE,
        lambda _row, _today: Escalate(),
        when={e.NoticeQueued: _nobody_took_note},
        until=(e.NoticeAcknowledged, e.NoticeAccepted, *_OVER),
    ),
    Duty(
        ACT,
        NOTICE,
        lambda _row, _today: Escalate(),
        when=dict.fromkeys((e.NoticeAcknowledged, e.NoticeAccepted), on_day("escalate_on")),
        until=_OVER,
    ),
)
