"""The sender: due effects → the office's doors, its topic and its inbox. A fold or a rebuild tells nobody anything.

An effect row is made by the database when `NoticeQueued` is stored (migration 0001). The reason is looked at again before sending:
a notice that was withdrawn in between is not told. Both doors end inside our own database and outbox, so telling, `NoticeSent` and the
effect's state commit together, and no effect is told twice. A shut door keeps: the open one is told at once, the effect stays due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter

from services.engine.loop import looped
from services.engine.retry import passes
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.events import Recorded
from services.kernel.execute import Order
from services.kernel.projection import turned
from services.kernel.store import Outgoing
from services.notifications.notice.commands import MarkSent
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.escalation_chain import steps
from services.notifications.notice.events import AgencyNotice, NoticeQueued, NoticeSent
from services.notifications.notice.states import Queued
from services.notifications.policy.load import NoticePolicy
from services.notifications.vocabulary import Channel

log = structlog.get_logger()
SETTLED = Counter("shouwang_effects_total", "doors of notices by what became of them", ["state", "channel", "reason"])
IDLE, LONGEST_IDLE = 0.02, 0.1  # seconds
SHUT, OVER = "door_shut", "no_longer_open"
_CLAIM = """SELECT notice_id, reason FROM effect WHERE state = 'due' AND due_at <= now()
    ORDER BY due_at, notice_id LIMIT $1 FOR UPDATE SKIP LOCKED"""
# What is kept is looked at again in a minute, and stands in nobody's way until then.
_SETTLE = """UPDATE effect e SET state = u.state, reason = u.reason, attempt = attempt + (u.state <> 'due')::int,
        settled_at = CASE WHEN u.state <> 'due' THEN now() END,
        due_at = CASE WHEN u.state <> 'due' THEN e.due_at ELSE now() + interval '1 minute' END
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(notice_id, state, reason) WHERE e.notice_id = u.notice_id AND e.state = 'due'
    RETURNING e.notice_id"""
Count = tuple[str, str, str]  # state, channel, reason


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an effect, and of each of its doors that has a word to be counted."""

    notice_id: UUID
    state: str
    reason: str | None
    counts: tuple[Count, ...]


async def run(runtime: Runtime) -> None:
    """Send what is due until cancelled."""
    await looped("sender", lambda: send_due(runtime), IDLE, LONGEST_IDLE, bell=runtime.bell, pulse=runtime.pulse)


async def send_due(runtime: Runtime, limit: int = 300) -> int:
    """Send up to `limit` due effects in one transaction; how many were claimed. A batch that fails is sent one by one."""
    try:
        async with runtime.pool.acquire() as conn, conn.transaction():
            if claimed := await conn.fetch(_CLAIM, limit):
                await _tell(runtime, conn, claimed)
            return len(claimed)
    except Exception as error:
        if passes(error):
            raise
        log.exception("batch_not_sent", error=type(error).__name__)
    return await _send_one(runtime)


async def _send_one(runtime: Runtime) -> int:
    """The oldest due effect by itself. Who cannot be sent is settled by its id: by then another may be the oldest."""
    async with runtime.pool.acquire() as conn:
        claimed = list[Any]()
        try:
            async with conn.transaction():
                if claimed := await conn.fetch(_CLAIM, 1):
                    await _tell(runtime, conn, claimed)
        except Exception as error:
            if passes(error):
                raise
            if not claimed:
                raise
            await give_up(conn, [r["notice_id"] for r in claimed], type(error).__name__)
        return len(claimed)


async def _tell(runtime: Runtime, conn: asyncpg.Connection, claimed: Sequence[Any]) -> None:
    """Tell what the claimed effects are about, and settle them, in the transaction that holds them."""
    histories = await runtime.store.read_many(conn, [r["notice_id"] for r in claimed])
    ways, now = open_doors(runtime.service.policy, today(runtime.clock)), runtime.clock()
    orders = [order for past in histories.values() for order in _orders(past, ways, now)]
    # A notice may be withdrawn between the look above and here: only what the decider says was sent is put on the topic.
    done = await runtime.executor.execute_many(conn, orders)
    sent = {(r.stream_id, r.event.channel) for r in done if isinstance(r.event, NoticeSent)}
    firsts = (past[0] for past in histories.values())
    await runtime.store.publish_many(conn, [message(r, r.event) for r in firsts if (r.stream_id, Channel.TOPIC) in sent])
    await _settle(conn, [_fate(histories[r["notice_id"]], sent, ways, r["reason"]) for r in claimed])


def open_doors(policy: NoticePolicy, day: date) -> frozenset[Channel]:
    """The channels that are not switched off on that day."""
    return frozenset(Channel(row.id) for row in policy.channels.rows if row.holds(day, "") and row.value.open)


def _orders(past: Sequence[Recorded], ways: frozenset[Channel], now: datetime) -> list[Order]:
    """The open doors that have not told it yet; none when it need not be told any more."""
    first, state = past[0], NOTICE.fold(r.event for r in past)
    if not isinstance(state, Queued):
        return []
    return [
        Order(NOTICE, first.stream_id, MarkSent(door, 1), first.cause("notifications.sender", place, now))
        for place, door in enumerate(state.notice.channels)
        if door in ways - state.sent
    ]


def _fate(past: Sequence[Recorded], sent: set[tuple[UUID, Channel]], ways: frozenset[Channel], before: str | None) -> Fate:
    """Sent when every door has told it; kept while those that have not are shut; else over. What is kept is counted once."""
    first, wanted = past[0], past[0].event.channels
    now = {door for door in wanted if (first.stream_id, door) in sent}
    told = {r.event.channel for r in past if isinstance(r.event, NoticeSent)}.intersection(wanted) | now
    left = [door for door in wanted if door not in told]
    counts = [("sent", door.value, "") for door in wanted if door in now]
    if not left:
        return Fate(first.stream_id, "sent", None, tuple(counts))
    if isinstance(NOTICE.fold(r.event for r in past), Queued) and ways.isdisjoint(left):
        counts += [("held", door.value, SHUT) for door in left if before != SHUT]
        return Fate(first.stream_id, "due", SHUT, tuple(counts))
    counts += [("suppressed", door.value, OVER) for door in left]
    return Fate(first.stream_id, "sent" if told else "suppressed", OVER, tuple(counts))


def message(first: Recorded, notice: NoticeQueued) -> Outgoing:
    """What the office's own topic carries."""
    content = AgencyNotice(
        notice_id=first.stream_id,
        kind=notice.cause_type,
        subject_id=notice.subject_id,
        person_id=notice.person_id,
        division=notice.subject_division,
        severity=notice.severity,
        text=notice.text,
        acknowledge_by=notice.acknowledge_by,
        stage=notice.stage,
        trail=steps(notice.trail),
    )
    return Outgoing(f"agency.{notice.agency.lower()}.{notice.division}.notices.v1", str(first.stream_id), content, first)


async def _settle(conn: asyncpg.Connection, fates: Sequence[Fate]) -> None:
    rows = await conn.fetch(_SETTLE, *turned([(f.notice_id, f.state, f.reason) for f in fates]))
    settled = {r["notice_id"] for r in rows}
    for count in (count for fate in fates if fate.notice_id in settled for count in fate.counts):
        SETTLED.labels(*count).inc()


async def give_up(conn: asyncpg.Connection, ids: Sequence[UUID], reason: str) -> None:
    """What cannot be sent says so, and no longer stops the others; what another process has sent meanwhile stays sent."""
    await _settle(conn, [Fate(i, "failed", reason, (("failed", "", reason),)) for i in ids])
