"""What happens to a notice after it was noticed: accepted or sent back, acted on, verified, reminded of, led, answered.

Codes only: what an office wants to say beyond them it says in its own system. Re-exported by `events`; the stream is the notice id.
"""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.notifications.terms import Answered, ReturnReason, WorkOutcome


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
