"""What matching keeps of cards as rows: each change of a card, who waits to be assessed at home, whose card is under way. Folds only."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias, get_args
from uuid import UUID

from services.certificates.certificate.application.events import (
    AssessmentCompleted,
    AssessmentOrdered,
    CertificateApplicationRefused,
    CertificateApplicationSubmitted,
    CertificateApplicationWithdrawn,
)
from services.certificates.certificate.card.events import (
    CertificateCancellationRevoked,
    CertificateCancelled,
    CertificateFrozen,
    CertificateIssued,
    CertificateRecorded,
    CertificateRegraded,
    CertificateReissued,
    CertificateRenewed,
    CertificateReportedLost,
    CertificateUnfrozen,
    ReviewClosed,
    ReviewOpened,
)
from services.certificates.vocabulary import AssessmentSetting
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.county_facts.tables import CardChange, CardStep, HomeRequest


@dataclass(frozen=True, slots=True)
class CardChangeRow(CardChange):
    """One change of a card, where the card was then, and when it was told; none is ever changed again."""

    division: str = field(kw_only=True)
    told_on: date = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class HomeRequestRow(HomeRequest):
    """The newest home assessment that was ordered for a certificate."""

    certificate_id: UUID = field(kw_only=True)
    division: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """A card that is under way, applied for or assessed again, since a day. `person_id`: where that event names the holder."""

    certificate_id: UUID
    person_id: UUID | None
    begun_on: date
    division: str


Changing: TypeAlias = (
    CertificateIssued
    | CertificateRecorded
    | CertificateRenewed
    | CertificateRegraded
    | CertificateReportedLost
    | CertificateReissued
    | CertificateFrozen
    | CertificateUnfrozen
    | CertificateCancelled
    | CertificateCancellationRevoked
)


def _change(key: tuple[UUID, int], _: CardChangeRow | None, recorded: Recorded) -> CardChangeRow:
    event: Changing = recorded.event
    return CardChangeRow(*key, event.person_id, division=recorded.division, told_on=recorded.occurred_on, **_said(event))


def _said(event: Changing) -> dict[str, Any]:
    match event:
        case CertificateIssued() | CertificateRegraded():
            return _valid(event, event.valid_from, issued=True) | {"category": event.category, "grade": event.grade}
        case CertificateRenewed():
            return _valid(event, event.valid_from, issued=True)
        case CertificateRecorded():
            # Since when the data are others, the roster does not say: its own day is the first on which they are known to be.
            day = event.valid_from if event.new_period else event.as_of
            return _valid(event, day, issued=False) | {"category": event.category, "grade": event.grade}
        case CertificateReportedLost(reported_on=day):
            return {"kind": CardStep.LOST, "day": day}
        case CertificateReissued(reissued_on=day):
            return {"kind": CardStep.REPLACED, "day": day}
        case CertificateFrozen(frozen_on=day):
            return {"kind": CardStep.STOPPED, "day": day}
        case CertificateUnfrozen(unfrozen_on=day):
            return {"kind": CardStep.GIVEN_BACK, "day": day}
        case CertificateCancelled(cancelled_on=day):
            return {"kind": CardStep.CANCELLED, "day": day}
        case CertificateCancellationRevoked(revoked_on=day):
            return {"kind": CardStep.REVOKED, "day": day}


def _valid(
    event: CertificateIssued | CertificateRegraded | CertificateRenewed | CertificateRecorded, day: date, issued: bool
) -> dict[str, Any]:
    dates = {"day": day, "valid_from": event.valid_from, "valid_to": event.valid_to}
    return {"kind": CardStep.VALID, "issued": issued} | dates


_ENDED = (
    AssessmentCompleted,
    CertificateApplicationWithdrawn,
    CertificateApplicationRefused,
    ReviewClosed,
    CertificateRecorded,
    CertificateCancelled,
)


def _home(key: tuple[UUID], row: HomeRequestRow | None, recorded: Recorded) -> HomeRequestRow | None:
    """A request that was done stays; one that nobody has any more is gone."""
    match recorded.event:
        case AssessmentOrdered(setting=AssessmentSetting.HOME, person_id=person, ordered_on=day):
            return HomeRequestRow(person, day, None, certificate_id=key[0], division=recorded.division)
        case AssessmentCompleted(completed_on=day) if row and row.done_on is None:
            return replace(row, done_on=day)
    return row if row and row.done_on else None


def _renewal(key: tuple[UUID], _: RenewalRow | None, recorded: Recorded) -> RenewalRow | None:
    match recorded.event:
        case CertificateApplicationSubmitted(person_id=person, applied_on=day):
            return RenewalRow(key[0], person, day, recorded.division)
        case ReviewOpened(opened_on=day):
            return RenewalRow(key[0], None, day, recorded.division)
    return None


CARD_CHANGES = Projection(
    "card_change",
    CardChangeRow,
    ("certificate_id", "version"),
    dict.fromkeys(get_args(Changing), lambda recorded: ((recorded.stream_id, recorded.version),)),
    _change,
)
HOME_REQUESTS = Projection(
    "home_request",
    HomeRequestRow,
    ("certificate_id",),
    Projection.by_stream((AssessmentOrdered, *_ENDED)),
    _home,
)
RENEWALS = Projection(
    "renewal",
    RenewalRow,
    ("certificate_id",),
    Projection.by_stream(
        (
            CertificateApplicationSubmitted,
            ReviewOpened,
            CertificateApplicationWithdrawn,
            CertificateApplicationRefused,
            ReviewClosed,
            CertificateIssued,
            CertificateRecorded,
            CertificateRenewed,
            CertificateRegraded,
            CertificateCancelled,
        )
    ),
    _renewal,
)
