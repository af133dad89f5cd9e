"""The words of the register: closed lists that its events and endpoints use. Every list has UNKNOWN, for readers older than a word."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.domain.codes import Word
from services.domain.divisions import VILLAGE_PATTERN


class Category(Word):
    """残疾类别, GB/T 26341-2010; the digit of the certificate number is in the comment."""

    UNKNOWN = "UNKNOWN"
    VISUAL = "VISUAL"  # 1 视力
    HEARING = "HEARING"  # 2 听力
    SPEECH = "SPEECH"  # 3 言语
    PHYSICAL = "PHYSICAL"  # 4 肢体
    INTELLECTUAL = "INTELLECTUAL"  # 5 智力
    MENTAL = "MENTAL"  # 6 精神
    MULTIPLE = "MULTIPLE"  # 7 多重


class ApplicationChannel(Word):
    """Where an application came in."""

    UNKNOWN = "UNKNOWN"
    WINDOW = "WINDOW"
    VILLAGE = "VILLAGE"
    ONLINE = "ONLINE"
    CROSS_PROVINCE = "CROSS_PROVINCE"  # 跨省通办: accepted and publicised where the person lives


class ExpiryWindow(Word):
    """The two windows of the reminder duty (joint opinion, part 4): six months (含) and one month (含) before the last valid day."""

    UNKNOWN = "UNKNOWN"
    SIX_MONTHS = "SIX_MONTHS"
    ONE_MONTH = "ONE_MONTH"


class CancellationReason(Word):
    """Why a certificate ended (办法 arts 23, 24), or is proposed to end."""

    UNKNOWN = "UNKNOWN"
    DEATH = "DEATH"
    RECOVERED = "RECOVERED"  # no longer meets the standard
    VOLUNTARY = "VOLUNTARY"
    NOT_TRANSFERRED = "NOT_TRANSFERRED"  # the hukou moved more than a year ago, the certificate did not
    TRANSFERRED = "TRANSFERRED"  # the certificate moved to another prefecture's register
    FALSE_PAPERS = "FALSE_PAPERS"
    LONG_EXPIRED = "LONG_EXPIRED"
    NOT_ON_ROSTER = "NOT_ON_ROSTER"  # the national register no longer shows it


class FreezeReason(Word):
    """Why a certificate is frozen (冻结), or proposed to be: art. 23 for the first; the others are local practice."""

    UNKNOWN = "UNKNOWN"
    NOT_TRANSFERRED = "NOT_TRANSFERRED"  # the hukou moved more than six months ago
    EXPIRED = "EXPIRED"
    IN_DOUBT = "IN_DOUBT"
    ROSTER = "ROSTER"  # the national register shows it frozen


class Applicant(Word):
    """Who applies (办法 art. 9)."""

    UNKNOWN = "UNKNOWN"
    SELF = "SELF"
    GUARDIAN = "GUARDIAN"
    AGENT = "AGENT"


class AssessmentSetting(Word):
    """Where the designated institution assesses (办法 art. 11; joint opinion, part 5: 上门评残)."""

    UNKNOWN = "UNKNOWN"
    INSTITUTION = "INSTITUTION"
    GROUP = "GROUP"  # a session in the village
    HOME = "HOME"


class ReviewKind(Word):
    """Why an issued certificate's holder is assessed again."""

    UNKNOWN = "UNKNOWN"
    RENEWAL = "RENEWAL"  # 换领 with re-assessment
    REGRADE = "REGRADE"  # 类别、等级变更 (办法 art. 22)
    DISPUTE = "DISPUTE"  # 异议 upheld (办法 art. 25)


class ReplacementReason(Word):
    """Why a card is exchanged for one with the same number (办法 art. 21)."""

    UNKNOWN = "UNKNOWN"
    DAMAGED = "DAMAGED"
    DATA_CHANGED = "DATA_CHANGED"


class DisputeLevel(Word):
    """Who decides a dispute: the prefecture's federation, then the province's expert committee, finally (办法 art. 25)."""

    UNKNOWN = "UNKNOWN"
    PREFECTURE = "PREFECTURE"
    PROVINCE = "PROVINCE"


class ProposedAction(Word):
    """What a machine, a list or a clerk proposes and a clerk decides: 拟冻结, 拟注销."""

    UNKNOWN = "UNKNOWN"
    FREEZE = "FREEZE"
    CANCEL = "CANCEL"


class ProposalSource(Word):
    """Where a proposal comes from."""

    UNKNOWN = "UNKNOWN"
    CLERK = "CLERK"
    ROSTER = "ROSTER"
    DEATH_LEAD = "DEATH_LEAD"
    TIMER = "TIMER"


class TellingWay(Word):
    """How a person or guardian was told."""

    UNKNOWN = "UNKNOWN"
    IN_PERSON = "IN_PERSON"
    PHONE = "PHONE"
    LETTER = "LETTER"
    GUARDIAN = "GUARDIAN"


class Language(Word):
    """In which language something was explained."""

    UNKNOWN = "UNKNOWN"
    MANDARIN = "MANDARIN"
    TIBETAN = "TIBETAN"
    LISU = "LISU"
    NAXI = "NAXI"
    SIGN = "SIGN"
    OTHER = "OTHER"


class InformationTopic(Word):
    """What was explained (joint opinion, part 5; 个人信息保护法 art. 17)."""

    UNKNOWN = "UNKNOWN"
    APPLICATION = "APPLICATION"
    DATA_USE = "DATA_USE"
    CONCLUSION = "CONCLUSION"
    RENEWAL = "RENEWAL"


class ContactChoice(Word):
    """How a person wants to be reached, as he said himself."""

    UNKNOWN = "UNKNOWN"
    TEXT = "TEXT"
    VOICE = "VOICE"
    GUARDIAN = "GUARDIAN"
    VISIT = "VISIT"  # by nobody's phone: somebody comes


class ContactWay(Word):
    """What a message on a phone is."""

    UNKNOWN = "UNKNOWN"
    TEXT = "TEXT"
    VOICE = "VOICE"
    ANY = "ANY"


class PhoneOwner(Word):
    """Whose phone it is."""

    UNKNOWN = "UNKNOWN"
    HOLDER = "HOLDER"
    GUARDIAN = "GUARDIAN"


class Detail(Word):
    """What of a person was corrected beside the citizen id; the values stand in the person table and its history only."""

    UNKNOWN = "UNKNOWN"
    NAME = "NAME"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"


Grade = Annotated[int, Field(strict=True, ge=1, le=4)]  # 1 is the most severe


@dataclass(frozen=True, slots=True, kw_only=True)
class Constituent:
    """One disability of a multiple one (办法 art. 13: the grade of the whole is that of the most severe)."""

    category: Category
    grade: Grade


Division = Annotated[str, Field(pattern=VILLAGE_PATTERN)]
