"""The read models of notices: every notice with what became of it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.certificate.card.events import CertificateCancelled, CertificateRegraded, CertificateRenewed
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.events import DiscrepancyResolved
from services.monitoring.events import RiskEliminated, RiskResolved
from services.monitoring.visit_events import PlannedVisitWithdrawn
from services.notifications import events as notifications_events
from services.notifications import loop_events, reminder_events
from services.notifications.ledger import CARDS, REMINDERS
from services.notifications.policy import NoticePolicy
from services.notifications.resolution import settler
from services.notifications.rows import NoticeRow, NoticeState, OverRow, SettlingRow


def _notice(key: tuple[UUID], row: NoticeRow | None, recorded: Recorded) -> NoticeRow | None:
    if isinstance(recorded.event, notifications_events.NoticeQueued):
        return _queued(key[0], recorded.event, recorded)
    return None if row is None else replace(row, **_changes(row, recorded), version=recorded.version)


def _queued(notice_id: UUID, said: notifications_events.NoticeQueued, recorded: Recorded) -> NoticeRow:
    """The row of a notice that nobody has done anything about: what the event says under the same names, and nothing else yet."""
    known = {f.name for f in fields(NoticeRow)}
    as_said = {f.name: getattr(said, f.name) for f in fields(said) if f.name in known}
    began = {
        "notice_id": notice_id,
        "state": NoticeState.QUEUED,
        "channels": tuple(c.value for c in said.channels),
        "sent": (),
        "queued_at": recorded.occurred_at,
        "correlation_id": recorded.correlation_id,
        "version": recorded.version,
        "waiting": True,
        "next_by": said.acknowledge_by,
        "reminded": 0,
    }
    return NoticeRow(**dict.fromkeys(known) | as_said | began)  # type: ignore[arg-type]


def _changes(row: NoticeRow, recorded: Recorded) -> Mapping[str, Any]:
    match recorded.event:
        case notifications_events.NoticeSent(channel=channel) | notifications_events.NoticeDelivered(channel=channel):
            return {"sent": tuple(sorted({*row.sent, channel.value})), "state": NoticeState.SENT}
        case notifications_events.NoticeFailed():
            return {"state": row.state if row.sent else NoticeState.FAILED}
        case loop_events.NoticeReminded():
            return {"reminded": row.reminded + 1}
        case notifications_events.NoticeEscalated(to_agency=agency, to_division=division):
            return {"escalated_to": row.escalated_to or f"{agency}:{division}"}
        case notifications_events.NoticeSuppressed(reason=reason):
            return {"state": NoticeState.SUPPRESSED, "suppressed_for": reason.value, "waiting": False}
        case loop_events.NoticeVerified(by_type=kind, verified_on=on):
            return {"state": NoticeState.VERIFIED, "verified_by": kind, "verified_on": on, "waiting": False}
    return _by_office(row, recorded)


def _by_office(row: NoticeRow, recorded: Recorded) -> Mapping[str, Any]:
    """What the office did; whatever it did, it has taken note."""
    match recorded.event:
        case notifications_events.NoticeAcknowledged(acknowledged_on=on, next_by=by):
            return _noted(row, recorded, on) | {"state": NoticeState.ACKNOWLEDGED, "next_by": by, "waiting": by is not None}
        case loop_events.NoticeAccepted(accepted_on=on, by_on=by):
            return _noted(row, recorded, on) | {"state": NoticeState.ACCEPTED, "accepted_on": on, "next_by": by}
        case loop_events.LeadAssigned(to_agency=agency, to_division=division, assigned_on=on):
            lead = {"state": NoticeState.ACCEPTED, "accepted_on": row.accepted_on or on, "lead": f"{agency}:{division}"}
            return _noted(row, recorded, on) | lead
        case loop_events.NoticeActedOn(outcome=outcome, acted_on=acted, reported_on=on):
            done = {"state": NoticeState.ACTED, "acted_on": acted, "outcome": outcome.value, "waiting": False}
            return _noted(row, recorded, on) | done
        case loop_events.NoticeRejected(reason=reason, rejected_on=on):
            return _noted(row, recorded, on) | {"state": NoticeState.REJECTED, "rejected_for": reason.value, "waiting": False}
        case loop_events.NoticeAnswered(answer=answer, answered_on=on):
            return _noted(row, recorded, on) | {"state": NoticeState.ANSWERED, "answer": answer.value, "waiting": False}
    return {}


def _noted(row: NoticeRow, recorded: Recorded, on: date) -> dict[str, Any]:
    if row.acknowledged_on is not None:
        return {}
    return {"acknowledged_on": on, "acknowledged_by": recorded.actor}


_MOVING = (
    notifications_events.NoticeAcknowledged,
    loop_events.NoticeAccepted,
    loop_events.NoticeActedOn,
    loop_events.NoticeRejected,
    loop_events.NoticeVerified,
    notifications_events.NoticeSuppressed,
    notifications_events.NoticeEscalated,
    loop_events.NoticeReminded,
    loop_events.LeadAssigned,
    loop_events.NoticeAnswered,
)
NOTICES: Projection[NoticeRow] = Projection(
    table="notice",
    row=NoticeRow,
    key=("notice_id",),
    keys=Projection.by_stream(
        (
            notifications_events.NoticeQueued,
            notifications_events.NoticeSent,
            notifications_events.NoticeDelivered,
            notifications_events.NoticeFailed,
            *_MOVING,
        )
    ),
    evolve=_notice,
)
ENDED = (
    CertificateRenewed,
    CertificateRegraded,
    CertificateCancelled,
    RiskResolved,
    RiskEliminated,
    DiscrepancyResolved,
    PlannedVisitWithdrawn,
    reminder_events.ReminderStopped,
    reminder_events.ReminderMoved,
    reminder_events.ReminderMissed,
)
OVER: Projection[OverRow] = Projection(
    table="over",
    row=OverRow,
    key=("subject_id",),
    keys=Projection.by_stream(ENDED),
    evolve=lambda key, _, recorded: OverRow(key[0], recorded.division, recorded.version),
)
PROJECTIONS: tuple[Projection[Any], ...] = (NOTICES, OVER, REMINDERS, CARDS)


def settling(policy: NoticePolicy) -> Projection[SettlingRow]:
    """The read model of the events that the policy's resolutions name."""
    return Projection(
        table="settling",
        row=SettlingRow,
        key=("event_id",),
        keys=dict.fromkeys(policy.resolving, lambda r: ((r.event_id,),)),
        evolve=lambda _, __, recorded: settler(recorded),
    )
