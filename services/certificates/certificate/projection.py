"""The register's read models as folds: every application and certificate, the published state of issued ones, and what is due."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.events import EVENTS
from services.kernel.events import Recorded
from services.kernel.projection import Projection


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
    NOTICE_ORDERED = "NOTICE_ORDERED"
    DISPUTED = "DISPUTED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One application and what became of it. `reason`: code of what was missing, of the refusal or of the cancellation.

    `step_on`: since when it stands at its step; `home_due_on`, `visit_on`: until when a home assessment is to be done and when its
    round comes (`round_id`; stays when it has assessed); `objections`: not yet answered; `proposal`: like "CANCEL:DEATH"; `review`:
    why the holder is assessed again.
    """

    certificate_id: UUID
    division: str
    person_id: UUID
    step: Step
    channel: vocabulary.ApplicationChannel
    applied_on: date
    changed_on: date
    reason: str | None
    institution: str | None
    notice_ends_on: date | None
    objections: int | None
    category: vocabulary.Category | None
    grade: int | None
    valid_from: date | None
    valid_to: date | None
    cancelled_on: date | None
    step_on: date
    forwarded: bool
    setting: vocabulary.AssessmentSetting | None
    home_due_on: date | None
    visit_on: date | None
    constituents: tuple[str, ...]
    suffix: int
    lost_on: date | None
    frozen_on: date | None
    arriving: bool
    proposal: str | None
    review: vocabulary.ReviewKind | None
    disputed: vocabulary.DisputeLevel | None
    version: int
    round_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StateRow:
    """One issued certificate as it is published."""

    certificate_id: UUID
    division: str
    person_id: UUID
    category: vocabulary.Category
    grade: int
    valid_from: date
    valid_to: date
    cancelled_on: date | None
    frozen_on: date | None = None
    lost_on: date | None = None


def _view(key: tuple[UUID], row: CertificateRow | None, recorded: Recorded) -> CertificateRow | None:
    happened = recorded.event
    if isinstance(happened, application_events.CertificateApplicationSubmitted):
        return _first(key[0], happened.division, happened.person_id, happened.channel, happened.applied_on, recorded)
    if row is None:
        if not isinstance(happened, card_events.CertificateRecorded):
            return None
        unknown = vocabulary.ApplicationChannel.UNKNOWN
        row = _first(key[0], happened.division, happened.person_id, unknown, happened.valid_from, recorded)
    changes = _applying(row, happened) or _holding(row, happened) or _ending(row, happened)
    if "step" in changes and changes["step"] is not row.step:
        changes["step_on"] = recorded.occurred_on
    return replace(row, **changes, division=recorded.division, changed_on=recorded.occurred_on, version=recorded.version)


def _first(
    certificate_id: UUID, division: str, person: UUID, channel: vocabulary.ApplicationChannel, applied_on: date, recorded: Recorded
) -> CertificateRow:
    return CertificateRow(
        certificate_id=certificate_id,
        division=division,
        person_id=person,
        step=Step.APPLIED,
        channel=channel,
        applied_on=applied_on,
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
        step_on=recorded.occurred_on,
        forwarded=False,
        setting=None,
        home_due_on=None,
        visit_on=None,
        constituents=(),
        suffix=0,
        lost_on=None,
        frozen_on=None,
        arriving=False,
        proposal=None,
        review=None,
        disputed=None,
        version=recorded.version,
    )


def _applying(row: CertificateRow, happened: Any) -> dict[str, Any]:
    match happened:
        case application_events.CertificateApplicationForwarded():
            return {"forwarded": True}
        case application_events.CertificateApplicationAccepted():
            return {"step": Step.ACCEPTED}
        case application_events.CertificateApplicationReturned(missing=missing):
            return {"step": Step.RETURNED, "reason": missing}
        case application_events.CertificateApplicationWithdrawn():
            return {"step": Step.WITHDRAWN, **_left(row)}
        case application_events.CertificateApplicationRefused(reason=reason):
            return {"step": Step.REFUSED, "reason": reason, **_left(row)}
        case application_events.AssessmentOrdered(institution=institution, setting=setting, due_on=due_on):
            order = {"institution": institution, "setting": setting, "home_due_on": due_on, "visit_on": None, "round_id": None}
            if row.review:
                return order
            again = {"category": None, "grade": None, "constituents": (), "notice_ends_on": None, "objections": None}
            return {"step": Step.IN_ASSESSMENT, **order, **again}
        case application_events.HomeAssessmentScheduled(on=on, round_id=round_id):
            return {"visit_on": on, "round_id": round_id}
        case application_events.HomeAssessmentMissed():
            return {"visit_on": None, "round_id": None}
        case application_events.AssessmentCompleted(meets_standard=meets):
            done: dict[str, Any] = {"home_due_on": None, "visit_on": None}
            if row.review:
                return done
            said = {"category": happened.category, "grade": happened.grade, "constituents": _parts(happened)}
            return done | ({"step": Step.ASSESSED, **said} if meets else {"step": Step.STANDARD_NOT_MET})
    return _noticed(row, happened)


def _left(row: CertificateRow) -> dict[str, Any]:
    """No home assessment is wanted any more; whoever still waited for a round leaves it, and his seat is free."""
    return {"home_due_on": None, "visit_on": None, "round_id": None if row.visit_on else row.round_id}


def _noticed(row: CertificateRow, happened: Any) -> dict[str, Any]:
    match happened:
        case application_events.PublicNoticeOrdered():
            return {"step": Step.NOTICE_ORDERED}
        case application_events.PublicNoticeStarted(ends_on=ends_on):
            return {"step": Step.IN_NOTICE, "notice_ends_on": ends_on, "objections": None, "reason": None}
        case application_events.PublicNoticeClosed(objections=objections):
            clear = not objections and row.reason != "objection_upheld"
            return {"step": Step.NOTICE_CLOSED if clear else Step.OBJECTED, "objections": objections}
        case application_events.ObjectionRaised():
            return {"objections": (row.objections or 0) + 1}
        case application_events.ObjectionAnswered(upheld=upheld):
            left = max((row.objections or 0) - 1, 0)
            settled = row.step is Step.OBJECTED and left == 0 and not upheld and row.reason != "objection_upheld"
            after = {"reason": "objection_upheld"} if upheld else {"step": Step.NOTICE_CLOSED} if settled else {}
            return {"objections": left, **after}
        case application_events.AssessmentDisputed(level=level):
            return {"disputed": level} | ({"step": Step.DISPUTED} if row.step is Step.REFUSED else {})
        case application_events.DisputeDecided(upheld=upheld):
            then = {"step": Step.ACCEPTED if upheld else Step.REFUSED} if row.step is Step.DISPUTED else {}
            return {"disputed": None, **then}
    return {}


_NEW_CARD: dict[str, Any] = {"step": Step.ISSUED, "review": None, "lost_on": None, "proposal": None, "disputed": None}


def _holding(row: CertificateRow, happened: Any) -> dict[str, Any]:
    match happened:
        case card_events.CertificateIssued() | card_events.CertificateRenewed():
            return _NEW_CARD | {"valid_from": happened.valid_from, "valid_to": happened.valid_to}
        case card_events.CertificateRegraded():
            return _NEW_CARD | _data(happened) | {"suffix": 0}
        case card_events.CertificateRecorded():
            return {"step": Step.ISSUED, "review": None} | _data(happened) | _left(row)
        case card_events.ReviewOpened(kind=kind):
            return {"review": kind}
        case card_events.ReviewClosed():
            return {"review": None} | _left(row)
        case card_events.CertificateReportedLost(reported_on=on):
            return {"lost_on": on}
        case card_events.CertificateReissued(suffix=suffix):
            return {"lost_on": None, "suffix": suffix}
        case card_events.CertificateTransferredOut():
            return {"arriving": True, "visit_on": None, "round_id": None if row.visit_on else row.round_id}
        case card_events.CertificateTransferredIn():
            return {"arriving": False}
    return {}


def _parts(h: Any) -> tuple[str, ...]:
    """The constituents of a multiple disability, like PHYSICAL:2."""
    return tuple(f"{part.category.value}:{part.grade}" for part in h.constituents)


def _data(h: Any) -> dict[str, Any]:
    dates = {"valid_from": h.valid_from, "valid_to": h.valid_to}
    return {"category": h.category, "grade": h.grade, "constituents": _parts(h), **dates}


def _ending(row: CertificateRow, happened: Any) -> dict[str, Any]:
    match happened:
        case card_events.CertificateActionProposed(action=action, reason=reason):
            return {"proposal": f"{action.value}:{reason}"}
        case card_events.CertificateActionDismissed():
            return {"proposal": None}
        case card_events.CertificateFrozen(frozen_on=on):
            return {"frozen_on": on, "proposal": None}
        case card_events.CertificateUnfrozen():
            return {"frozen_on": None}
        case card_events.CertificateCancelled(reason=reason, cancelled_on=on):
            ended = {"step": Step.CANCELLED, "reason": reason.value, "cancelled_on": on}
            return ended | {"proposal": None, "review": None} | _left(row)
        case card_events.CertificateCancellationRevoked():
            return {"step": Step.ISSUED, "reason": None, "cancelled_on": None}
    return {}


def _state(key: tuple[UUID], row: StateRow | None, recorded: Recorded) -> StateRow | None:
    match recorded.event:
        case card_events.CertificateIssued() | card_events.CertificateRecorded() as said if row is None or isinstance(
            said, card_events.CertificateIssued
        ):
            about = (said.person_id, said.category, said.grade, said.valid_from, said.valid_to)
            return StateRow(key[0], recorded.division, *about, None)
    return replace(row, **_state_changes(recorded.event), division=recorded.division) if row else None


def _state_changes(happened: Any) -> dict[str, Any]:
    match happened:
        case card_events.CertificateRegraded() | card_events.CertificateRecorded() as h:
            new = {} if isinstance(h, card_events.CertificateRecorded) else {"lost_on": None}
            data = {"category": h.category, "grade": h.grade, "valid_from": h.valid_from, "valid_to": h.valid_to}
            return data | new
        case card_events.CertificateRenewed() as h:
            return {"valid_from": h.valid_from, "valid_to": h.valid_to, "lost_on": None}
        case card_events.CertificateCancelled(cancelled_on=on):
            return {"cancelled_on": on}
        case card_events.CertificateCancellationRevoked():
            return {"cancelled_on": None}
        case card_events.CertificateFrozen(frozen_on=on):
            return {"frozen_on": on}
        case card_events.CertificateUnfrozen():
            return {"frozen_on": None}
        case card_events.CertificateReportedLost(reported_on=on):
            return {"lost_on": on}
        case card_events.CertificateReissued():
            return {"lost_on": None}
    return {}


def state_message(row: StateRow) -> card_events.CertificateState:
    """A row as it travels on the compacted topic."""
    return card_events.CertificateState(
        person_id=row.person_id,
        division=row.division,
        category=row.category,
        grade=row.grade,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        cancelled_on=row.cancelled_on,
        frozen_on=row.frozen_on,
        lost_on=row.lost_on,
    )


_STATE_CHANGED = (
    card_events.CertificateIssued,
    card_events.CertificateRecorded,
    card_events.CertificateRenewed,
    card_events.CertificateRegraded,
    card_events.CertificateCancelled,
    card_events.CertificateCancellationRevoked,
    card_events.CertificateFrozen,
    card_events.CertificateUnfrozen,
    card_events.CertificateReportedLost,
    card_events.CertificateReissued,
    card_events.CertificateTransferredOut,
)
CERTIFICATE_VIEW: Projection[CertificateRow] = Projection(
    table="certificate_view",
    row=CertificateRow,
    key=("certificate_id",),
    keys=Projection.by_stream(EVENTS),
    evolve=_view,
)
CERTIFICATE_STATE: Projection[StateRow] = Projection(
    table="certificate_state",
    row=StateRow,
    key=("certificate_id",),
    keys=Projection.by_stream(_STATE_CHANGED),
    evolve=_state,
    state=(card_events.CertificateState, state_message),
)
