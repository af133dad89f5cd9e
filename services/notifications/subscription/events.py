"""What offices that are told outside say of themselves: registered, subscribed, paused, rewound, disabled. Stream: the subscriber id.

Addresses and secrets are in none of them; they stand in an audited side table (`addresses.py`).
"""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.notifications.vocabulary import Channel, DisablingReason, NoticeSeverity


@event
class SubscriberRegistered:
    """An office may have subscriptions."""

    agency: str
    division: str


@event
class SubscriptionChanged:
    """A subscription was made, or now wants this."""

    subscription_id: UUID
    agency: str  # the office's
    channel: Channel
    event_types: tuple[str, ...]  # short names of causing events, e.g. "RiskDetected"; empty = all
    least_severity: NoticeSeverity
    digest: bool  # what is due together goes out as one letter, at the hour of the policy
    divisions: tuple[str, ...] = ()  # of the subjects: the office's own division or ones inside it; empty = wherever they are


@event
class SubscriptionPaused:
    """Nothing is taken or sent until it is resumed."""

    subscription_id: UUID


@event
class SubscriptionResumed:
    """Taking and sending go on where they stopped."""

    subscription_id: UUID


@event
class SubscriptionRewound:
    """Everything from this place in the order of publishing on goes out again."""

    subscription_id: UUID
    to_seq: int
    generation: int  # deliveries of another generation are other deliveries


@event
class SubscriptionDisabled:
    """Nothing is sent any more: the address has ended, or nothing arrived for days."""

    subscription_id: UUID
    agency: str  # the office's
    channel: Channel
    reason: DisablingReason
    disabled_on: date


Event = (
    SubscriberRegistered
    | SubscriptionChanged
    | SubscriptionPaused
    | SubscriptionResumed
    | SubscriptionRewound
    | SubscriptionDisabled
)
