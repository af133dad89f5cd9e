"""Timed work: due rows → commands. No timers, no crontab; several schedulers may run, each row is claimed by one.

A row is settled by the event that its command causes (the projection moves or removes it). A row whose command is refused, or which
is still there afterwards, is set aside in quarantine under the consumer `scheduler`, visible and retryable, and stops nothing else.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import uuid5

import asyncpg
import structlog

from services.kernel.clock import today
from services.kernel.errors import AlreadyRecorded, Conflict, ShouwangError
from services.kernel.events import Context
from services.kernel.execute import Order
from services.kernel.service import DueRow, Runtime

log = structlog.get_logger()
PAUSE = 0.2
_CLAIM = """
SELECT subject, kind, due_on, division, cause_id, correlation_id FROM views.due d
WHERE due_on <= $1 AND split_part(kind, '/', 1) = ANY($3::text[]) AND NOT EXISTS (SELECT FROM quarantine q WHERE q.consumer = 'scheduler'
    AND q.topic = d.kind AND q.key = d.subject::text AND q.closed_at IS NULL)
ORDER BY due_on, subject LIMIT $2 FOR UPDATE OF d SKIP LOCKED"""


async def run(runtime: Runtime) -> None:
    """Turn due rows into commands until cancelled."""
    while True:
        try:
            while await run_due(runtime):
                pass
        except (OSError, Conflict, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("scheduler_interrupted", error=type(error).__name__)
            await asyncio.sleep(1)
        await asyncio.sleep(PAUSE)


async def run_due(runtime: Runtime, limit: int = 200) -> int:
    """Handle up to `limit` rows that are due today, in one transaction; how many there were."""
    day, kinds = today(runtime.clock), [duty.kind for duty in runtime.service.duties]
    if not kinds:
        return 0
    async with runtime.pool.acquire() as conn:
        try:
            return await _claimed(runtime, conn, day, limit, kinds)
        except (ShouwangError, AlreadyRecorded) as error:
            if isinstance(error, Conflict):
                raise
        return await _claimed(runtime, conn, day, 1, kinds, set_aside=True)


async def _claimed(
    runtime: Runtime, conn: asyncpg.Connection, day: date, limit: int, kinds: list[str], set_aside: bool = False
) -> int:
    """Execute the commands of the rows claimed; with `set_aside` a refusal of the (one) row is recorded instead of raised."""
    async with conn.transaction():
        rows = [DueRow(*r) for r in await conn.fetch(_CLAIM, day, limit, kinds)]
        try:
            async with conn.transaction():
                await runtime.executor.execute_many(conn, [_order(runtime, row) for row in rows])
        except Conflict:
            raise
        except (ShouwangError, AlreadyRecorded) as error:
            if not set_aside:
                raise
            await _set_aside(conn, rows[0], error.code if isinstance(error, ShouwangError) else "already_recorded")
            return len(rows)
        await _set_aside_unmoved(conn, rows)
        return len(rows)


def _order(runtime: Runtime, row: DueRow) -> Order:
    duty = next(d for d in runtime.service.duties if d.kind == row.kind.partition("/")[0])
    actor, seed = f"machine:{runtime.service.name}.scheduler", uuid5(row.cause_id, f"due/{row.kind}/{row.due_on}")
    context = Context(actor, runtime.clock(), seed, row.correlation_id, row.cause_id)
    return Order(duty.decider, row.subject, duty.command(row, context.today), context)


async def _set_aside_unmoved(conn: asyncpg.Connection, rows: Sequence[DueRow]) -> None:
    found = await conn.fetch(
        """SELECT d.subject, d.kind FROM views.due d JOIN unnest($1::uuid[], $2::text[], $3::date[]) AS u(subject, kind, due_on)
           USING (subject, kind, due_on)""",
        [r.subject for r in rows], [r.kind for r in rows], [r.due_on for r in rows],
    )  # fmt: skip
    still = set(map(tuple, found))
    for row in rows:
        if (row.subject, row.kind) in still:
            await _set_aside(conn, row, "not_settled")


async def _set_aside(conn: asyncpg.Connection, row: DueRow, reason: str) -> None:
    log.error("due_row_set_aside", kind=row.kind, subject=str(row.subject), reason=reason)
    await conn.execute(
        """INSERT INTO quarantine (consumer, reference, topic, key, reason, parked, headers)
           VALUES ('scheduler', $1, $2, $3, $4, false, '{}') ON CONFLICT (consumer, reference)
           DO UPDATE SET closed_at = NULL, closed_as = NULL, at = now()""",
        f"{row.kind}/{row.subject}/{row.due_on}/{row.cause_id}", row.kind, str(row.subject), reason,
    )  # fmt: skip
