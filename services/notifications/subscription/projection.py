"""The read models of subscribers: offices and their subscriptions. No address, no secret."""

from dataclasses import dataclass, replace
from typing import Any, assert_never, get_args
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.notifications import vocabulary
from services.notifications.subscription import events as subscription_events
from services.notifications.subscription.decider import SubscriptionState


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """An office that may subscribe."""

    subscriber_id: UUID
    division: str
    agency: str
    version: int


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """What an office is told by one channel, of subjects in `divisions` (empty = all). `generation` counts the rewinds."""

    subscription_id: UUID
    subscriber_id: UUID
    division: str
    agency: str
    channel: vocabulary.Channel
    event_types: tuple[str, ...]
    least_severity: vocabulary.NoticeSeverity
    digest: bool
    divisions: tuple[str, ...]
    state: SubscriptionState
    disabled_for: str | None
    generation: int


_OF_ONE = tuple(cls for cls in get_args(subscription_events.Event) if cls is not subscription_events.SubscriberRegistered)


def _subscriber(key: tuple[UUID], row: SubscriberRow | None, recorded: Recorded) -> SubscriberRow | None:
    if isinstance(recorded.event, subscription_events.SubscriberRegistered):
        return SubscriberRow(key[0], recorded.event.division, recorded.event.agency, recorded.version)
    return None if row is None else replace(row, version=recorded.version)


def _subscription(key: tuple[UUID], row: SubscriptionRow | None, recorded: Recorded) -> SubscriptionRow | None:
    event: subscription_events.Event = recorded.event
    if isinstance(event, subscription_events.SubscriptionChanged):
        wanted = {name: getattr(event, name) for name in ("event_types", "least_severity", "digest", "divisions")}
        return _fresh(key[0], event, wanted, recorded) if row is None else replace(row, **wanted)
    if row is None:
        return None
    match event:
        case subscription_events.SubscriptionPaused():
            return replace(row, state=SubscriptionState.PAUSED)
        case subscription_events.SubscriptionResumed():
            return replace(row, state=SubscriptionState.ACTIVE, disabled_for=None)
        case subscription_events.SubscriptionDisabled(reason=reason):
            return replace(row, state=SubscriptionState.DISABLED, disabled_for=reason.value)
        case subscription_events.SubscriptionRewound(generation=generation):
            return replace(row, generation=generation)
        case subscription_events.SubscriberRegistered():
            return row
        case _:
            assert_never(event)


def _fresh(
    subscription_id: UUID, event: subscription_events.SubscriptionChanged, wanted: dict[str, Any], recorded: Recorded
) -> SubscriptionRow:
    return SubscriptionRow(
        subscription_id=subscription_id,
        subscriber_id=recorded.stream_id,
        division=recorded.division,
        agency=event.agency,
        channel=event.channel,
        state=SubscriptionState.ACTIVE,
        disabled_for=None,
        generation=0,
        **wanted,
    )


SUBSCRIBERS: Projection[SubscriberRow] = Projection(
    table="subscriber",
    row=SubscriberRow,
    key=("subscriber_id",),
    keys=Projection.by_stream(get_args(subscription_events.Event)),
    evolve=_subscriber,
)
SUBSCRIPTIONS: Projection[SubscriptionRow] = Projection(
    table="subscription",
    row=SubscriptionRow,
    key=("subscription_id",),
    keys=dict.fromkeys(_OF_ONE, lambda r: ((r.event.subscription_id,),)),
    evolve=_subscription,
)
