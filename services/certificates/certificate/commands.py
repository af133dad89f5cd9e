"""What can be asked of an application or certificate: each command with who asks for it, under which scope, through which endpoint.

Values only: `application/decide.py`, `card/decide.py` and `card/mirror.py` decide, `who_may.py` checks the office. The endpoints take most of
them as request bodies, so fields carry their bounds; a `Code` is one word, so that nobody writes about a person.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.certificates import vocabulary
from services.certificates.certificate.states import NOTHING_KNOWN, RoundFacts, Standing
from services.certificates.certificate.who_may import asked_by
from services.certificates.offices import (
    COUNTY_FEDERATION,
    HEALTH_BUREAU,
    NEARBY,
    PREFECTURE_FEDERATION,
    ROUNDS,
    TOWNSHIP_OFFICES,
    VILLAGE_COMMITTEE,
)
from services.certificates.vocabulary import Division
from services.domain.codes import Code


@asked_by(*NEARBY, scope="certificates.apply")
class Apply:
    """申请 (办法 art. 9); `division` is the village of the hukou. `despite`: why a clerk takes it inside a bar."""

    person_id: UUID
    division: str
    channel: vocabulary.ApplicationChannel
    standing: Standing = NOTHING_KNOWN
    applicant: vocabulary.Applicant = vocabulary.Applicant.SELF
    accepting_county: str | None = None
    despite: str | None = None


@asked_by(*TOWNSHIP_OFFICES, scope="certificates.forward", path="forward", in_batches=True)
class Forward:
    """初审: the township looked it through."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="accept", in_batches=True)
class Accept:
    """受理."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="return")
class Return:
    """补正: send back; `missing` is a code."""

    missing: Code


@asked_by(*NEARBY, scope="certificates.apply", path="resubmit")
class Resubmit:
    """Hand in again after a return."""


@asked_by(*NEARBY, scope="certificates.apply", path="withdraw")
class Withdraw:
    """撤回: the applicant no longer wants it."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="refuse")
class Refuse:
    """不予办理; `reason` is a code."""

    reason: Code


@asked_by(*NEARBY, HEALTH_BUREAU, scope="certificates.apply", path="notice-given")
class GiveNotice:
    """告知: say what was explained, in which language and how."""

    topic: vocabulary.InformationTopic
    language: vocabulary.Language = vocabulary.Language.MANDARIN
    way: vocabulary.TellingWay = vocabulary.TellingWay.IN_PERSON


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="order-assessment")
class OrderAssessment:
    """Refer to a designated institution (办法 art. 6), there, in a session of the village, or at home (art. 11)."""

    institution: Code
    setting: vocabulary.AssessmentSetting = vocabulary.AssessmentSetting.INSTITUTION


@asked_by(*ROUNDS, scope="certificates.schedule")
class ScheduleVisit:
    """上门评残: put the request into a round, or, when it is in it, follow it to another day."""

    round: RoundFacts


@asked_by(*ROUNDS, scope="certificates.schedule", path="missed-visit")
class NoteMissed:
    """The round could not assess; `reason` is a code."""

    reason: Code


@asked_by(scope="certificates.assess", path="assessment", institution=True)
class CompleteAssessment:
    """评定: the institution's conclusion; category and grade (1 to 4) exactly when the standard is met."""

    meets_standard: bool
    category: vocabulary.Category | None = None
    grade: vocabulary.Grade | None = None
    constituents: Annotated[tuple[vocabulary.Constituent, ...], Field(max_length=6)] = ()


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="public-notice", in_batches=True)
class OrderNotice:
    """Make the public notice and give it to the village."""


@asked_by(VILLAGE_COMMITTEE, scope="certificates.post", path="public-notice/post", in_batches=True, elsewhere=(COUNTY_FEDERATION,))
class StartNotice:
    """公示, 张贴: the notice hangs in the village from today on."""


@asked_by(VILLAGE_COMMITTEE, scope="certificates.post", path="public-notice/close", in_batches=True, elsewhere=(COUNTY_FEDERATION,))
class CloseNotice:
    """撤下: take the notice down; `objections` the village was told of."""

    objections: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0


@asked_by(*NEARBY, scope="certificates.apply")
class RaiseObjection:
    """Somebody objects; what he said stands in the confidential table under this id."""

    objection_id: UUID


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class AnswerObjection:
    """The county's answer."""

    objection_id: UUID
    upheld: bool


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class Issue:
    """发证; `guardian`: whether the person has one."""

    guardian: bool = False


@asked_by(*NEARBY, scope="certificates.apply", path="dispute")
class Dispute:
    """异议 (办法 art. 25): the person does not accept the conclusion."""


@asked_by(PREFECTURE_FEDERATION, scope="certificates.judge", path="dispute/decide")
class DecideDispute:
    """The decision on a dispute; upheld: the person is assessed again."""

    upheld: bool


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="renew", in_batches=True)
class Renew:
    """换领 (办法 art. 19)."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="review")
class OpenReview:
    """Have the holder assessed again, for a renewal or a change of category or grade (办法 arts 19, 22)."""

    kind: vocabulary.ReviewKind


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="review/close")
class CloseReview:
    """The new conclusion is the old one: the card stays as it is."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class Regrade:
    """变更 (办法 art. 22): a new card after the new conclusion."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="replace")
class Replace:
    """A new card with the same number (办法 art. 21)."""

    reason: vocabulary.ReplacementReason


@asked_by(*NEARBY, scope="certificates.apply", path="lost")
class ReportLost:
    """挂失 (办法 art. 20)."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class Reissue:
    """补办: a new card, its number with the next suffix B1, B2… (办法 art. 20)."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class TransferOut:
    """迁出: the holder's hukou moved to another village of the prefecture (办法 art. 23)."""

    to_division: Division


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="transfer-in", in_batches=True)
class TransferIn:
    """迁入: take over what another county transferred."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="propose", machine=True)
class Propose:
    """拟冻结, 拟注销: propose; `reason` is a FreezeReason or CancellationReason. From a clerk, a list, a lead or a timer."""

    action: vocabulary.ProposedAction
    reason: Code
    source: vocabulary.ProposalSource = vocabulary.ProposalSource.CLERK


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="dismiss")
class Dismiss:
    """The proposal was wrong; `reason` is a code."""

    reason: Code


@asked_by(*NEARBY, scope="certificates.apply", path="holder-told")
class TellHolder:
    """The holder or guardian was told what is about to happen."""

    action: vocabulary.ProposedAction
    way: vocabulary.TellingWay


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="freeze")
class Freeze:
    """冻结, with evidence (a code), after the holder was told."""

    reason: vocabulary.FreezeReason
    evidence: Code


@asked_by(COUNTY_FEDERATION, scope="certificates.decide", path="unfreeze")
class Unfreeze:
    """解冻."""


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class Cancel:
    """注销 (办法 arts 23, 24), with evidence (a code); the holder is told first, except on death or when he asked for it."""

    reason: vocabulary.CancellationReason
    evidence: Code = "declaration"


@asked_by(COUNTY_FEDERATION, scope="certificates.decide")
class RevokeCancellation:
    """The cancellation was wrong: number, dates and reminders hold again."""

    evidence: Code


@asked_by(machine=True)
class NoteExpiryApproaching:
    """From a due row: the certificate is inside a reminder window; `reminder` 2 is the second of the window."""

    window: vocabulary.ExpiryWindow
    reminder: int = 1


@asked_by(machine=True)
class NoteExpired:
    """From a due row: the last valid day has passed."""


@asked_by(machine=True)
class NoteHomeOverdue:
    """From a due row: a home assessment was not done in time."""


@asked_by(COUNTY_FEDERATION)
class Record:
    """What the national register's roster of day `as_of` says of this card. Frozen and cancelled there are proposals here."""

    person_id: UUID
    division: str
    category: vocabulary.Category
    grade: int
    valid_from: date
    valid_to: date
    as_of: date
    constituents: tuple[vocabulary.Constituent, ...] = ()
    frozen: bool = False
    cancelled: vocabulary.CancellationReason | None = None
    lost: bool = False


@asked_by(COUNTY_FEDERATION)
class Missing:
    """The complete roster of day `as_of` of the card's county does not show this card."""

    as_of: date


# One line for each command; the chapter says in which life it is decided. mypy names the arm that a new one lacks.
Application = (
    Forward
    | Accept
    | Return
    | Resubmit
    | Withdraw
    | Refuse
    | OrderNotice
    | StartNotice
    | CloseNotice
    | RaiseObjection
    | AnswerObjection
    | Issue
)
Assessment = OrderAssessment | ScheduleVisit | NoteMissed | CompleteAssessment | Dispute | DecideDispute
Card = (
    Renew
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
)
Due = NoteExpiryApproaching | NoteExpired | NoteHomeOverdue
Roster = Record | Missing
ByPeople = GiveNotice | Application | Assessment | Card | RevokeCancellation
Command = Apply | ByPeople | Due | Roster
