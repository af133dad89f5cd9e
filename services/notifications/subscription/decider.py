"""An agency's office that is told outside of this house, with its subscriptions: stream = subscriber id.

Decides who may change what, and what a subscription wants. It knows no address and no secret (`addresses.py`), and not how far a
subscription has been read (`fanout.py`): the places of the log come with the command.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.domain.divisions import inside
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.notifications.delivery.pacing import GATHERED
from services.notifications.policy.load import NoticePolicy
from services.notifications.subscription.commands import (
    ByOffice,
    Change,
    Command,
    Disable,
    Operated,
    Pause,
    Register,
    Resume,
    Rewind,
    Subscribe,
    Touch,
    Wanted,
)
from services.notifications.subscription.events import (
    Event,
    SubscriberRegistered,
    SubscriptionChanged,
    SubscriptionDisabled,
    SubscriptionPaused,
    SubscriptionResumed,
    SubscriptionRewound,
)
from services.notifications.vocabulary import Channel

INSIDE = frozenset({Channel.UNKNOWN, Channel.TOPIC, Channel.INBOX, Channel.VOICE})  # nor is an office ever called by a machine


class SubscriptionState(StrEnum):
    """Whether a subscription is served."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One way in which the office is told."""

    channel: Channel
    wanted: Wanted
    state: SubscriptionState = SubscriptionState.ACTIVE
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Absent:
    """Never registered."""


@dataclass(frozen=True, slots=True)
class Registered:
    """An office and its subscriptions."""

    agency: str
    division: str
    subscriptions: Mapping[UUID, Subscription] = field(default_factory=dict)


State = Absent | Registered


def subscriber_id(agency: str, division: str) -> UUID:
    """The stream of an office: the same office is the same subscriber, however often it registers."""
    return stream_id("subscriber", agency, division)


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Event]:
    """What the command causes; a repeat causes nothing. Raises `Rejected`, `NotFound`, `Forbidden`."""
    match command:
        case Operated(asked):
            return _decided(state, asked, policy)
        case Disable():
            return _disabled(_registered(state), command, context)
        case Register(agency, division):
            _own_office(agency, division, context)
        case Subscribe() | Change() | Pause() | Resume() | Rewind() | Touch():
            _own_subscriber(_registered(state), context)
        case _:
            assert_never(command)
    return _decided(state, command, policy)


def _own_office(agency: str, division: str, context: Context) -> None:
    if Actor.parse(context.actor).office != f"{agency}:{division}":
        raise Forbidden("not_your_office", "只能办理本单位的订阅")


def _own_subscriber(known: Registered, context: Context) -> None:
    """Another office is refused; to who does not see it either, it is unknown."""
    me = Actor.parse(context.actor)
    if me.agency != known.agency or not inside(known.division, me.division):
        raise _unknown()
    _own_office(known.agency, known.division, context)


def _unknown() -> NotFound:
    return NotFound("subscriber_unknown", "该单位尚未登记订阅")


def _registered(state: State) -> Registered:
    if isinstance(state, Absent):
        raise _unknown()
    return state


def _decided(state: State, command: ByOffice, policy: NoticePolicy) -> list[Event]:
    if isinstance(command, Register):
        known = isinstance(state, Registered)
        return [] if known else [SubscriberRegistered(agency=command.agency, division=command.division)]
    office = _registered(state)
    if isinstance(command, Subscribe):
        _only_drop(office, command.channel, command.subscription_id)
        known = command.subscription_id in office.subscriptions
        return [] if known else [_wants(office, command.subscription_id, command.channel, command.wanted, policy)]
    subscription = _subscription(office, command.subscription_id)
    match command:
        case Change(subscription_id, asked):
            wanted = served(subscription.channel, asked)
            same = subscription.wanted == wanted
            return [] if same else [_wants(office, subscription_id, subscription.channel, wanted, policy)]
        case Pause(subscription_id):
            return _paused(subscription, subscription_id)
        case Resume(subscription_id):
            active = subscription.state == SubscriptionState.ACTIVE
            return [] if active else [SubscriptionResumed(subscription_id=subscription_id)]
        case Rewind():
            return _rewound(subscription, command)
        case Touch():
            return []
        case _:
            assert_never(command)


def _subscription(state: Registered, subscription_id: UUID) -> Subscription:
    if subscription_id not in state.subscriptions:
        raise NotFound("subscription_unknown", "没有这个订阅")
    return state.subscriptions[subscription_id]


def _only_drop(state: Registered, channel: Channel, subscription_id: UUID) -> None:
    """A second drop would put another file under the name of the first; whoever wants it otherwise changes the one there is."""
    if channel == Channel.DROP and any(s.channel == channel for of, s in state.subscriptions.items() if of != subscription_id):
        raise Rejected("drop_already_subscribed", "本单位已有文件投放订阅，请修改原订阅")


def served(channel: Channel, wanted: Wanted) -> Wanted:
    """What the channel makes of it: one that gathers has only digests."""
    return replace(wanted, digest=True) if channel in GATHERED else wanted


def _wants(state: Registered, subscription_id: UUID, channel: Channel, wanted: Wanted, policy: NoticePolicy) -> Event:
    if channel in INSIDE:
        raise Rejected("channel_not_for_subscribers", "收件箱和专用主题不需要订阅")
    routed, wanted = {row.value.on for row in policy.routes.rows}, served(channel, wanted)
    if unknown := sorted(set(wanted.event_types) - routed):
        raise Rejected("event_type_never_told", f"没有这样的通知：{'、'.join(unknown)}")
    if outside := sorted(d for d in wanted.divisions if not inside(d, state.division)):
        raise Rejected("division_outside_the_office", f"不在本单位辖区（{state.division}）内：{'、'.join(outside)}")
    return SubscriptionChanged(
        subscription_id=subscription_id,
        agency=state.agency,
        channel=channel,
        event_types=wanted.event_types,
        least_severity=wanted.least_severity,
        digest=wanted.digest,
        divisions=wanted.divisions,
    )


def _paused(subscription: Subscription, subscription_id: UUID) -> list[Event]:
    if subscription.state == SubscriptionState.DISABLED:
        raise Rejected("subscription_disabled", "订阅已停用，恢复后才能暂停")
    return [SubscriptionPaused(subscription_id=subscription_id)] if subscription.state == SubscriptionState.ACTIVE else []


def _rewound(subscription: Subscription, command: Rewind) -> list[Event]:
    if command.to_seq < command.first:
        raise Rejected("before_the_log", "起点早于第一条通知")
    if command.to_seq > command.last:
        raise Rejected("beyond_the_log", "起点晚于最后一条通知")
    generation = subscription.generation + 1
    return [SubscriptionRewound(subscription_id=command.subscription_id, to_seq=command.to_seq, generation=generation)]


def _disabled(office: Registered, command: Disable, context: Context) -> list[Event]:
    subscription = _subscription(office, command.subscription_id)
    if subscription.state == SubscriptionState.DISABLED:
        return []
    return [
        SubscriptionDisabled(
            subscription_id=command.subscription_id,
            agency=office.agency,
            channel=subscription.channel,
            reason=command.reason,
            disabled_on=context.today,
        )
    ]


def evolve(state: State, event: Event) -> State:
    """The subscriber after the event."""
    match event:
        case SubscriberRegistered(agency=agency, division=division):
            return Registered(agency, division)
        case SubscriptionChanged():
            wanted = Wanted(event.event_types, event.least_severity, event.digest, event.divisions)
            return _with(state, event.subscription_id, Subscription(event.channel, wanted), wanted=wanted)
        case SubscriptionPaused(subscription_id=of):
            return _with(state, of, state=SubscriptionState.PAUSED)
        case SubscriptionResumed(subscription_id=of):
            return _with(state, of, state=SubscriptionState.ACTIVE)
        case SubscriptionDisabled(subscription_id=of):
            return _with(state, of, state=SubscriptionState.DISABLED)
        case SubscriptionRewound(subscription_id=of, generation=generation):
            return _with(state, of, generation=generation)
        case _:
            assert_never(event)


def _with(subscriber: State, of: UUID, fresh: Subscription | None = None, **changes: object) -> State:
    """The state with one subscription changed; `fresh` is what it is when it was not there."""
    if not isinstance(subscriber, Registered):
        return subscriber
    known = subscriber.subscriptions.get(of, fresh)
    if known is None:
        return subscriber
    return replace(subscriber, subscriptions={**subscriber.subscriptions, of: replace(known, **changes)})  # type: ignore[arg-type]


def division(state: State) -> str:
    """The office's division."""
    return state.division if isinstance(state, Registered) else ""


SUBSCRIBER: Decider[State, Command, NoticePolicy] = Decider("subscriber", Absent(), decide, evolve, division)
