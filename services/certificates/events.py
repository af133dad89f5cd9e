"""What the certificate register says to the world: persons (as pseudonyms), applications, assessments, certificates.

The stream of a person event is the person id; the stream of every other event is the certificate id, which the application opens.
Dates are calendar days in Asia/Shanghai. Division codes follow the statistical system (domain reference, section 6).
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.kernel.events import event, message


class Category(StrEnum):
    """残疾类别, GB/T 26341-2010; the digit of the certificate number is in the comment."""

    UNKNOWN = "UNKNOWN"
    VISUAL = "VISUAL"  # 1 视力
    HEARING = "HEARING"  # 2 听力
    SPEECH = "SPEECH"  # 3 言语
    PHYSICAL = "PHYSICAL"  # 4 肢体
    INTELLECTUAL = "INTELLECTUAL"  # 5 智力
    MENTAL = "MENTAL"  # 6 精神
    MULTIPLE = "MULTIPLE"  # 7 多重


class ApplicationChannel(StrEnum):
    """Where an application came in."""

    UNKNOWN = "UNKNOWN"
    WINDOW = "WINDOW"
    VILLAGE = "VILLAGE"
    ONLINE = "ONLINE"


class ExpiryWindow(StrEnum):
    """The two windows of the reminder duty (joint opinion, part 4): six months (含) and one month (含) before the last valid day."""

    UNKNOWN = "UNKNOWN"
    SIX_MONTHS = "SIX_MONTHS"
    ONE_MONTH = "ONE_MONTH"


class CancellationReason(StrEnum):
    """Why a certificate ended (办法 arts 23, 24)."""

    UNKNOWN = "UNKNOWN"
    DEATH = "DEATH"
    RECOVERED = "RECOVERED"
    VOLUNTARY = "VOLUNTARY"
    NOT_TRANSFERRED = "NOT_TRANSFERRED"


@event
class PersonRegistered:
    """A person has a pseudonym. Identity stays in the audited person table; only what rules need travels."""

    birth_month: str  # "1980-01"
    division: str  # village (12 digits) of residence


@event
class CertificateApplicationSubmitted:
    """申请 (办法 art. 9)."""

    person_id: UUID
    division: str  # village of the hukou
    channel: ApplicationChannel
    applied_on: date


@event
class CertificateApplicationAccepted:
    """受理 by the county federation."""

    accepted_on: date


@event
class CertificateApplicationReturned:
    """补正: sent back for correction; the applicant may submit again."""

    returned_on: date
    missing: str  # code of what is missing, e.g. "guardian_papers"


@event
class CertificateApplicationRefused:
    """不予办理, or not meeting the standard."""

    refused_on: date
    reason: str  # code, e.g. "standard_not_met"


@event
class AssessmentOrdered:
    """Referred to a designated institution (办法 art. 6)."""

    institution: str  # code
    ordered_on: date


@event
class AssessmentCompleted:
    """评定: the designated institution's conclusion; recorded, never computed. Category and grade only when the standard is met."""

    completed_on: date
    meets_standard: bool
    category: Category | None
    grade: int | None  # 1 (most severe) to 4


@event
class PublicNoticeStarted:
    """公示 in the village, at least five working days (办法 art. 9)."""

    starts_on: date
    ends_on: date  # the last day of the notice


@event
class PublicNoticeClosed:
    """公示 taken down."""

    closed_on: date
    objections: int


@event
class CertificateIssued:
    """发证 (办法 arts 7, 19)."""

    person_id: UUID
    category: Category
    grade: int
    valid_from: date
    valid_to: date  # the last valid day


@event
class CertificateExpiryApproaching:
    """The certificate came inside a reminder window; one per validity period and window."""

    person_id: UUID
    valid_to: date
    window: ExpiryWindow


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


@message
class PersonIndexState:
    """Blind index → person; key = the index (the first 128 bits of HMAC-SHA-256 over the normalised citizen id, as a UUID)."""

    STATE_TOPIC: ClassVar[str] = "certificates.person_index.state.v1"
    person_id: UUID
    key_id: str
