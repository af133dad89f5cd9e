"""What the register says of issued certificates: stream = certificate id; and the full state of one, for downstream services."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.certificates.vocabulary import (
    CancellationReason,
    Category,
    Constituent,
    ExpiryWindow,
    FreezeReason,
    ProposalSource,
    ProposedAction,
    ReplacementReason,
    ReviewKind,
    TellingWay,
)
from services.kernel.events import event, message


@event
class CertificateIssued:
    """发证 (办法 arts 7, 19)."""

    person_id: UUID
    category: Category
    grade: int
    valid_from: date
    valid_to: date  # the last valid day
    constituents: tuple[Constituent, ...] = ()


@event
class CertificateRecorded:
    """The national register's roster shows this card: first seen, or with other data than known (`as_of` = the roster's day)."""

    person_id: UUID
    division: str
    category: Category
    grade: int
    valid_from: date
    valid_to: date
    as_of: date
    new_period: bool  # whether the dates are others than known
    constituents: tuple[Constituent, ...] = ()


@event
class CertificateExpiryApproaching:
    """The certificate came inside a reminder window; one per validity period and window."""

    person_id: UUID
    valid_to: date
    window: ExpiryWindow
    reminder: int = 1  # 2: the second one, when the card was first seen inside the last month: two are always owed
    told_on: date | None = None  # the day of this reminder
    again_on: date | None = None  # the day of that second one


@event
class CertificateExpired:
    """The last valid day has passed without renewal. Nothing is frozen or cancelled by this."""

    person_id: UUID
    valid_to: date


@event
class CertificateRenewed:
    """换领 (办法 art. 19): a new validity period from the day of issue."""

    person_id: UUID
    valid_from: date
    valid_to: date


@event
class CertificateCancelled:
    """注销, decided by a clerk of the county federation."""

    person_id: UUID
    reason: CancellationReason
    cancelled_on: date
    evidence: str | None = None  # code


@event
class CertificateCancellationRevoked:
    """The cancellation was wrong: number, dates and reminders hold again."""

    person_id: UUID
    reason: CancellationReason  # of the cancellation
    evidence: str  # code
    valid_from: date
    valid_to: date
    revoked_on: date
    owed: tuple[ExpiryWindow, ...]  # the reminders of this period that were not told before the cancellation
    again_on: date | None  # the day of a second reminder that is still owed
    expiry_owed: bool  # whether the end of the period is still to be told


@event
class ReviewOpened:
    """The holder is to be assessed again."""

    kind: ReviewKind
    opened_on: date


@event
class ReviewClosed:
    """The new assessment led to nothing: the card stays as it was."""

    kind: ReviewKind
    closed_on: date


@event
class CertificateRegraded:
    """类别、等级变更 (办法 art. 22): a new card with other category or grade; the number changes with them."""

    person_id: UUID
    from_category: Category
    from_grade: int
    category: Category
    grade: int
    valid_from: date
    valid_to: date
    constituents: tuple[Constituent, ...] = ()


@event
class CertificateReplaced:
    """A new card with the same number and dates (办法 art. 21)."""

    reason: ReplacementReason
    replaced_on: date


@event
class CertificateReportedLost:
    """挂失."""

    person_id: UUID
    reported_on: date


@event
class CertificateReissued:
    """补办: a new card, its number with the suffix B and this count."""

    person_id: UUID
    suffix: int
    reissued_on: date


@event
class CertificateTransferredOut:
    """迁出 to another village of the prefecture; the county there must still take it over."""

    person_id: UUID
    from_division: str
    to_division: str
    transferred_on: date


@event
class CertificateTransferredIn:
    """迁入: the receiving county took it over."""

    person_id: UUID
    received_on: date


@event
class CertificateActionProposed:
    """拟冻结, 拟注销: proposed, for a clerk to decide. Nothing has happened to the card."""

    person_id: UUID
    action: ProposedAction
    reason: str  # a FreezeReason or CancellationReason
    source: ProposalSource
    proposed_on: date


@event
class CertificateActionDismissed:
    """The clerk decided otherwise."""

    action: ProposedAction
    reason: str  # code
    dismissed_on: date


@event
class HolderTold:
    """The holder or guardian was told before the card is frozen or cancelled."""

    action: ProposedAction
    way: TellingWay
    told_on: date


@event
class CertificateFrozen:
    """冻结, decided by a clerk with evidence; benefits that need a valid certificate may stop."""

    person_id: UUID
    reason: FreezeReason
    evidence: str  # code
    frozen_on: date


@event
class CertificateUnfrozen:
    """解冻."""

    person_id: UUID
    unfrozen_on: date


@message
class CertificateState:
    """The full state of one certificate, for downstream services; key = certificate id. Validity is derived from the dates."""

    STATE_TOPIC: ClassVar[str] = "certificates.certificate.state.v1"
    person_id: UUID
    division: str
    category: Category
    grade: int
    valid_from: date
    valid_to: date
    cancelled_on: date | None
    frozen_on: date | None = None
    lost_on: date | None = None


CardEvent = (
    CertificateIssued
    | CertificateRecorded
    | CertificateExpiryApproaching
    | CertificateExpired
    | CertificateRenewed
    | CertificateCancelled
    | CertificateCancellationRevoked
    | ReviewOpened
    | ReviewClosed
    | CertificateRegraded
    | CertificateReplaced
    | CertificateReportedLost
    | CertificateReissued
    | CertificateTransferredOut
    | CertificateTransferredIn
    | CertificateActionProposed
    | CertificateActionDismissed
    | HolderTold
    | CertificateFrozen
    | CertificateUnfrozen
)
