"""The read models of notices: every notice with what became of it, and when it must be acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.events import CertificateCancelled, CertificateRegraded, CertificateRenewed
from services.kernel.events import Recorded
from services.kernel.project import Projection
from services.kernel.service import DueRow
from services.matching.events import DiscrepancyResolved
from services.monitoring.events import RiskEliminated, RiskResolved
from services.notifications import events as e


class NoticeState(StrEnum):
    """How far a notice is. Escalation is a fact beside it (`escalated_to`): the first office may still acknowledge."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    SUPPRESSED = "SUPPRESSED"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice. `division` is the office's, `subject_division` the subject's; `cause_id` joins all that follow from one event."""

    notice_id: UUID
    division: str
    agency: str
    route: str
    cause_type: str
    cause_id: UUID
    subject_id: UUID
    person_id: UUID | None
    subject_division: str
    severity: e.NoticeSeverity
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
    version: int


@dataclass(frozen=True, slots=True)
class OverRow:
    """What a subject's notices were about is over since this version of its stream: renewed, cancelled, refuted, resolved."""

    subject_id: UUID
    division: str
    over_at: int


def _stream(recorded: Recorded) -> tuple[tuple[UUID], ...]:
    return ((recorded.stream_id,),)


def _notice(key: tuple[UUID], row: NoticeRow | None, recorded: Recorded) -> NoticeRow | None:
    if isinstance(recorded.event, e.NoticeQueued):
        return _queued(key[0], recorded.event, recorded)
    return None if row is None else replace(row, **_changes(row, recorded), version=recorded.version)


def _queued(notice_id: UUID, said: e.NoticeQueued, recorded: Recorded) -> NoticeRow:
    return NoticeRow(
        notice_id=notice_id,
        division=said.division,
        agency=said.agency,
        route=said.route,
        cause_type=said.cause_type,
        cause_id=said.cause_id,
        subject_id=said.subject_id,
        person_id=said.person_id,
        subject_division=said.subject_division,
        severity=said.severity,
        text=said.text,
        stage=said.stage,
        reminder=said.reminder,
        acknowledge_by=said.acknowledge_by,
        state=NoticeState.QUEUED,
        channels=tuple(c.value for c in said.channels),
        sent=(),
        queued_at=recorded.occurred_at,
        acknowledged_on=None,
        acknowledged_by=None,
        chain=said.chain,
        escalated_to=None,
        suppressed_for=None,
        correlation_id=recorded.correlation_id,
        cause_version=said.cause_version,
        version=recorded.version,
    )


def _changes(row: NoticeRow, recorded: Recorded) -> Mapping[str, Any]:
    match recorded.event:
        case e.NoticeSent(channel=channel) | e.NoticeDelivered(channel=channel):
            return {"sent": tuple(sorted({*row.sent, channel.value})), "state": NoticeState.SENT}
        case e.NoticeFailed():
            return {"state": row.state if row.sent else NoticeState.FAILED}
        case e.NoticeAcknowledged(acknowledged_on=on):
            return {"state": NoticeState.ACKNOWLEDGED, "acknowledged_on": on, "acknowledged_by": recorded.actor}
        case e.NoticeSuppressed(reason=reason):
            return {"state": NoticeState.SUPPRESSED, "suppressed_for": reason.value}
        case e.NoticeEscalated(to_agency=agency, to_division=division):
            return {"escalated_to": f"{agency}:{division}"}
    return {}


def _due(key: tuple[UUID, str], row: DueRow | None, recorded: Recorded) -> DueRow | None:
    match recorded.event:
        case e.NoticeQueued(acknowledge_by=by, chain=chain) if chain:
            on = date.fromordinal(by.toordinal() + 1)
            return DueRow(key[0], key[1], on, recorded.division, recorded.event_id, recorded.correlation_id)
    return None


ACKNOWLEDGE = "ACKNOWLEDGE"
_ENDINGS = (e.NoticeAcknowledged, e.NoticeSuppressed, e.NoticeEscalated)
NOTICES: Projection[NoticeRow] = Projection(
    table="notice",
    row=NoticeRow,
    key=("notice_id",),
    keys=dict.fromkeys((e.NoticeQueued, e.NoticeSent, e.NoticeDelivered, e.NoticeFailed, *_ENDINGS), _stream),
    evolve=_notice,
)
DUE: Projection[DueRow] = Projection(
    table="due",
    row=DueRow,
    key=("subject", "kind"),
    keys=dict.fromkeys((e.NoticeQueued, *_ENDINGS), lambda r: ((r.stream_id, ACKNOWLEDGE),)),
    evolve=_due,
)
ENDED = (CertificateRenewed, CertificateRegraded, CertificateCancelled, RiskResolved, RiskEliminated, DiscrepancyResolved)
OVER: Projection[OverRow] = Projection(
    table="over",
    row=OverRow,
    key=("subject_id",),
    keys=dict.fromkeys(ENDED, _stream),
    evolve=lambda key, _, recorded: OverRow(key[0], recorded.division, recorded.version),
)
PROJECTIONS: tuple[Projection[Any], ...] = (NOTICES, DUE, OVER)
