"""What moves a notice: commands of machines, and those of its office, each with the scope it asks for and whose it is. Values only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from services.notifications.notice.events import NoticeQueued
from services.notifications.policy.load import COORDINATOR
from services.notifications.vocabulary import Answered, Channel, ReturnReason, SuppressionReason, WorkOutcome


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
class OfOffice:
    """What the office that was told may do, and no other. `AGENCIES`: which agencies' offices; None = whichever was told."""

    SCOPE: ClassVar[str] = "inbox.answer"
    AGENCIES: ClassVar[frozenset[str] | None] = None


@dataclass(frozen=True, slots=True)
class OfCommittee(OfOffice):
    """What the office of the working committee alone may do beside."""

    AGENCIES: ClassVar[frozenset[str] | None] = frozenset({COORDINATOR})


@dataclass(frozen=True, slots=True)
class Acknowledge(OfOffice):
    """签收: an official of the office took note, by this channel."""

    SCOPE: ClassVar[str] = "inbox.acknowledge"

    channel: Channel


@dataclass(frozen=True, slots=True)
class Accept(OfOffice):
    """受理; `by_on` is the office's own date, None = as long as the row allows."""

    by_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reject(OfOffice):
    """退回."""

    reason: ReturnReason


@dataclass(frozen=True, slots=True)
class ReportActed(OfOffice):
    """办结反馈: what was done, and when."""

    outcome: WorkOutcome
    acted_on: date


@dataclass(frozen=True, slots=True)
class AssignLead(OfCommittee):
    """The working committee's office names the unit that leads, inside its own division."""

    agency: str
    division: str


@dataclass(frozen=True, slots=True)
class Answer(OfCommittee):
    """The working committee's office says how the matter ended."""

    answer: Answered


ByOffice = Acknowledge | Accept | Reject | ReportActed | AssignLead | Answer
ByMachine = Queue | MarkSent | MarkDelivered | MarkFailed | Suppress | Verify | NoteActed | Remind | Escalate
Command = ByOffice | ByMachine
