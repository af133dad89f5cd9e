"""What notices say of themselves: queued, sent, acknowledged, escalated. The stream is the notice id.

An office is an agency code and a division: prefecture (4 digits), county (6), township (9), village (12).
"""

from datetime import date
from uuid import UUID

from services.kernel.events import event, message
from services.notifications.subscriber_events import (
    SubscriberRegistered,
    SubscriptionChanged,
    SubscriptionDisabled,
    SubscriptionPaused,
    SubscriptionResumed,
    SubscriptionRewound,
)
from services.notifications.terms import Channel, DisablingReason, NoticeSeverity, SuppressionReason

__all__ = [
    "AgencyNotice",
    "Channel",
    "DisablingReason",
    "NoticeAcknowledged",
    "NoticeDelivered",
    "NoticeEscalated",
    "NoticeFailed",
    "NoticeQueued",
    "NoticeSent",
    "NoticeSeverity",
    "NoticeSuppressed",
    "SubscriberRegistered",
    "SubscriptionChanged",
    "SubscriptionDisabled",
    "SubscriptionPaused",
    "SubscriptionResumed",
    "SubscriptionRewound",
    "SuppressionReason",
]


@event
class NoticeQueued:
    """An office must be told."""

    route: str  # id of the routing row
    cause_type: str  # short name of the first cause, e.g. "RiskDetected"
    cause_id: UUID  # its event id; the same for every notice and escalation that follows from it
    subject_id: UUID  # what it is about: certificate, case, discrepancy …
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


@event
class NoticeEscalated:
    """Nobody acknowledged in time: the next office is told."""

    to_agency: str
    to_division: str
    next_notice_id: UUID
    escalated_on: date
    stage: int  # of the next notice


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
