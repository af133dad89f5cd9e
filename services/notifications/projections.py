"""The read models of notices: every notice with what became of it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.events import CertificateCancelled, CertificateRegraded, CertificateRenewed
from services.kernel.events import Recorded
from services.kernel.project import Projection
from services.matching.events import DiscrepancyResolved
from services.monitoring.events import PlannedVisitWithdrawn, RiskEliminated, RiskResolved
from services.notifications import events as e
from services.notifications.ledger import CARDS, REMINDERS
from services.notifications.policy import NoticePolicy
from services.notifications.resolution import settler
from services.notifications.rows import NoticeRow, NoticeState, OverRow, SettlingRow


def _notice(key: tuple[UUID], row: NoticeRow | None, recorded: Recorded) -> NoticeRow | None:
    if isinstance(recorded.event, e.NoticeQueued):
        return _queued(key[0], recorded.event, recorded)
    return None if row is None else replace(row, **_changes(row, recorded), version=recorded.version)


def _queued(notice_id: UUID, said: e.NoticeQueued, recorded: Recorded) -> NoticeRow:
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
        case e.NoticeSent(channel=channel) | e.NoticeDelivered(channel=channel):
            return {"sent": tuple(sorted({*row.sent, channel.value})), "state": NoticeState.SENT}
        case e.NoticeFailed():
            return {"state": row.state if row.sent else NoticeState.FAILED}
        case e.NoticeReminded():
            return {"reminded": row.reminded + 1}
        case e.NoticeEscalated(to_agency=agency, to_division=division):
            return {"escalated_to": row.escalated_to or f"{agency}:{division}"}
        case e.NoticeSuppressed(reason=reason):
            return {"state": NoticeState.SUPPRESSED, "suppressed_for": reason.value, "waiting": False}
        case e.NoticeVerified(by_type=kind, verified_on=on):
            return {"state": NoticeState.VERIFIED, "verified_by": kind, "verified_on": on, "waiting": False}
    return _by_office(row, recorded)


def _by_office(row: NoticeRow, recorded: Recorded) -> Mapping[str, Any]:
    """What the office did; whatever it did, it has taken note."""
    match recorded.event:
        case e.NoticeAcknowledged(acknowledged_on=on, next_by=by):
            return _noted(row, recorded, on) | {"state": NoticeState.ACKNOWLEDGED, "next_by": by, "waiting": by is not None}
        case e.NoticeAccepted(accepted_on=on, by_on=by):
            return _noted(row, recorded, on) | {"state": NoticeState.ACCEPTED, "accepted_on": on, "next_by": by}
        case e.LeadAssigned(to_agency=agency, to_division=division, assigned_on=on):
            lead = {"state": NoticeState.ACCEPTED, "accepted_on": row.accepted_on or on, "lead": f"{agency}:{division}"}
            return _noted(row, recorded, on) | lead
        case e.NoticeActedOn(outcome=outcome, acted_on=acted, reported_on=on):
            done = {"state": NoticeState.ACTED, "acted_on": acted, "outcome": outcome.value, "waiting": False}
            return _noted(row, recorded, on) | done
        case e.NoticeRejected(reason=reason, rejected_on=on):
            return _noted(row, recorded, on) | {"state": NoticeState.REJECTED, "rejected_for": reason.value, "waiting": False}
        case e.NoticeAnswered(answer=answer, answered_on=on):
            return _noted(row, recorded, on) | {"state": NoticeState.ANSWERED, "answer": answer.value, "waiting": False}
    return {}


def _noted(row: NoticeRow, recorded: Recorded, on: date) -> dict[str, Any]:
    if row.acknowledged_on is not None:
        return {}
    return {"acknowledged_on": on, "acknowledged_by": recorded.actor}


_MOVING = (
    e.NoticeAcknowledged, e.NoticeAccepted, e.NoticeActedOn, e.NoticeRejected, e.NoticeVerified, e.NoticeSuppressed, e.NoticeEscalated,
    e.NoticeReminded, e.LeadAssigned, e.NoticeAnswered,
)  # fmt: skip
NOTICES: Projection[NoticeRow] = Projection(
    table="notice",
    row=NoticeRow,
    key=("notice_id",),
    keys=Projection.by_stream((e.NoticeQueued, e.NoticeSent, e.NoticeDelivered, e.NoticeFailed, *_MOVING)),
    evolve=_notice,
)
ENDED = (
    CertificateRenewed, CertificateRegraded, CertificateCancelled, RiskResolved, RiskEliminated, DiscrepancyResolved,
    PlannedVisitWithdrawn, e.ReminderStopped, e.ReminderMoved, e.ReminderMissed,
)  # fmt: skip
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
