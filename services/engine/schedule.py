"""Timed work: due rows → commands. No timers, no crontab; several schedulers may run, each subject is claimed by one.

A row is settled by the event that its command causes (the projection moves or removes it). A row whose command is refused or fails, or
which is still there afterwards, is set aside in quarantine under the consumer `scheduler`, visible and retryable, and stops nothing else.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid5

import asyncpg
import structlog

from services.engine.loop import looped
from services.engine.retry import code_of, passes
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.due import DueRow
from services.kernel.errors import Conflict
from services.kernel.events import SHANGHAI, Context
from services.kernel.execute import Order

log = structlog.get_logger()
PAUSE, GLANCE = 0.2, 0.02  # seconds from look to look, and from one question to the clock to the next
_DUE = """SELECT subject, kind, due_on, division, cause_id, correlation_id FROM views.due d
WHERE due_on <= $1 AND split_part(kind, '/', 1) = ANY($2::text[]) AND NOT EXISTS (SELECT FROM quarantine q WHERE q.consumer = 'scheduler'
    AND q.topic = d.kind AND q.key = d.subject::text AND q.closed_at IS NULL)"""
# Rows are not locked: whoever appends locks its rows afterwards, and would wait for us while we wait for its stream (DECISIONS D48).
# OFFSET 0 keeps this order of work: sort, ask for one lock after the other, stop at the LIMIT.
CLAIM = f"""SELECT subject FROM ({_DUE} ORDER BY due_on, subject OFFSET 0) AS waiting
WHERE pg_try_advisory_xact_lock(hashtext('due'), hashtext(subject::text)) LIMIT $3"""  # noqa: S608
# Read again under the locks: another scheduler may have settled a row, and let go of it, since the claim's snapshot.
_CLAIMED = f"{_DUE} AND subject = ANY($3::uuid[]) ORDER BY due_on, subject"


async def run(runtime: Runtime) -> None:
    """Turn due rows into commands until cancelled."""

    async def look() -> int:
        try:
            done = await run_due(runtime)
        except Conflict:  # somebody else was faster at one of the rows
            done = 0
        if not done:
            await _rest(runtime)
        return done

    await looped("scheduler", look, 0, bell=runtime.bell, pulse=runtime.pulse)


async def _rest(runtime: Runtime) -> None:
    """Until the next look; no longer than to the turn of the day, which makes most of what there is due, and wakes all loops."""
    day, clock = today(runtime.clock), asyncio.get_running_loop().time
    end = clock() + PAUSE
    while clock() < end:
        await asyncio.sleep(GLANCE)
        if today(runtime.clock) != day:
            runtime.bell.ring()
            runtime.outward.ring()
            break


async def run_due(runtime: Runtime, limit: int = 200) -> int:
    """Handle up to `limit` rows that are due today, in one transaction; how many there were. Raises `ClockInDoubt`."""
    now, kinds = runtime.clock(), [duty.kind for duty in runtime.service.duties]
    if not kinds:
        return 0
    async with runtime.pool.acquire() as conn:
        try:
            return await _claimed(runtime, conn, now, limit, kinds)
        except Exception as error:
            if passes(error):
                raise
            log.warning("due_rows_refused", error=type(error).__name__)
        return await _claimed(runtime, conn, now, 1, kinds, set_aside=True)


async def _claimed(
    runtime: Runtime, conn: asyncpg.Connection, now: datetime, limit: int, kinds: list[str], set_aside: bool = False
) -> int:
    """Execute the commands of the rows claimed; with `set_aside` a refusal of the (one) row is recorded instead of raised."""
    day = now.astimezone(SHANGHAI).date()
    async with conn.transaction():
        claimed = [row["subject"] for row in await conn.fetch(CLAIM, day, kinds, limit)]
        if not claimed:
            return 0
        rows = [DueRow(**row) for row in await conn.fetch(_CLAIMED, day, kinds, claimed)][:limit]
        reason = "not_settled"
        try:
            async with conn.transaction():
                await runtime.executor.execute_many(conn, [_order(runtime, row, now) for row in rows])
        except Exception as error:
            if not set_aside or passes(error):
                raise
            reason = code_of(error)
            log.exception("due_row_refused", reason=reason)
        await set_aside_unmoved(conn, rows, reason)
        return len(rows)


def _order(runtime: Runtime, row: DueRow, now: datetime) -> Order:
    duty = next(duty for duty in runtime.service.duties if duty.kind == row.kind.partition("/")[0])
    context = Context(
        actor=f"machine:{runtime.service.name}.scheduler",
        now=now,
        seed=uuid5(row.cause_id, f"due/{row.kind}/{row.due_on}"),
        correlation_id=row.correlation_id,
        causation_id=row.cause_id,
    )
    return Order(duty.decider, row.subject, duty.command(row, context.today), context)


async def set_aside_unmoved(conn: asyncpg.Connection, rows: Sequence[DueRow], reason: str) -> None:
    """Set aside those that still stand as they were claimed; a row that another writer settled meanwhile needs nobody."""
    found = await conn.fetch(
        """INSERT INTO quarantine (consumer, reference, topic, key, reason, parked, headers)
           SELECT 'scheduler', concat_ws('/', kind, subject, due_on, cause_id), kind, subject::text, $5, false, '{}'
           FROM views.due JOIN unnest($1::uuid[], $2::text[], $3::date[], $4::uuid[]) AS u(subject, kind, due_on, cause_id)
               USING (subject, kind, due_on, cause_id)
           ON CONFLICT (consumer, reference) DO UPDATE SET closed_at = NULL, closed_as = NULL, at = now() RETURNING topic, key""",
        [row.subject for row in rows],
        [row.kind for row in rows],
        [row.due_on for row in rows],
        [row.cause_id for row in rows],
        reason,
    )
    for row in found:
        log.error("due_row_set_aside", kind=row["topic"], subject=row["key"], reason=reason)
