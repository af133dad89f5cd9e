"""What notices say of themselves: queued, sent, taken note of, acted on, escalated. The stream is the notice id.

An office is an agency code and a division: prefecture (4 digits), county (6), township (9), village (12).
"""

from datetime import date
from uuid import UUID

from services.kernel.events import event, message
from services.notifications.vocabulary import (
    Answered,
    Channel,
    NoticeSeverity,
    ReturnReason,
    SuppressionReason,
    TrailStep,
    WorkOutcome,
)


@event
class NoticeAccepted:
    """受理: the office takes it on and says by when."""

    accepted_on: date
    by_on: date
    reminders: tuple[date, ...]
    escalate_on: date | None  # from when on the next office is told; None = there is none, or it was told already


@event
class NoticeRejected:
    """退回: not this office's; the sender is told, with the reason."""

    reason: ReturnReason
    rejected_on: date
    to_agency: str
    to_division: str
    next_notice_id: UUID
    stage: int  # of the notice to the sender
    trail: tuple[str, ...]  # of the notice to the sender


@event
class NoticeActedOn:
    """The office reports what it did; a report, not yet a proof."""

    outcome: WorkOutcome
    acted_on: date
    reported_on: date


@event
class NoticeVerified:
    """A later event of the subject shows that it was done; closes the loop."""

    by_type: str  # short name, e.g. "MeasureChecked"
    by_id: UUID  # its event id
    resolution: str  # id of the policy row
    verified_on: date


@event
class NoticeReminded:
    """The same office is reminded before the next one is told."""

    count: int  # which reminder of the present clock
    reminded_on: date
    again_on: date | None


@event
class LeadAssigned:
    """牵头: the working committee's office names the unit that leads; it is told by a notice of its own."""

    to_agency: str
    to_division: str
    next_notice_id: UUID
    assigned_on: date
    stage: int  # of the lead's notice
    trail: tuple[str, ...]  # of the lead's notice


@event
class NoticeAnswered:
    """The working committee's office records how the matter ended; closes the loop."""

    answer: Answered
    answered_on: date


@event
class NoticeQueued:
    """An office must be told."""

    route: str  # id of the routing row
    cause_type: str  # short name of the first cause, e.g. "RiskDetected"
    cause_id: UUID  # its event id; the same for every notice and escalation that follows from it
    subject_id: UUID  # what it is about: certificate, case, finding …
    person_id: UUID | None
    agency: str
    division: str  # the office's division
    subject_division: str
    severity: NoticeSeverity
    text: str  # plain Chinese, no personal data
    channels: tuple[Channel, ...]
    acknowledge_by: date
    stage: int  # 0 = first office; each escalation adds one
    chain: tuple[str, ...]  # offices still to be told if nobody acknowledges, each "agency:division"
    reminder: str | None  # the expiry window when the notice is a renewal reminder
    cause_version: int = 0  # of the subject's stream; a later end of the subject withdraws the notice
    template: str = ""  # "id@version" of the text
    facts: tuple[str, ...] = ()  # what the cause says, each "name=value", without what no receiver may see
    accept_days: int = 0  # working days to accept after taking note; 0 = not asked
    act_days: int = 0  # working days to act after accepting (or taking note); 0 = taking note is all
    remind_days: tuple[int, ...] = ()  # the same office is reminded so many working days after each clock began
    reminders: tuple[date, ...] = ()  # days of the reminders to take note
    trail: tuple[str, ...] = ()  # what the offices before did not do, each "agency:division:stage:what:on"
    sender: str | None = None  # "agency:division" to which a refusal goes back
    returned: bool = False  # an office of the chain refused it before
    row_since: date | None = None  # the routing row, as it was: in force from, until, and its source
    row_until: date | None = None
    row_source: str = ""


@event
class NoticeSent:
    """A channel took it."""

    channel: Channel
    attempt: int


@event
class NoticeDelivered:
    """It arrived by this channel: the receiver's own system, or its provider, said so."""

    channel: Channel
    attempt: int


@event
class NoticeFailed:
    """A channel refused it for good."""

    channel: Channel
    reason: str


@event
class NoticeSuppressed:
    """Not sent, or withdrawn, for a reason that is counted."""

    reason: SuppressionReason
    suppressed_on: date


@event
class NoticeAcknowledged:
    """An official of the office took note; the proof that it reached somebody."""

    channel: Channel
    acknowledged_on: date
    next_by: date | None = None  # by when the office is to accept, or to act; None = nothing more is asked
    reminders: tuple[date, ...] = ()
    escalate_on: date | None = None  # from when on the next office is told; None = there is none, or it was told already


@event
class NoticeEscalated:
    """Nobody acknowledged in time: the next office is told."""

    to_agency: str
    to_division: str
    next_notice_id: UUID
    escalated_on: date
    stage: int  # of the next notice
    trail: tuple[str, ...] = ()  # of the next notice


@message
class AgencyNotice:
    """What an agency's own topic carries: a pseudonym, what the task needs, and by when; the rest is behind `resolve`."""

    notice_id: UUID
    kind: str  # the causing event's short name
    subject_id: UUID
    person_id: UUID | None
    division: str  # the subject's division
    severity: NoticeSeverity
    text: str  # plain Chinese, no personal data
    acknowledge_by: date
    stage: int
    trail: tuple[TrailStep, ...] = ()  # the offices that had the matter before, the first one first


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
