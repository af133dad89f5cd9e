"""What the register says from application to public notice, and of every assessment: stream = certificate id."""

from datetime import date
from uuid import UUID

from services.certificates.vocabulary import (
    Applicant,
    ApplicationChannel,
    AssessmentSetting,
    Category,
    Constituent,
    DisputeLevel,
    InformationTopic,
    Language,
    TellingWay,
)
from services.kernel.events import event


@event
class CertificateApplicationSubmitted:
    """申请 (办法 art. 9)."""

    person_id: UUID
    division: str  # village of the hukou
    channel: ApplicationChannel
    applied_on: date
    applicant: Applicant = Applicant.SELF
    accepting_county: str | None = None  # six digits, when another county accepts and publicises (跨省通办)
    despite: str | None = None  # code: why a clerk took the application inside a bar


@event
class CertificateApplicationForwarded:
    """初审: the township looked it through and passed it on."""

    forwarded_on: date


@event
class CertificateApplicationWithdrawn:
    """撤回: the applicant no longer wants it."""

    withdrawn_on: date


@event
class NoticeGiven:
    """告知: something was explained to the person or guardian."""

    topic: InformationTopic
    language: Language
    way: TellingWay
    given_on: date


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

    person_id: UUID
    institution: str  # code
    ordered_on: date
    setting: AssessmentSetting = AssessmentSetting.INSTITUTION
    due_on: date | None = None


@event
class HomeAssessmentScheduled:
    """上门评残: in a round of the village, on a day."""

    round_id: UUID
    on: date


@event
class HomeAssessmentMissed:
    """The round came and could not assess; the request stays open."""

    round_id: UUID
    missed_on: date
    reason: str  # code, e.g. "absent"


@event
class HomeAssessmentOverdue:
    """The day until which a home assessment was to be done has passed."""

    person_id: UUID
    due_on: date


@event
class AssessmentCompleted:
    """评定: the designated institution's conclusion; recorded, never computed. Category and grade only when the standard is met."""

    completed_on: date
    meets_standard: bool
    category: Category | None
    grade: int | None  # 1 (most severe) to 4
    constituents: tuple[Constituent, ...] = ()  # of a multiple disability


@event
class PublicNoticeOrdered:
    """The county made the notice and gave it to the village."""

    ordered_on: date


@event
class PublicNoticeStarted:
    """公示 in the village (张贴), at least five working days (办法 art. 9)."""

    starts_on: date
    ends_on: date  # the last day of the notice


@event
class PublicNoticeClosed:
    """公示 taken down."""

    closed_on: date
    objections: int


@event
class ObjectionRaised:
    """Somebody objected; who and why stands in the register's confidential table."""

    objection_id: UUID
    raised_on: date


@event
class ObjectionAnswered:
    """The county answered an objection; upheld: the applicant is assessed again or refused."""

    objection_id: UUID
    upheld: bool
    answered_on: date


@event
class AssessmentDisputed:
    """异议 (办法 art. 25): the person does not accept the conclusion."""

    level: DisputeLevel
    disputed_on: date


@event
class DisputeDecided:
    """The prefecture's or, finally, the province's decision; upheld: the person is assessed again."""

    level: DisputeLevel
    upheld: bool
    final: bool
    decided_on: date


# Of an application alone, and of an assessment, which a holder may have again.
ApplicationEvent = (
    CertificateApplicationSubmitted
    | CertificateApplicationForwarded
    | CertificateApplicationWithdrawn
    | NoticeGiven
    | CertificateApplicationAccepted
    | CertificateApplicationReturned
    | CertificateApplicationRefused
    | PublicNoticeOrdered
    | PublicNoticeStarted
    | PublicNoticeClosed
    | ObjectionRaised
    | ObjectionAnswered
)
AssessmentEvent = (
    AssessmentOrdered
    | HomeAssessmentScheduled
    | HomeAssessmentMissed
    | HomeAssessmentOverdue
    | AssessmentCompleted
    | AssessmentDisputed
    | DisputeDecided
)
