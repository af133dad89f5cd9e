"""What the register says of its outreach (应办未办): leads, answers, endings, with their closed lists. Stream = one per person.

No event says what a disability is or might be; nothing here reaches another agency's topic.
"""

from datetime import date
from uuid import UUID

from services.domain.codes import Word
from services.kernel.events import event


class LeadSource(Word):
    """Where it comes from that somebody may be entitled to a certificate and has none."""

    UNKNOWN = "UNKNOWN"
    VISIT = "VISIT"  # 入户走访
    SELF_REPORT = "SELF_REPORT"  # the person came himself
    HOUSEHOLD = "HOUSEHOLD"  # the family said so
    JT_SCHOOL_ROLL = "JT_SCHOOL_ROLL"  # 学籍: marked disabled, without certificate (domain reference, 5.2 C4d)
    XCZX_MONITORING = "XCZX_MONITORING"  # 监测对象: 因残, without certificate (C2)
    WJ_APPRAISAL = "WJ_APPRAISAL"  # appraised, but no certificate came of it (C6)
    CL_NEEDS_SURVEY = "CL_NEEDS_SURVEY"  # 需求调查
    REGISTER = "REGISTER"  # registered, never applied
    LAPSED_CERTIFICATE = "LAPSED_CERTIFICATE"  # a card that may no longer be renewed


class OutreachAnswer(Word):
    """What the person, or who answers for him, said to whether he wants a certificate; 申领自愿 (办法 art. 3)."""

    UNKNOWN = "UNKNOWN"
    WILLING = "WILLING"
    UNWILLING = "UNWILLING"
    CANNOT_TRAVEL = "CANNOT_TRAVEL"  # wishes it, and cannot come to an assessment (art. 11)
    NOT_MET = "NOT_MET"  # nobody was found; no answer yet


class OutreachWay(Word):
    """How the person was spoken to."""

    UNKNOWN = "UNKNOWN"
    HOME_VISIT = "HOME_VISIT"
    PHONE = "PHONE"
    OFFICE = "OFFICE"
    GUARDIAN = "GUARDIAN"


class OutreachEnd(Word):
    """Why nobody needs to ask any more. `DIED` and `MOVED_AWAY` are what the village knows; the register decides those on its own."""

    UNKNOWN = "UNKNOWN"
    HAS_CERTIFICATE = "HAS_CERTIFICATE"
    DIED = "DIED"
    MOVED_AWAY = "MOVED_AWAY"
    NOT_DISABLED = "NOT_DISABLED"
    WRONG_PERSON = "WRONG_PERSON"


@event
class OutreachLeadNoted:
    """Somebody, or a list, says that a person may be entitled to a certificate: a lead, nothing more."""

    person_id: UUID
    division: str  # village (12 digits) of residence
    source: LeadSource
    noted_on: date


@event
class OutreachAnswered:
    """The person was asked, or came himself (`volunteered`); before `again_on` nobody asks again (policy row)."""

    person_id: UUID
    answer: OutreachAnswer
    way: OutreachWay
    volunteered: bool
    answered_on: date
    again_on: date | None


@event
class OutreachClosed:
    """Nobody needs to ask any more; before `again_on` a list that names the person again opens nothing."""

    person_id: UUID
    reason: OutreachEnd
    closed_on: date
    again_on: date


@event
class OutreachMoved:
    """The person lives in another village now, and what was asked and answered went with him."""

    person_id: UUID
    to_division: str
    moved_on: date


OutreachEvent = OutreachLeadNoted | OutreachAnswered | OutreachClosed | OutreachMoved
