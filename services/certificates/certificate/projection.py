"""The read model of every application and certificate as a fold: how far it is, and what is on the card."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, assert_never
from uuid import UUID

from pydantic import ConfigDict

from services.certificates import vocabulary
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.events import EVENTS, Event
from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection

UPHELD = "objection_upheld"  # the reason of a row whose notice drew an objection that was upheld


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """One application and what became of it. `reason`: code of what was missing, of the refusal or of the cancellation.

    `step_on`: since when it stands at its step; `home_due_on`, `visit_on`: until when a home assessment is to be done and when its
    round comes (`round_id`; stays when it has assessed); `objections`: not yet answered; `proposal`: like "CANCEL:DEATH"; `review`:
    why the holder is assessed again.
    """

    __pydantic_config__: ClassVar = ConfigDict(json_schema_serialization_defaults_required=True)  # an answer has every field

    certificate_id: UUID
    file_number: str
    division: str
    person_id: UUID
    step: Step
    channel: vocabulary.ApplicationChannel
    applied_on: date
    changed_on: date
    reason: str | None = None
    institution: str | None = None
    notice_ends_on: date | None = None
    objections: int | None = None
    category: vocabulary.Category | None = None
    grade: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    cancelled_on: date | None = None
    step_on: date
    forwarded: bool
    setting: vocabulary.AssessmentSetting | None = None
    home_due_on: date | None = None
    visit_on: date | None = None
    constituents: tuple[str, ...]
    suffix: int
    lost_on: date | None = None
    frozen_on: date | None = None
    arriving: bool
    proposal: str | None = None
    review: vocabulary.ReviewKind | None = None
    disputed: vocabulary.DisputeLevel | None = None
    version: int
    round_id: UUID | None = None


Changes = dict[str, Any]


def _view(_: tuple[UUID], row: CertificateRow | None, recorded: Recorded) -> CertificateRow | None:
    event: Event = recorded.event
    if isinstance(event, application_events.CertificateApplicationSubmitted):
        return _first(recorded, event.channel, event.applied_on)
    if row is None:
        if not isinstance(event, card_events.CertificateRecorded):
            return None
        row = _first(recorded, vocabulary.ApplicationChannel.UNKNOWN, event.valid_from)
    changes = _changes(row, event)
    if "step" in changes and changes["step"] is not row.step:
        changes["step_on"] = recorded.occurred_on
    return replace(row, **changes, division=recorded.division, changed_on=recorded.occurred_on, version=recorded.version)


def _first(recorded: Recorded, channel: vocabulary.ApplicationChannel, applied_on: date) -> CertificateRow:
    """The row after a stream's first event, which names the person and the division."""
    return CertificateRow(
        certificate_id=recorded.stream_id,
        file_number=file_number(recorded.stream_id),
        division=recorded.event.division,
        person_id=recorded.event.person_id,
        step=Step.APPLIED,
        channel=channel,
        applied_on=applied_on,
        changed_on=recorded.occurred_on,
        step_on=recorded.occurred_on,
        forwarded=False,
        constituents=(),
        suffix=0,
        arriving=False,
        version=recorded.version,
    )


def _changes(row: CertificateRow, event: Event) -> Changes:
    """What an event changes in the row, by column."""
    if isinstance(event, application_events.ApplicationEvent):
        return _applying(row, event)
    if isinstance(event, application_events.AssessmentEvent):
        return _assessed(row, event)
    return _holding(row, event)


def _applying(row: CertificateRow, event: application_events.ApplicationEvent) -> Changes:
    match event:
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
        case application_events.PublicNoticeOrdered():
            return {"step": Step.NOTICE_ORDERED}
        case application_events.PublicNoticeStarted(ends_on=ends_on):
            return {"step": Step.IN_NOTICE, "notice_ends_on": ends_on, "objections": None, "reason": None}
        case application_events.PublicNoticeClosed(objections=objections):
            clear = not objections and row.reason != UPHELD
            return {"step": Step.NOTICE_CLOSED if clear else Step.OBJECTED, "objections": objections}
        case application_events.ObjectionRaised():
            return {"objections": (row.objections or 0) + 1}
        case application_events.ObjectionAnswered(upheld=upheld):
            return _answered(row, upheld)
        case application_events.CertificateApplicationSubmitted() | application_events.NoticeGiven():
            return {}
        case _:
            assert_never(event)


def _answered(row: CertificateRow, upheld: bool) -> Changes:
    """The last objection that was not upheld ends the contest."""
    left = max((row.objections or 0) - 1, 0)
    if upheld:
        return {"objections": left, "reason": UPHELD}
    if row.step is Step.OBJECTED and left == 0 and row.reason != UPHELD:
        return {"objections": left, "step": Step.NOTICE_CLOSED}
    return {"objections": left}


def _left(row: CertificateRow) -> Changes:
    """No home assessment is wanted any more; whoever still waited for a round leaves it, and his seat is free."""
    return {"home_due_on": None, "visit_on": None, "round_id": None if row.visit_on else row.round_id}


def _assessed(row: CertificateRow, event: application_events.AssessmentEvent) -> Changes:
    match event:
        case application_events.AssessmentOrdered(institution=institution, setting=setting, due_on=due_on):
            order = {"institution": institution, "setting": setting, "home_due_on": due_on, "visit_on": None, "round_id": None}
            if row.review:
                return order
            anew = {"category": None, "grade": None, "constituents": (), "notice_ends_on": None, "objections": None}
            return {"step": Step.IN_ASSESSMENT, **order, **anew}
        case application_events.HomeAssessmentScheduled(on=on, round_id=round_id):
            return {"visit_on": on, "round_id": round_id}
        case application_events.HomeAssessmentMissed():
            return {"visit_on": None, "round_id": None}
        case application_events.HomeAssessmentOverdue():
            return {}
        case application_events.AssessmentCompleted():
            return {"home_due_on": None, "visit_on": None, **({} if row.review else _concluded(event))}
        case application_events.AssessmentDisputed(level=level):
            return {"disputed": level} | ({"step": Step.DISPUTED} if row.step is Step.REFUSED else {})
        case application_events.DisputeDecided(upheld=upheld):
            if row.step is not Step.DISPUTED:
                return {"disputed": None}
            return {"disputed": None, "step": Step.ACCEPTED if upheld else Step.REFUSED}
        case _:
            assert_never(event)


def _concluded(event: application_events.AssessmentCompleted) -> Changes:
    if not event.meets_standard:
        return {"step": Step.STANDARD_NOT_MET}
    return {"step": Step.ASSESSED, "category": event.category, "grade": event.grade, "constituents": _parts(event.constituents)}


_NEW_CARD: Mapping[str, Any] = {"step": Step.ISSUED, "review": None, "lost_on": None, "proposal": None, "disputed": None}


def _holding(row: CertificateRow, event: card_events.CardEvent) -> Changes:
    match event:
        case card_events.CertificateIssued() | card_events.CertificateRenewed():
            return {**_NEW_CARD, "valid_from": event.valid_from, "valid_to": event.valid_to}
        case card_events.CertificateRegraded():
            return {**_NEW_CARD, **_data(event), "suffix": 0}
        case card_events.CertificateRecorded():
            return {"step": Step.ISSUED, "review": None, **_data(event), **_left(row)}
        case card_events.ReviewOpened(kind=kind):
            return {"review": kind}
        case card_events.ReviewClosed():
            return {"review": None, **_left(row)}
        case card_events.CertificateReportedLost(reported_on=on):
            return {"lost_on": on}
        case card_events.CertificateReissued(suffix=suffix):
            return {"lost_on": None, "suffix": suffix}
        case card_events.CertificateTransferredOut():
            return {"arriving": True, "visit_on": None, "round_id": None if row.visit_on else row.round_id}
        case card_events.CertificateTransferredIn():
            return {"arriving": False}
        case (
            card_events.CertificateExpiryApproaching()
            | card_events.CertificateExpired()
            | card_events.CertificateReplaced()
            | card_events.HolderTold()
        ):
            return {}
        case _:
            return _ending(row, event)


Ending = (
    card_events.CertificateActionProposed
    | card_events.CertificateActionDismissed
    | card_events.CertificateFrozen
    | card_events.CertificateUnfrozen
    | card_events.CertificateCancelled
    | card_events.CertificateCancellationRevoked
)


def _ending(row: CertificateRow, event: Ending) -> Changes:
    match event:
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
            return {**ended, "proposal": None, "review": None, **_left(row)}
        case card_events.CertificateCancellationRevoked():
            return {"step": Step.ISSUED, "reason": None, "cancelled_on": None}
        case _:
            assert_never(event)


def _parts(constituents: tuple[vocabulary.Constituent, ...]) -> tuple[str, ...]:
    """The constituents of a multiple disability, like PHYSICAL:2."""
    return tuple(f"{part.category.value}:{part.grade}" for part in constituents)


def _data(event: card_events.CertificateRegraded | card_events.CertificateRecorded) -> Changes:
    """What is printed on the card."""
    return {
        "category": event.category,
        "grade": event.grade,
        "constituents": _parts(event.constituents),
        "valid_from": event.valid_from,
        "valid_to": event.valid_to,
    }


CERTIFICATE_VIEW: Projection[CertificateRow] = Projection(
    table="certificate_view",
    row=CertificateRow,
    key=("certificate_id",),
    keys=Projection.by_stream(EVENTS),
    evolve=_view,
)
