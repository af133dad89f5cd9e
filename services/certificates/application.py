"""What a certificate's life is made of: its commands and the states it passes through. Values only; `certificate.py` decides."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.certificates.events import ApplicationChannel, CancellationReason, Category, ExpiryWindow


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register knows of a person when an application comes in, looked up in the same transaction.

    `applying`: another application is open; `holds_until`: the last valid day of a certificate that was not cancelled;
    `cancelled`: reason and day of each cancelled certificate.
    """

    applying: bool = False
    holds_until: date | None = None
    cancelled: tuple[tuple[CancellationReason, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Apply:
    """申请 (办法 art. 9); `division` is the village of the hukou."""

    person_id: UUID
    division: str
    channel: ApplicationChannel
    standing: Standing = Standing()


@dataclass(frozen=True, slots=True)
class Accept:
    """受理."""


@dataclass(frozen=True, slots=True)
class Return:
    """补正: send back; `missing` is a code."""

    missing: str


@dataclass(frozen=True, slots=True)
class Resubmit:
    """Hand in again after a return."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """不予办理; `reason` is a code."""

    reason: str


@dataclass(frozen=True, slots=True)
class OrderAssessment:
    """Refer to a designated institution (办法 art. 6)."""

    institution: str


@dataclass(frozen=True, slots=True)
class CompleteAssessment:
    """评定: the institution's conclusion; category and grade (1 to 4) exactly when the standard is met."""

    meets_standard: bool
    category: Category | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class StartNotice:
    """公示: put the notice up in the village."""


@dataclass(frozen=True, slots=True)
class CloseNotice:
    """Take the notice down; `objections` received."""

    objections: int


@dataclass(frozen=True, slots=True)
class Issue:
    """发证."""


@dataclass(frozen=True, slots=True)
class Renew:
    """换领 (办法 art. 19)."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """注销 (办法 arts 23, 24)."""

    reason: CancellationReason


@dataclass(frozen=True, slots=True)
class NoteExpiryApproaching:
    """From a due row: the certificate is inside a reminder window."""

    window: ExpiryWindow


@dataclass(frozen=True, slots=True)
class NoteExpired:
    """From a due row: the last valid day has passed."""


@dataclass(frozen=True, slots=True)
class File:
    """Whose certificate it is, where it belongs, and the day of its last step (no later step may be dated before it)."""

    person_id: UUID
    division: str
    channel: ApplicationChannel
    last_on: date


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Category and grade as the institution concluded them."""

    category: Category
    grade: int


@dataclass(frozen=True, slots=True)
class Absent:
    """No application."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Waits for acceptance."""

    file: File


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
    institution: str


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
class InNotice:
    """On public notice up to and including `ends_on`."""

    file: File
    conclusion: Conclusion
    ends_on: date


@dataclass(frozen=True, slots=True)
class NoticeClosed:
    """The notice was taken down without objection; waits for the review and the issue."""

    file: File
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class Contested:
    """The notice drew objections: assess again, publicise again, or refuse."""

    file: File
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class Valid:
    """Issued and not cancelled. `noted` and `expired` say what was already told about this validity period."""

    file: File
    valid_from: date
    valid_to: date
    noted: frozenset[ExpiryWindow] = frozenset()
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Ended without a certificate."""

    file: File


@dataclass(frozen=True, slots=True)
class Ended:
    """Cancelled."""

    file: File


Open = Applied | Returned | Accepted | InAssessment | Assessed | NotMet | InNotice | NoticeClosed | Contested
State = Absent | Open | Valid | Refused | Ended
Step = (
    Accept | Return | Resubmit | Refuse | OrderAssessment | CompleteAssessment | StartNotice | CloseNotice | Issue | Renew | Cancel
)
Command = Apply | Step | NoteExpiryApproaching | NoteExpired
