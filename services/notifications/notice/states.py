"""The states a notice goes through and the commands that move it. Values only; `notice` and `answering` decide."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kernel.events import stream_id
from services.notifications.notice.events import (
    LeadAssigned,
    NoticeAccepted,
    NoticeAcknowledged,
    NoticeActedOn,
    NoticeAnswered,
    NoticeDelivered,
    NoticeEscalated,
    NoticeFailed,
    NoticeQueued,
    NoticeRejected,
    NoticeReminded,
    NoticeSent,
    NoticeSuppressed,
    NoticeVerified,
)
from services.notifications.vocabulary import Answered, Channel, ReturnReason, SuppressionReason, WorkOutcome


class Ending(StrEnum):
    """How a notice ended."""

    NOTED = "NOTED"  # taking note was all that was asked
    SENT_BACK = "SENT_BACK"
    VERIFIED = "VERIFIED"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Absent:
    """Never queued."""


@dataclass(frozen=True, slots=True)
class Queued:
    """To be told, or told; `sent` are the channels that took it. `escalated` = the next office was told as well."""

    notice: NoticeQueued
    reminders: tuple[date, ...]
    sent: frozenset[Channel] = frozenset()
    failed: frozenset[Channel] = frozenset()
    delivered: frozenset[Channel] = frozenset()
    escalated: bool = False
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The office took note, and more is asked."""

    notice: NoticeQueued
    reminders: tuple[date, ...]
    escalated: bool = False
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The office took it on and acts `by`; or the working committee's office gave the lead to another."""

    notice: NoticeQueued
    reminders: tuple[date, ...]
    by_on: date
    escalated: bool = False
    reminded: int = 0
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """The office reported what it did; nobody waits for it, a later event may verify it."""

    notice: NoticeQueued
    outcome: WorkOutcome


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing moves it any more."""

    notice: NoticeQueued
    how: Ending


Waiting = Queued | Acknowledged | Accepted
Known = Waiting | Acted | Ended
State = Absent | Known


@dataclass(frozen=True, slots=True)
class Queue:
    """Tell an office (machine)."""

    notice: NoticeQueued


@dataclass(frozen=True, slots=True)
class MarkSent:
    """The sender: a channel took it (machine)."""

    channel: Channel
    attempt: int


@dataclass(frozen=True, slots=True)
class MarkDelivered:
    """The sender: it arrived (machine)."""

    channel: Channel
    attempt: int


@dataclass(frozen=True, slots=True)
class MarkFailed:
    """The sender: a channel refused it for good (machine)."""

    channel: Channel
    reason: str


@dataclass(frozen=True, slots=True)
class Suppress:
    """It need not be told any more, or cannot be (machine)."""

    reason: SuppressionReason


@dataclass(frozen=True, slots=True)
class Verify:
    """A later event of the subject shows that it is done (machine); `resolution` is the policy row that says so."""

    by_type: str
    by_id: UUID
    resolution: str


@dataclass(frozen=True, slots=True)
class NoteActed:
    """The office reported elsewhere that it did what was asked (machine): its word, which another event has to verify."""

    acted_on: date


@dataclass(frozen=True, slots=True)
class Remind:
    """The scheduler: the day of a reminder has come (machine)."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """The scheduler: a clock has run out (machine)."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """An official of the office took note, at this door."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Accept:
    """受理; `by_on` is the office's own date, None = as long as the row allows."""

    by_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """退回."""

    reason: ReturnReason


@dataclass(frozen=True, slots=True)
class ReportActed:
    """办结反馈: what was done, and when."""

    outcome: WorkOutcome
    acted_on: date


@dataclass(frozen=True, slots=True)
class AssignLead:
    """The working committee's office names the unit that leads, inside its own division."""

    agency: str
    division: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The working committee's office says how the matter ended."""

    answer: Answered


ByOffice = Acknowledge | Accept | Reject | ReportActed | AssignLead | Answer
ByMachine = Queue | MarkSent | MarkDelivered | MarkFailed | Suppress | Verify | NoteActed | Remind | Escalate
Command = ByOffice | ByMachine
Event = (
    NoticeQueued
    | NoticeSent
    | NoticeDelivered
    | NoticeFailed
    | NoticeSuppressed
    | NoticeAcknowledged
    | NoticeEscalated
    | NoticeAccepted
    | NoticeRejected
    | NoticeActedOn
    | NoticeVerified
    | NoticeReminded
    | LeadAssigned
    | NoticeAnswered
)


def notice_id(cause_id: UUID, route: str, agency: str, division: str, stage: int, *why: str) -> UUID:
    """The stream of a notice: the same cause, row, office and stage is the same notice, however often it is told.

    `why` sets apart what is not the next step of a chain: something sent back, or a lead.
    """
    return stream_id("notice", cause_id, route, agency, division, stage, *why)
