"""The states of an application and of the certificate that comes of it. Values only; what leads to what stands in `decider.py`.

"Valid" and "expired" are functions of a day, "frozen" and "lost" are facts beside them: a card may be several of these at once.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.certificates import vocabulary


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register knows of a person when an application comes in, looked up in the same transaction.

    `applying`: another application is open; `holds_until`: the last valid day of a certificate that was not cancelled;
    `cancelled`: reason and day of each cancelled certificate; `dead`: a clerk confirmed the death.
    """

    applying: bool = False
    holds_until: date | None = None
    cancelled: tuple[tuple[vocabulary.CancellationReason, date], ...] = ()
    minor: bool = False
    guardian: bool = False
    dead: bool = False


NOTHING_KNOWN = Standing()


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round of home assessment, looked up under the lock on its row, when somebody is put into it.

    `open`: neither cancelled nor closed; `free`: seats that nobody has.
    """

    round_id: UUID
    division: str
    on: date
    institution: str
    open: bool
    free: int


@dataclass(frozen=True, slots=True)
class File:
    """Whose certificate it is, where it belongs, and the day of its last step (no later step may be dated before it)."""

    person_id: UUID
    division: str
    channel: vocabulary.ApplicationChannel
    last_on: date
    applicant: vocabulary.Applicant = vocabulary.Applicant.SELF
    accepting_county: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Category and grade as the institution concluded them; of a multiple disability its constituents."""

    category: vocabulary.Category
    grade: int
    constituents: tuple[vocabulary.Constituent, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """Who assesses, where, until when; for a home assessment the round it is in and its day, and whether being late was told."""

    institution: str
    setting: vocabulary.AssessmentSetting = vocabulary.AssessmentSetting.INSTITUTION
    due_on: date | None = None
    round_id: UUID | None = None
    overdue: bool = False
    visit_on: date | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """No application."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Waits for acceptance; the township may have looked it through."""

    file: File
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """Waits for the applicant."""

    file: File


@dataclass(frozen=True, slots=True)
class Accepted:
    """Waits to be referred."""

    file: File


@dataclass(frozen=True, slots=True)
class InAssessment:
    """With the institution."""

    file: File
    order: Order


@dataclass(frozen=True, slots=True)
class Assessed:
    """Meets the standard; waits for the public notice."""

    file: File
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class NotMet:
    """Does not meet the standard; can only be refused."""

    file: File


@dataclass(frozen=True, slots=True)
class NoticeOrdered:
    """The notice was made and lies in the village."""

    file: File
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class InNotice:
    """On public notice up to and including `ends_on`; objections that came in and are not answered; whether one was upheld."""

    file: File
    conclusion: Conclusion
    ends_on: date
    objections: frozenset[UUID] = frozenset()
    upheld: bool = False


@dataclass(frozen=True, slots=True)
class NoticeClosed:
    """The notice was taken down and nothing stands against it; waits for the review and the issue."""

    file: File
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class Contested:
    """The notice drew objections: answer them, assess again, publicise again, or refuse. `unnamed`: how many
    the village only counted."""

    file: File
    conclusion: Conclusion
    objections: frozenset[UUID] = frozenset()
    upheld: bool = False
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """Ended without a certificate. Of a conclusion that did not meet the standard: the next level that may be asked, since when."""

    file: File
    level: vocabulary.DisputeLevel | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Disputed:
    """The refusal is disputed; the level decides."""

    file: File
    level: vocabulary.DisputeLevel


@dataclass(frozen=True, slots=True)
class Review:
    """The holder is assessed again: ordered, then concluded (`not_met`: the standard is no longer met)."""

    kind: vocabulary.ReviewKind
    order: Order | None = None
    conclusion: Conclusion | None = None
    not_met: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed and why; nothing has happened yet."""

    action: vocabulary.ProposedAction
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """The data on the card and what was told about this validity period: windows and numbers of reminders, the day of the first
    reminder, the day on which a second one is owed, whether the end was told."""

    conclusion: Conclusion
    valid_from: date
    valid_to: date
    suffix: int = 0
    noted: frozenset[tuple[vocabulary.ExpiryWindow, int]] = frozenset()
    told_on: date | None = None
    again_on: date | None = None
    expired: bool = False
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Valid:
    """Issued and not cancelled; facts beside it. `level`, `concluded_on`: who may be asked next about the conclusion, since when."""

    file: File
    card: Card
    lost_on: date | None = None
    frozen: vocabulary.FreezeReason | None = None
    arriving: bool = False
    proposal: Proposal | None = None
    told: frozenset[vocabulary.ProposedAction] = frozenset()
    review: Review | None = None
    level: vocabulary.DisputeLevel | None = vocabulary.DisputeLevel.PREFECTURE
    concluded_on: date | None = None
    disputed: vocabulary.DisputeLevel | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Cancelled; the card as it was, should the cancellation be revoked."""

    file: File
    was: Valid
    reason: vocabulary.CancellationReason


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Taken back by the applicant."""

    file: File


Open = Applied | Returned | Accepted | InAssessment | Assessed | NotMet | NoticeOrdered | InNotice | NoticeClosed | Contested
State = Absent | Open | Refused | Disputed | Withdrawn | Valid | Ended
Concluded = Assessed | NoticeOrdered | InNotice | NoticeClosed | Contested
