"""The read models of notices: every notice with what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never, get_args
from uuid import UUID

from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.notifications.notice import events as notice_events
from services.notifications.vocabulary import NoticeSeverity


class NoticeState(StrEnum):
    """How far a notice is. Escalation is a fact beside it (`escalated_to`): the first office may still do what is asked."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ACCEPTED = "ACCEPTED"
    ACTED = "ACTED"
    REJECTED = "REJECTED"
    VERIFIED = "VERIFIED"
    ANSWERED = "ANSWERED"
    SUPPRESSED = "SUPPRESSED"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice. `division` is the office's, `subject_division` the subject's; `cause_id` joins all that follow from one event;
    `file_number` is that of the subject, as in the text.

    `waiting`: something is asked of the office, by `next_by`. Facts and days are as the event and the row of then said them.
    """

    notice_id: UUID
    division: str
    agency: str
    route: str
    cause_type: str
    cause_id: UUID
    subject_id: UUID
    file_number: str
    person_id: UUID | None
    subject_division: str
    severity: NoticeSeverity
    text: str
    stage: int
    reminder: str | None
    acknowledge_by: date
    state: NoticeState
    channels: tuple[str, ...]
    sent: tuple[str, ...]
    queued_at: datetime
    acknowledged_on: date | None
    acknowledged_by: str | None
    chain: tuple[str, ...]
    escalated_to: str | None
    suppressed_for: str | None
    correlation_id: UUID
    cause_version: int
    waiting: bool
    next_by: date | None
    reminded: int
    accepted_on: date | None
    acted_on: date | None
    outcome: str | None
    rejected_for: str | None
    verified_by: str | None
    verified_on: date | None
    lead: str | None
    answer: str | None
    template: str
    facts: tuple[str, ...]
    accept_days: int
    act_days: int
    remind_days: tuple[int, ...]
    trail: tuple[str, ...]
    sender: str | None
    returned: bool
    row_since: date | None
    row_until: date | None
    row_source: str
    version: int


def _notice(key: tuple[UUID], row: NoticeRow | None, recorded: Recorded) -> NoticeRow | None:
    event: notice_events.Event = recorded.event
    if isinstance(event, notice_events.NoticeQueued):
        return _queued(key[0], event, recorded)
    if row is None:
        return None
    return replace(row, **_changes(row, event), **_noted(row, event, recorded), version=recorded.version)


def _queued(notice_id: UUID, event: notice_events.NoticeQueued, recorded: Recorded) -> NoticeRow:
    """The row of a notice that nobody has done anything about: what the event says under the same names, and nothing else yet."""
    known = {f.name for f in fields(NoticeRow)}
    from_event = {f.name: getattr(event, f.name) for f in fields(event) if f.name in known}
    began = {
        "notice_id": notice_id,
        "file_number": file_number(event.subject_id),
        "state": NoticeState.QUEUED,
        "channels": tuple(c.value for c in event.channels),
        "sent": (),
        "queued_at": recorded.occurred_at,
        "correlation_id": recorded.correlation_id,
        "version": recorded.version,
        "waiting": True,
        "next_by": event.acknowledge_by,
        "reminded": 0,
    }
    return NoticeRow(**dict.fromkeys(known) | from_event | began)  # type: ignore[arg-type]


def _changes(row: NoticeRow, event: notice_events.Event) -> Mapping[str, Any]:
    match event:
        case notice_events.NoticeQueued():
            return {}
        case notice_events.NoticeSent(channel=channel) | notice_events.NoticeDelivered(channel=channel):
            return {"sent": tuple(sorted({*row.sent, channel.value})), "state": NoticeState.SENT}
        case notice_events.NoticeFailed():
            return {"state": row.state if row.sent else NoticeState.FAILED}
        case notice_events.NoticeReminded():
            return {"reminded": row.reminded + 1}
        case notice_events.NoticeEscalated(to_agency=agency, to_division=division):
            return {"escalated_to": row.escalated_to or f"{agency}:{division}"}
        case notice_events.NoticeSuppressed(reason=reason):
            return {"state": NoticeState.SUPPRESSED, "suppressed_for": reason.value, "waiting": False}
        case notice_events.NoticeVerified(by_type=kind, verified_on=on):
            return {"state": NoticeState.VERIFIED, "verified_by": kind, "verified_on": on, "waiting": False}
        case notice_events.NoticeAcknowledged(next_by=by):
            return {"state": NoticeState.ACKNOWLEDGED, "next_by": by, "waiting": by is not None}
        case notice_events.NoticeAccepted(accepted_on=on, by_on=by):
            return {"state": NoticeState.ACCEPTED, "accepted_on": on, "next_by": by}
        case notice_events.LeadAssigned(to_agency=agency, to_division=division, assigned_on=on):
            return {"state": NoticeState.ACCEPTED, "accepted_on": row.accepted_on or on, "lead": f"{agency}:{division}"}
        case notice_events.NoticeActedOn(outcome=outcome, acted_on=acted):
            return {"state": NoticeState.ACTED, "acted_on": acted, "outcome": outcome.value, "waiting": False}
        case notice_events.NoticeRejected(reason=reason):
            return {"state": NoticeState.REJECTED, "rejected_for": reason.value, "waiting": False}
        case notice_events.NoticeAnswered(answer=answer):
            return {"state": NoticeState.ANSWERED, "answer": answer.value, "waiting": False}
        case _:
            assert_never(event)


def _noted(row: NoticeRow, event: notice_events.Event, recorded: Recorded) -> Mapping[str, Any]:
    """Whatever its office did first, by that it has taken note."""
    on = _office_acted_on(event)
    return {} if on is None or row.acknowledged_on is not None else {"acknowledged_on": on, "acknowledged_by": recorded.actor}


def _office_acted_on(event: notice_events.Event) -> date | None:
    match event:
        case notice_events.NoticeAcknowledged(acknowledged_on=on) | notice_events.NoticeAccepted(accepted_on=on):
            return on
        case notice_events.LeadAssigned(assigned_on=on) | notice_events.NoticeActedOn(reported_on=on):
            return on
        case notice_events.NoticeRejected(rejected_on=on) | notice_events.NoticeAnswered(answered_on=on):
            return on
    return None


NOTICES: Projection[NoticeRow] = Projection(
    table="notice",
    row=NoticeRow,
    key=("notice_id",),
    keys=Projection.by_stream(get_args(notice_events.Event)),
    evolve=_notice,
)
