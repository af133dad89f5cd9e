"""The register's read models as folds: every application and certificate, the published state of issued ones, and what is due."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates import events as e
from services.certificates.validity import WINDOWS, expired_from, window_opens
from services.kernel.events import Recorded
from services.kernel.project import Projection
from services.kernel.service import DueRow


class Step(StrEnum):
    """How far an application has come. Validity and expiry are functions of a day and stand in no row."""

    APPLIED = "APPLIED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    IN_ASSESSMENT = "IN_ASSESSMENT"
    ASSESSED = "ASSESSED"
    STANDARD_NOT_MET = "STANDARD_NOT_MET"
    IN_NOTICE = "IN_NOTICE"
    NOTICE_CLOSED = "NOTICE_CLOSED"
    OBJECTED = "OBJECTED"
    ISSUED = "ISSUED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One application and what became of it. `reason`: code of what was missing, of the refusal or of the cancellation."""

    certificate_id: UUID
    division: str
    person_id: UUID
    step: Step
    channel: e.ApplicationChannel
    applied_on: date
    changed_on: date
    reason: str | None
    institution: str | None
    notice_ends_on: date | None
    objections: int | None
    category: e.Category | None
    grade: int | None
    valid_from: date | None
    valid_to: date | None
    cancelled_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class StateRow:
    """One issued certificate as it is published."""

    certificate_id: UUID
    division: str
    person_id: UUID
    category: e.Category
    grade: int
    valid_from: date
    valid_to: date
    cancelled_on: date | None


def _stream(recorded: Recorded) -> tuple[tuple[UUID], ...]:
    return ((recorded.stream_id,),)


def _view(key: tuple[UUID], row: CertificateRow | None, recorded: Recorded) -> CertificateRow | None:
    happened = recorded.event
    if isinstance(happened, e.CertificateApplicationSubmitted):
        return _submitted(key[0], happened, recorded)
    if row is None:
        return None
    return replace(row, **_changes(happened), changed_on=recorded.occurred_on, version=recorded.version)


def _submitted(certificate_id: UUID, said: e.CertificateApplicationSubmitted, recorded: Recorded) -> CertificateRow:
    return CertificateRow(
        certificate_id=certificate_id,
        division=said.division,
        person_id=said.person_id,
        step=Step.APPLIED,
        channel=said.channel,
        applied_on=said.applied_on,
        changed_on=recorded.occurred_on,
        reason=None,
        institution=None,
        notice_ends_on=None,
        objections=None,
        category=None,
        grade=None,
        valid_from=None,
        valid_to=None,
        cancelled_on=None,
        version=recorded.version,
    )


def _changes(happened: Any) -> dict[str, Any]:
    match happened:
        case e.CertificateApplicationAccepted():
            return {"step": Step.ACCEPTED}
        case e.CertificateApplicationReturned(missing=missing):
            return {"step": Step.RETURNED, "reason": missing}
        case e.CertificateApplicationRefused(reason=reason):
            return {"step": Step.REFUSED, "reason": reason}
        case e.AssessmentOrdered(institution=institution):
            again = {"category": None, "grade": None, "notice_ends_on": None, "objections": None}
            return {"step": Step.IN_ASSESSMENT, "institution": institution, **again}
        case e.AssessmentCompleted(meets_standard=True):
            return {"step": Step.ASSESSED, "category": happened.category, "grade": happened.grade}
        case e.AssessmentCompleted():
            return {"step": Step.STANDARD_NOT_MET}
        case e.PublicNoticeStarted(ends_on=ends_on):
            return {"step": Step.IN_NOTICE, "notice_ends_on": ends_on, "objections": None}
        case e.PublicNoticeClosed(objections=objections):
            return {"step": Step.OBJECTED if objections else Step.NOTICE_CLOSED, "objections": objections}
        case e.CertificateIssued() | e.CertificateRenewed():
            return {"step": Step.ISSUED, "valid_from": happened.valid_from, "valid_to": happened.valid_to}
        case e.CertificateCancelled():
            return {"step": Step.CANCELLED, "reason": happened.reason.value, "cancelled_on": happened.cancelled_on}
    return {}


def _state(key: tuple[UUID], row: StateRow | None, recorded: Recorded) -> StateRow | None:
    match recorded.event:
        case e.CertificateIssued() as said:
            return StateRow(
                key[0], recorded.division, said.person_id, said.category, said.grade, said.valid_from, said.valid_to, None
            )
        case e.CertificateRenewed() as said if row:
            return replace(row, valid_from=said.valid_from, valid_to=said.valid_to)
        case e.CertificateCancelled() as said if row:
            return replace(row, cancelled_on=said.cancelled_on)
    return row


def state_message(row: StateRow) -> e.CertificateState:
    """A row as it travels on the compacted topic."""
    return e.CertificateState(
        person_id=row.person_id,
        division=row.division,
        category=row.category,
        grade=row.grade,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        cancelled_on=row.cancelled_on,
    )


EXPIRED = "EXPIRED"
KINDS = {f"EXPIRY_{window.value}": window for window in WINDOWS}  # EXPIRY_SIX_MONTHS, EXPIRY_ONE_MONTH


def _all_due(recorded: Recorded) -> tuple[tuple[UUID, str], ...]:
    return tuple((recorded.stream_id, kind) for kind in (*KINDS, EXPIRED))


def _due(key: tuple[UUID, str], row: DueRow | None, recorded: Recorded) -> DueRow | None:
    """A new period makes all three rows (a day in the past is due at once); telling removes its row, cancelling removes all."""
    match recorded.event:
        case e.CertificateIssued(valid_to=valid_to) | e.CertificateRenewed(valid_to=valid_to):
            due_on = expired_from(valid_to) if key[1] == EXPIRED else window_opens(valid_to, KINDS[key[1]])
            return DueRow(key[0], key[1], due_on, recorded.division, recorded.event_id, recorded.correlation_id)
    return None


_FOLLOWED: tuple[type, ...] = (
    e.CertificateApplicationSubmitted,
    e.CertificateApplicationAccepted,
    e.CertificateApplicationReturned,
    e.CertificateApplicationRefused,
    e.AssessmentOrdered,
    e.AssessmentCompleted,
    e.PublicNoticeStarted,
    e.PublicNoticeClosed,
    e.CertificateIssued,
    e.CertificateExpiryApproaching,
    e.CertificateExpired,
    e.CertificateRenewed,
    e.CertificateCancelled,
)
CERTIFICATE_VIEW: Projection[CertificateRow] = Projection(
    table="certificate_view",
    row=CertificateRow,
    key=("certificate_id",),
    keys=dict.fromkeys(_FOLLOWED, _stream),
    evolve=_view,
)
CERTIFICATE_STATE: Projection[StateRow] = Projection(
    table="certificate_state",
    row=StateRow,
    key=("certificate_id",),
    keys={e.CertificateIssued: _stream, e.CertificateRenewed: _stream, e.CertificateCancelled: _stream},
    evolve=_state,
    state=(e.CertificateState, state_message),
)
DUE: Projection[DueRow] = Projection(
    table="due",
    row=DueRow,
    key=("subject", "kind"),
    keys={
        e.CertificateIssued: _all_due,
        e.CertificateRenewed: _all_due,
        e.CertificateCancelled: _all_due,
        e.CertificateExpiryApproaching: lambda r: ((r.stream_id, f"EXPIRY_{r.event.window.value}"),),
        e.CertificateExpired: lambda r: ((r.stream_id, EXPIRED),),
    },
    evolve=_due,
)
PROJECTIONS: tuple[Projection[Any], ...] = (CERTIFICATE_VIEW, CERTIFICATE_STATE, DUE)
