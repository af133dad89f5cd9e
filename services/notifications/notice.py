"""A notice to one office, until somebody there takes note or the next office is told: stream = notice id."""

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.notifications.events import (
    Channel,
    NoticeAcknowledged,
    NoticeDelivered,
    NoticeEscalated,
    NoticeFailed,
    NoticeQueued,
    NoticeSent,
    NoticeSuppressed,
    SuppressionReason,
)
from services.notifications.policy import NoticePolicy


@dataclass(frozen=True, slots=True)
class Absent:
    """Never queued."""


@dataclass(frozen=True, slots=True)
class Queued:
    """To be told, or told; `sent` are the channels that took it. `escalated` = the next office was told as well."""

    notice: NoticeQueued
    sent: frozenset[Channel] = frozenset()
    failed: frozenset[Channel] = frozenset()
    delivered: frozenset[Channel] = frozenset()
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """Acknowledged, or withdrawn."""

    division: str
    acknowledged: bool


State = Absent | Queued | Done


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
class Acknowledge:
    """An official of the office took note, at this door."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Escalate:
    """The scheduler: the time to acknowledge has passed (machine)."""


Command = Queue | MarkSent | MarkDelivered | MarkFailed | Suppress | Acknowledge | Escalate
Event = NoticeQueued | NoticeSent | NoticeDelivered | NoticeFailed | NoticeSuppressed | NoticeAcknowledged | NoticeEscalated


def notice_id(cause_id: UUID, route: str, agency: str, division: str, stage: int) -> UUID:
    """The stream of a notice: the same cause, row, office and stage is the same notice, however often it is told."""
    return stream_id("notice", cause_id, route, agency, division, stage)


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Event]:
    """What the command causes; machine commands answer repeats with nothing. Raises `Rejected`, `NotFound`."""
    match state, command:
        case Absent(), Queue(notice):
            return [notice]
        case _, Queue():
            return []
        case Absent(), _:
            raise NotFound("notice_unknown")
        case Queued(sent=sent), MarkSent(channel, attempt):
            return [] if channel in sent else [NoticeSent(channel=channel, attempt=attempt)]
        case Queued(delivered=delivered), MarkDelivered(channel, attempt):
            return [] if channel in delivered else [NoticeDelivered(channel=channel, attempt=attempt)]
        case Queued(failed=failed), MarkFailed(channel, reason):
            return [] if channel in failed else [NoticeFailed(channel=channel, reason=reason)]
        case Queued(), Suppress(reason):
            return [NoticeSuppressed(reason=reason, suppressed_on=context.today)]
        case Queued(), Escalate():
            return _escalated(state, context)
        case Queued(notice=notice), Acknowledge(channel):
            if context.actor.split(":")[0] != notice.agency:
                raise Rejected("not_your_notice", "another agency was told")
            return [NoticeAcknowledged(channel=channel, acknowledged_on=context.today)]
        case Done(acknowledged=False), Acknowledge():
            raise Rejected("notice_withdrawn", "it is no longer true")
        case Done(), _:
            return []
    raise AssertionError(command)


def _escalated(state: Queued, context: Context) -> list[Event]:
    notice = state.notice
    if state.escalated or not notice.chain:
        return []
    agency, _, to_division = notice.chain[0].partition(":")
    stage = notice.stage + 1
    return [
        NoticeEscalated(
            to_agency=agency,
            to_division=to_division,
            next_notice_id=notice_id(notice.cause_id, notice.route, agency, to_division, stage),
            escalated_on=context.today,
            stage=stage,
        )
    ]


def evolve(state: State, happened: Event) -> State:
    """The notice after the event."""
    match happened:
        case NoticeQueued():
            return Queued(happened)
        case NoticeSent(channel=channel):
            return replace(state, sent=state.sent | {channel}) if isinstance(state, Queued) else state
        case NoticeDelivered(channel=channel):
            return replace(state, delivered=state.delivered | {channel}) if isinstance(state, Queued) else state
        case NoticeFailed(channel=channel):
            return replace(state, failed=state.failed | {channel}) if isinstance(state, Queued) else state
        case NoticeEscalated():
            return replace(state, escalated=True) if isinstance(state, Queued) else state
        case NoticeAcknowledged():
            return Done(division(state), True)
        case NoticeSuppressed():
            return Done(division(state), False)
        case _:
            assert_never(happened)


def division(state: State) -> str:
    """The office's division."""
    match state:
        case Queued(notice=notice):
            return notice.division
        case Done(division=of):
            return of
    return ""


NOTICE: Decider[State, Command, NoticePolicy] = Decider("notice", Absent(), decide, evolve, division)
