"""The rows of the read models: a notice with what became of it, what is over, what may settle something; a reminder. Values only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.notifications.terms import NoticeSeverity


class NoticeState(StrEnum):
    """How far a notice is. Escalation is a fact beside it (`escalated_to`): the first office may still do what is asked."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ACCEPTED = "ACCEPTED"
    ACTED = "ACTED"
    REJECTED = "REJECTED"
    VERIFIED = "VERIFIED"
    ANSWERED = "ANSWERED"
    SUPPRESSED = "SUPPRESSED"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice. `division` is the office's, `subject_division` the subject's; `cause_id` joins all that follow from one event.

    `waiting`: something is asked of the office, by `next_by`. Facts and days are as the event and the row of then said them.
    """

    notice_id: UUID
    division: str
    agency: str
    route: str
    cause_type: str
    cause_id: UUID
    subject_id: UUID
    person_id: UUID | None
    subject_division: str
    severity: NoticeSeverity
    text: str
    stage: int
    reminder: str | None
    acknowledge_by: date
    state: NoticeState
    channels: tuple[str, ...]
    sent: tuple[str, ...]
    queued_at: datetime
    acknowledged_on: date | None
    acknowledged_by: str | None
    chain: tuple[str, ...]
    escalated_to: str | None
    suppressed_for: str | None
    correlation_id: UUID
    cause_version: int
    waiting: bool
    next_by: date | None
    reminded: int
    accepted_on: date | None
    acted_on: date | None
    outcome: str | None
    rejected_for: str | None
    verified_by: str | None
    verified_on: date | None
    lead: str | None
    answer: str | None
    template: str
    facts: tuple[str, ...]
    accept_days: int
    act_days: int
    remind_days: tuple[int, ...]
    trail: tuple[str, ...]
    sender: str | None
    returned: bool
    row_since: date | None
    row_until: date | None
    row_source: str
    version: int


@dataclass(frozen=True, slots=True)
class OverRow:
    """What a subject's notices were about is over since this version of its stream: renewed, cancelled, refuted, resolved."""

    subject_id: UUID
    division: str
    over_at: int


@dataclass(frozen=True, slots=True)
class SettlingRow:
    """An event that may show that something told about its subject is done."""

    event_id: UUID
    subject_id: UUID
    division: str
    by_type: str
    facts: tuple[str, ...]
    at_version: int
    happened_on: date


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """A list that came in for `division` (a county); `refused`: the code for which it could not be used, None when it could."""

    roster_id: UUID
    division: str
    kind: str
    arrived_on: date
    refused: str | None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A comparison that was run over the lists of `division` (a county); `whole`: every list that it needs had something to compare."""

    comparison_id: UUID
    division: str
    ran_on: date
    whole: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of agencies' lists in a time: those that came in, oldest first, and the comparisons that were run."""

    arrived: tuple[ArrivalRow, ...] = ()
    compared: tuple[ComparisonRow, ...] = ()


class ReminderState(StrEnum):
    """How far a reminder is. `ARRIVED`: on the handset in the last month, where somebody must still confirm."""

    OWED = "OWED"
    ARRIVED = "ARRIVED"
    REACHED = "REACHED"
    STOPPED = "STOPPED"
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A reminder. `rung`: the one under way, or the one at which it was settled; `tried`: what others came to, each "rung:reason:on".

    `answer_by` is None on the last rung, which has until the card lapses, and when nothing is under way.
    """

    reminder_id: UUID
    certificate_id: UUID
    person_id: UUID
    division: str
    valid_to: date
    expiry_window: str
    number: int
    ladder: tuple[str, ...]
    rung: str
    answer_by: date | None
    state: ReminderState
    proof: str | None
    reached_on: date | None
    stopped_for: str | None
    opened_on: date
    tried: tuple[str, ...]
    correlation_id: UUID
    version: int
