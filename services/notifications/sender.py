"""The sender: due effects → doors. The only thing that tells anybody anything; a fold or a rebuild never does.

An effect row is made by the database when `NoticeQueued` is stored (migration 0001). The reason is looked at again before sending:
a notice that was withdrawn in between is not told. Both doors of today end inside our own database and outbox, so telling,
`NoticeSent` and the effect's state commit together, and no effect is told twice.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter

from services.kernel.clock import today
from services.kernel.deliver import TRANSIENT
from services.kernel.events import Recorded
from services.kernel.execute import Order
from services.kernel.project import turned
from services.kernel.service import Runtime
from services.kernel.store import Outgoing
from services.notifications.chains import steps
from services.notifications.events import AgencyNotice, Channel, NoticeQueued, NoticeSent, SuppressionReason
from services.notifications.notice import NOTICE, MarkSent, Queued, Suppress
from services.notifications.policy import NoticePolicy

log = structlog.get_logger()
SETTLED = Counter("shouwang_effects_total", "effects by what became of them", ["state"])
IDLE = 0.02
_CLAIM = """SELECT notice_id FROM effect WHERE state = 'due' AND due_at <= now()
    ORDER BY due_at, notice_id LIMIT $1 FOR UPDATE SKIP LOCKED"""
_SETTLE = """UPDATE effect e SET state = u.state, attempt = attempt + 1, reason = u.reason, settled_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(notice_id, state, reason) WHERE e.notice_id = u.notice_id AND e.state = 'due'
    RETURNING e.state"""


async def run(runtime: Runtime) -> None:
    """Send what is due until cancelled."""
    while True:
        try:
            if await send_due(runtime) == 0:
                await asyncio.sleep(IDLE)
        except TRANSIENT as error:
            log.warning("sender_interrupted", error=type(error).__name__)
            await asyncio.sleep(0.5)


async def send_due(runtime: Runtime, limit: int = 300) -> int:
    """Send up to `limit` due effects in one transaction; how many were claimed. A batch that fails is sent one by one."""
    try:
        async with runtime.pool.acquire() as conn, conn.transaction():
            if ids := await _claimed(conn, limit):
                await _tell(runtime, conn, ids)
            return len(ids)
    except TRANSIENT:
        raise
    except Exception as error:
        log.exception("batch_not_sent", error=type(error).__name__)
    return await _send_one(runtime)


async def _send_one(runtime: Runtime) -> int:
    """The oldest due effect by itself. Who cannot be sent is settled by its id: by then another may be the oldest."""
    async with runtime.pool.acquire() as conn:
        ids = list[UUID]()
        try:
            async with conn.transaction():
                if ids := await _claimed(conn, 1):
                    await _tell(runtime, conn, ids)
        except TRANSIENT:
            raise
        except Exception as error:
            if not ids:
                raise
            await _give_up(conn, ids, type(error).__name__)
        return len(ids)


async def _claimed(conn: asyncpg.Connection, limit: int) -> list[UUID]:
    return [r["notice_id"] for r in await conn.fetch(_CLAIM, limit)]


async def _tell(runtime: Runtime, conn: asyncpg.Connection, ids: Sequence[UUID]) -> None:
    """Tell what the claimed effects are about, and settle them, in the transaction that holds them."""
    histories = await runtime.store.read_many(conn, ids)
    states = {i: NOTICE.fold(r.event for r in histories[i]) for i in ids}
    still = {i: state.notice for i, state in states.items() if isinstance(state, Queued)}
    doors = {i: open_doors(notice, runtime.service.policy, runtime) for i, notice in still.items()}
    orders = [order for i in still for order in _orders(runtime, histories[i][0], doors[i])]
    # A notice may be withdrawn between the look above and here: only what the decider says was sent is put on the topic.
    done = await runtime.executor.execute_many(conn, orders)
    sent = {(r.stream_id, r.event.channel) for r in done if isinstance(r.event, NoticeSent)}
    told = {i for i, _ in sent}
    outgoing = [message(histories[i][0], notice) for i, notice in still.items() if (i, Channel.TOPIC) in sent]
    await runtime.store.publish_many(conn, outgoing)
    await _settle(conn, [_fate(i, i in told, bool(doors.get(i, True))) for i in ids])


def _fate(notice_id: UUID, told: bool, door: bool) -> tuple[UUID, str, str | None]:
    if told:
        return notice_id, "sent", None
    return notice_id, "suppressed", "no_longer_open" if door else "channel_off"


def open_doors(notice: NoticeQueued, policy: NoticePolicy, runtime: Runtime) -> list[Channel]:
    """The notice's channels that are not switched off today."""
    day = today(runtime.clock)
    return [c for c in notice.channels if any(r.id == c.value and r.holds(day, "") and r.value.open for r in policy.doors.rows)]


def message(first: Recorded, notice: NoticeQueued) -> Outgoing:
    """What the office's own topic carries."""
    said = AgencyNotice(
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
    return Outgoing(f"agency.{notice.agency.lower()}.{notice.division}.notices.v1", str(first.stream_id), said, first)


def _orders(runtime: Runtime, first: Recorded, doors: Sequence[Channel]) -> list[Order]:
    now = runtime.clock()
    if not doors:
        shut = Suppress(SuppressionReason.CHANNEL_OFF)
        return [Order(NOTICE, first.stream_id, shut, first.cause("notifications.sender", 99, now))]
    causes = [first.cause("notifications.sender", i, now) for i in range(len(doors))]
    return [Order(NOTICE, first.stream_id, MarkSent(door, 1), cause) for door, cause in zip(doors, causes, strict=True)]


async def _settle(conn: asyncpg.Connection, settled: Sequence[tuple[UUID, str, str | None]]) -> None:
    for row in await conn.fetch(_SETTLE, *turned(settled)):
        SETTLED.labels(row["state"]).inc()


async def _give_up(conn: asyncpg.Connection, ids: Sequence[UUID], reason: str) -> None:
    """What cannot be sent says so, and no longer stops the others; what another process has sent meanwhile stays sent."""
    await _settle(conn, [(i, "failed", reason) for i in ids])
