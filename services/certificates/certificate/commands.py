"""What can be asked of an application or certificate. Values only; `applying.py` and `holding.py` decide, `duties.py` says who may.

The doors take most of them as request bodies, so fields carry their bounds; a `Code` is one word, so that nobody writes about a person.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.certificates import vocabulary
from services.certificates.certificate.states import NOTHING_KNOWN, RoundFacts, Standing
from services.certificates.vocabulary import Code, Division


@dataclass(frozen=True, slots=True)
class Apply:
    """申请 (办法 art. 9); `division` is the village of the hukou. `despite`: why a clerk takes it inside a bar."""

    person_id: UUID
    division: str
    channel: vocabulary.ApplicationChannel
    standing: Standing = NOTHING_KNOWN
    applicant: vocabulary.Applicant = vocabulary.Applicant.SELF
    accepting_county: str | None = None
    despite: str | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """初审: the township looked it through."""


@dataclass(frozen=True, slots=True)
class Accept:
    """受理."""


@dataclass(frozen=True, slots=True)
class Return:
    """补正: send back; `missing` is a code."""

    missing: Code


@dataclass(frozen=True, slots=True)
class Resubmit:
    """Hand in again after a return."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """撤回: the applicant no longer wants it."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """不予办理; `reason` is a code."""

    reason: Code


@dataclass(frozen=True, slots=True)
class GiveNotice:
    """告知: say what was explained, in which language and how."""

    topic: vocabulary.InformationTopic
    language: vocabulary.Language = vocabulary.Language.MANDARIN
    way: vocabulary.TellingWay = vocabulary.TellingWay.IN_PERSON


@dataclass(frozen=True, slots=True)
class OrderAssessment:
    """Refer to a designated institution (办法 art. 6), there, in a session of the village, or at home (art. 11)."""

    institution: Code
    setting: vocabulary.AssessmentSetting = vocabulary.AssessmentSetting.INSTITUTION


@dataclass(frozen=True, slots=True)
class ScheduleVisit:
    """上门评残: put the request into a round, or, when it is in it, follow it to another day."""

    round: RoundFacts


@dataclass(frozen=True, slots=True)
class NoteMissed:
    """The round could not assess; `reason` is a code."""

    reason: Code


@dataclass(frozen=True, slots=True)
class CompleteAssessment:
    """评定: the institution's conclusion; category and grade (1 to 4) exactly when the standard is met."""

    meets_standard: bool
    category: vocabulary.Category | None = None
    grade: int | None = None
    constituents: Annotated[tuple[vocabulary.Constituent, ...], Field(max_length=6)] = ()


@dataclass(frozen=True, slots=True)
class OrderNotice:
    """Make the public notice and give it to the village."""


@dataclass(frozen=True, slots=True)
class StartNotice:
    """公示, 张贴: the notice hangs in the village from today on."""


@dataclass(frozen=True, slots=True)
class CloseNotice:
    """撤下: take the notice down; `objections` the village was told of."""

    objections: Annotated[int, Field(ge=0, le=100_000)] = 0


@dataclass(frozen=True, slots=True)
class RaiseObjection:
    """Somebody objects; what he said stands in the confidential table under this id."""

    objection_id: UUID


@dataclass(frozen=True, slots=True)
class AnswerObjection:
    """The county's answer."""

    objection_id: UUID
    upheld: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """发证; `guardian`: whether the person has one."""

    guardian: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """异议 (办法 art. 25): the person does not accept the conclusion."""


@dataclass(frozen=True, slots=True)
class DecideDispute:
    """The decision on a dispute; upheld: the person is assessed again."""

    upheld: bool


@dataclass(frozen=True, slots=True)
class Renew:
    """换领 (办法 art. 19)."""


@dataclass(frozen=True, slots=True)
class OpenReview:
    """Have the holder assessed again, for a renewal or a change of category or grade (办法 arts 19, 22)."""

    kind: vocabulary.ReviewKind


@dataclass(frozen=True, slots=True)
class CloseReview:
    """The new conclusion is the old one: the card stays as it is."""


@dataclass(frozen=True, slots=True)
class Regrade:
    """变更 (办法 art. 22): a new card after the new conclusion."""


@dataclass(frozen=True, slots=True)
class Replace:
    """A new card with the same number (办法 art. 21)."""

    reason: vocabulary.ReplacementReason


@dataclass(frozen=True, slots=True)
class ReportLost:
    """挂失 (办法 art. 20)."""


@dataclass(frozen=True, slots=True)
class Reissue:
    """补办: a new card, its number with the next suffix B1, B2… (办法 art. 20)."""


@dataclass(frozen=True, slots=True)
class TransferOut:
    """迁出: the holder's hukou moved to another village of the prefecture (办法 art. 23)."""

    to_division: Division


@dataclass(frozen=True, slots=True)
class TransferIn:
    """迁入: take over what another county transferred."""


@dataclass(frozen=True, slots=True)
class Propose:
    """拟冻结, 拟注销: propose; `reason` is a FreezeReason or CancellationReason. From a clerk, a list, a lead or a timer."""

    action: vocabulary.ProposedAction
    reason: Code
    source: vocabulary.ProposalSource = vocabulary.ProposalSource.CLERK


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The proposal was wrong; `reason` is a code."""

    reason: Code


@dataclass(frozen=True, slots=True)
class TellHolder:
    """The holder or guardian was told what is about to happen."""

    action: vocabulary.ProposedAction
    way: vocabulary.TellingWay


@dataclass(frozen=True, slots=True)
class Freeze:
    """冻结, with evidence (a code), after the holder was told."""

    reason: vocabulary.FreezeReason
    evidence: Code


@dataclass(frozen=True, slots=True)
class Unfreeze:
    """解冻."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """注销 (办法 arts 23, 24), with evidence (a code); the holder is told first, except on death or when he asked for it."""

    reason: vocabulary.CancellationReason
    evidence: Code = "declaration"


@dataclass(frozen=True, slots=True)
class RevokeCancellation:
    """The cancellation was wrong: number, dates and reminders hold again."""

    evidence: Code


@dataclass(frozen=True, slots=True)
class NoteExpiryApproaching:
    """From a due row: the certificate is inside a reminder window; `reminder` 2 is the second of the window."""

    window: vocabulary.ExpiryWindow
    reminder: int = 1


@dataclass(frozen=True, slots=True)
class NoteExpired:
    """From a due row: the last valid day has passed."""


@dataclass(frozen=True, slots=True)
class NoteHomeOverdue:
    """From a due row: a home assessment was not done in time."""


Command = (
    Apply
    | Forward
    | Accept
    | Return
    | Resubmit
    | Withdraw
    | Refuse
    | GiveNotice
    | OrderAssessment
    | ScheduleVisit
    | NoteMissed
    | CompleteAssessment
    | OrderNotice
    | StartNotice
    | CloseNotice
    | RaiseObjection
    | AnswerObjection
    | Issue
    | Dispute
    | DecideDispute
    | Renew
    | OpenReview
    | CloseReview
    | Regrade
    | Replace
    | ReportLost
    | Reissue
    | TransferOut
    | TransferIn
    | Propose
    | Dismiss
    | TellHolder
    | Freeze
    | Unfreeze
    | Cancel
    | RevokeCancellation
    | NoteExpiryApproaching
    | NoteExpired
    | NoteHomeOverdue
)
