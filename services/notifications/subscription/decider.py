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
from services.notifications.subscription.events import (
    SubscriberRegistered,
    SubscriptionChanged,
    SubscriptionDisabled,
    SubscriptionPaused,
    SubscriptionResumed,
    SubscriptionRewound,
)
from services.notifications.vocabulary import Channel, DisablingReason, NoticeSeverity

INSIDE = frozenset({Channel.UNKNOWN, Channel.TOPIC, Channel.INBOX, Channel.VOICE})  # nor is an office ever called by a machine


class SubscriptionState(StrEnum):
    """Whether a subscription is served."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told: causing events (empty = all), from which severity on, one by one or as a digest, of subjects in which
    divisions (prefixes inside the office's own; empty = all that the office is told)."""

    event_types: tuple[str, ...] = ()
    least_severity: NoticeSeverity = NoticeSeverity.LOW
    digest: bool = False
    divisions: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Register:
    """The office shall be able to subscribe."""

    agency: str
    division: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A new subscription."""

    subscription_id: UUID
    channel: Channel
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Change:
    """From now on this is wanted."""

    subscription_id: UUID
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing for now."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where it stopped; also after it was disabled."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class Rewind:
    """Tell again everything from `to_seq` on. `first` and `last` are the log's ends as the door saw them."""

    subscription_id: UUID
    to_seq: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Touch:
    """The office's own business with a subscription that is no event: a new secret, a test. Decides only who may."""

    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class Disable:
    """The delivery engine: the address has ended or failed for days (machine)."""

    subscription_id: UUID
    reason: DisablingReason


@dataclass(frozen=True, slots=True)
class Operated:
    """An operator asks, on behalf of whichever office."""

    command: "Asked"


Asked = Register | Subscribe | Change | Pause | Resume | Rewind | Touch
Command = Asked | Disable | Operated
Event = (
    SubscriberRegistered
    | SubscriptionChanged
    | SubscriptionPaused
    | SubscriptionResumed
    | SubscriptionRewound
    | SubscriptionDisabled
)


def subscriber_id(agency: str, division: str) -> UUID:
    """The stream of an office: the same office is the same subscriber, however often it registers."""
    return stream_id("subscriber", agency, division)


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Event]:
    """What the command causes; a repeat causes nothing. Raises `Rejected`, `NotFound`, `Forbidden`."""
    match command:
        case Operated(asked):
            return _decided(state, asked, policy)
        case Disable(subscription_id, reason):
            if not isinstance(state, Registered):
                raise NotFound("subscriber_unknown")
            return _disabled(state, subscription_id, reason, context)
        case Register(agency, division):
            _own_office(agency, division, context)
        case _ if isinstance(state, Registered):
            _own_office(state.agency, state.division, context)
    return _decided(state, command, policy)


def _own_office(agency: str, division: str, context: Context) -> None:
    if Actor.parse(context.actor).office != f"{agency}:{division}":
        raise Forbidden("not_your_office", "只能办理本单位的订阅")


def _decided(state: State, command: Asked, policy: NoticePolicy) -> list[Event]:
    match state, command:
        case Absent(), Register(agency, division):
            return [SubscriberRegistered(agency=agency, division=division)]
        case Registered(), Register():
            return []
        case Registered(subscriptions=known), Subscribe(subscription_id, channel, wanted):
            _only_drop(state, channel, subscription_id)
            return [] if subscription_id in known else [_wants(state, subscription_id, channel, wanted, policy)]
        case Registered(), Change(subscription_id, wanted):
            now = _subscription(state, subscription_id)
            wanted = served(now.channel, wanted)
            return [] if now.wanted == wanted else [_wants(state, subscription_id, now.channel, wanted, policy)]
        case Registered(), Pause(subscription_id):
            return _paused(_subscription(state, subscription_id), subscription_id)
        case Registered(), Resume(subscription_id):
            active = _subscription(state, subscription_id).state == SubscriptionState.ACTIVE
            return [] if active else [SubscriptionResumed(subscription_id=subscription_id)]
        case Registered(), Rewind():
            return _rewound(_subscription(state, command.subscription_id), command)
        case Registered(), Touch(subscription_id):
            _subscription(state, subscription_id)
            return []
    raise NotFound("subscriber_unknown")


def _subscription(state: Registered, subscription_id: UUID) -> Subscription:
    if subscription_id not in state.subscriptions:
        raise NotFound("subscription_unknown")
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


def _disabled(state: Registered, subscription_id: UUID, reason: DisablingReason, context: Context) -> list[Event]:
    was = _subscription(state, subscription_id)
    ended = SubscriptionDisabled(
        subscription_id=subscription_id, agency=state.agency, channel=was.channel, reason=reason, disabled_on=context.today
    )
    return [] if was.state == SubscriptionState.DISABLED else [ended]


def evolve(state: State, happened: Event) -> State:
    """The subscriber after the event."""
    match happened:
        case SubscriberRegistered(agency=agency, division=division):
            return Registered(agency, division)
        case SubscriptionChanged():
            wanted = Wanted(happened.event_types, happened.least_severity, happened.digest, happened.divisions)
            return _with(state, happened.subscription_id, Subscription(happened.channel, wanted), wanted=wanted)
        case SubscriptionPaused(subscription_id=of):
            return _with(state, of, state=SubscriptionState.PAUSED)
        case SubscriptionResumed(subscription_id=of):
            return _with(state, of, state=SubscriptionState.ACTIVE)
        case SubscriptionDisabled(subscription_id=of):
            return _with(state, of, state=SubscriptionState.DISABLED)
        case SubscriptionRewound(subscription_id=of, generation=generation):
            return _with(state, of, generation=generation)
        case _:
            assert_never(happened)


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
