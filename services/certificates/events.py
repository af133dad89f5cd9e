"""What the certificate register says to the world: persons (as pseudonyms), applications, assessments, certificates.

The stream of a person event is the person id, of a `HomeRound…` event the round id; the stream of every other event is the
certificate id, which the application opens.
Dates are calendar days in Asia/Shanghai. Division codes follow the statistical system (domain reference, section 6).
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.certificates.application_events import (
    AssessmentCompleted,
    AssessmentDisputed,
    AssessmentOrdered,
    CertificateApplicationAccepted,
    CertificateApplicationForwarded,
    CertificateApplicationRefused,
    CertificateApplicationReturned,
    CertificateApplicationSubmitted,
    CertificateApplicationWithdrawn,
    DisputeDecided,
    HomeAssessmentMissed,
    HomeAssessmentOverdue,
    HomeAssessmentScheduled,
    NoticeGiven,
    ObjectionAnswered,
    ObjectionRaised,
    PublicNoticeClosed,
    PublicNoticeOrdered,
    PublicNoticeStarted,
)
from services.certificates.card_events import (
    CertificateActionDismissed,
    CertificateActionProposed,
    CertificateCancellationRevoked,
    CertificateCancelled,
    CertificateExpired,
    CertificateExpiryApproaching,
    CertificateFrozen,
    CertificateIssued,
    CertificateRecorded,
    CertificateRegraded,
    CertificateReissued,
    CertificateRenewed,
    CertificateReplaced,
    CertificateReportedLost,
    CertificateTransferredIn,
    CertificateTransferredOut,
    CertificateUnfrozen,
    HolderTold,
    ReviewClosed,
    ReviewOpened,
)
from services.certificates.outreach_events import (
    LeadSource,
    OutreachAnswer,
    OutreachAnswered,
    OutreachClosed,
    OutreachEnd,
    OutreachLeadNoted,
    OutreachMoved,
    OutreachWay,
)
from services.certificates.person_events import (
    ContactChosen,
    GuardianNamed,
    IdentityCorrected,
    IdentityCorrectionReverted,
    PersonDeathCorrected,
    PersonDeathReported,
    PersonDetailsCorrected,
    PersonDied,
    PersonMoved,
    PersonRegistered,
    PhoneConfirmed,
)
from services.certificates.round_events import (
    HomeRoundCancelled,
    HomeRoundClosed,
    HomeRoundMoved,
    HomeRoundPlanned,
)
from services.certificates.terms import (
    Applicant,
    ApplicationChannel,
    AssessmentSetting,
    CancellationReason,
    Category,
    Constituent,
    ContactChoice,
    Detail,
    DisputeLevel,
    ExpiryWindow,
    FreezeReason,
    InformationTopic,
    Language,
    PhoneOwner,
    ProposalSource,
    ProposedAction,
    ReplacementReason,
    ReviewKind,
    TellingWay,
)
from services.kernel.events import message

__all__ = (
    "Applicant",
    "ApplicationChannel",
    "AssessmentCompleted",
    "AssessmentDisputed",
    "AssessmentOrdered",
    "AssessmentSetting",
    "CancellationReason",
    "Category",
    "CertificateActionDismissed",
    "CertificateActionProposed",
    "CertificateApplicationAccepted",
    "CertificateApplicationForwarded",
    "CertificateApplicationRefused",
    "CertificateApplicationReturned",
    "CertificateApplicationSubmitted",
    "CertificateApplicationWithdrawn",
    "CertificateCancellationRevoked",
    "CertificateCancelled",
    "CertificateExpired",
    "CertificateExpiryApproaching",
    "CertificateFrozen",
    "CertificateIssued",
    "CertificateRecorded",
    "CertificateRegraded",
    "CertificateReissued",
    "CertificateRenewed",
    "CertificateReplaced",
    "CertificateReportedLost",
    "CertificateState",
    "CertificateTransferredIn",
    "CertificateTransferredOut",
    "CertificateUnfrozen",
    "Constituent",
    "ContactChoice",
    "ContactChosen",
    "Detail",
    "DisputeDecided",
    "DisputeLevel",
    "ExpiryWindow",
    "FreezeReason",
    "GuardianNamed",
    "HolderTold",
    "HomeAssessmentMissed",
    "HomeAssessmentOverdue",
    "HomeAssessmentScheduled",
    "HomeRoundCancelled",
    "HomeRoundClosed",
    "HomeRoundMoved",
    "HomeRoundPlanned",
    "IdentityCorrected",
    "IdentityCorrectionReverted",
    "InformationTopic",
    "Language",
    "LeadSource",
    "NoticeGiven",
    "ObjectionAnswered",
    "ObjectionRaised",
    "OutreachAnswer",
    "OutreachAnswered",
    "OutreachClosed",
    "OutreachEnd",
    "OutreachLeadNoted",
    "OutreachMoved",
    "OutreachWay",
    "PersonDeathCorrected",
    "PersonDeathReported",
    "PersonDetailsCorrected",
    "PersonDied",
    "PersonIndexState",
    "PersonMoved",
    "PersonRegistered",
    "PhoneConfirmed",
    "PhoneOwner",
    "ProposalSource",
    "ProposedAction",
    "PublicNoticeClosed",
    "PublicNoticeOrdered",
    "PublicNoticeStarted",
    "ReplacementReason",
    "ReviewClosed",
    "ReviewKind",
    "ReviewOpened",
    "TellingWay",
)


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


@message
class PersonIndexState:
    """Blind index → person; key = the index (the first 128 bits of HMAC-SHA-256 over the normalised citizen id, as a UUID)."""

    STATE_TOPIC: ClassVar[str] = "certificates.person_index.state.v1"
    person_id: UUID
    key_id: str
