"""What nobody reads any more is deleted after some days, by the scheduler role, a small batch at a time.

Deleted is only what can neither tell anybody again nor change what is compared, reported or rebuilt when it is gone; each `Stale` says
why. DECISIONS D49 names what stays: the consumers' `inbox`, deliveries, payment rows. Ages are by the database's clock; while that one and
the process's do not agree, nothing is deleted.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import Counter

from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.errors import ClockInDoubt

DELETED = Counter("shouwang_stale_rows_deleted_total", "rows deleted because nobody reads them any more", ["service", "table"])
BATCH, BETWEEN, PAUSE = 1000, 0.1, 600.0  # rows of a transaction; seconds from batch to batch, and until the next look


@dataclass(frozen=True, slots=True)
class Stale:
    """Rows of a table that nobody reads any more. `delete` takes how many days they are kept and how many rows may go at once."""

    table: str
    days: Callable[[Runtime], int]
    delete: str


# A request that comes again after so long is a new one; the answers may hold what a caller was allowed to see then.
ANSWERS = Stale(
    "idempotency",
    lambda runtime: runtime.settings.answers_kept_days,
    """DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency WHERE at < now() - make_interval(days => $1) ORDER BY at LIMIT $2))""",
)


async def run(runtime: Runtime) -> None:
    """Delete what is old, look again after a while; until cancelled."""

    async def look() -> int:
        gone = await delete_some(runtime)
        if gone:
            await asyncio.sleep(BETWEEN)
        return gone

    await looped("retention", look, PAUSE, again=PAUSE, fault=PAUSE, pulse=runtime.pulse)


async def delete_some(runtime: Runtime, at_once: int = BATCH) -> int:
    """Delete up to `at_once` rows of each table, each in a transaction of its own; how many went. Raises `ClockInDoubt`."""
    runtime.clock()
    return sum([await _delete(runtime, stale, at_once) for stale in (ANSWERS, *runtime.service.stale)])


async def _delete(runtime: Runtime, stale: Stale, at_once: int) -> int:
    async with runtime.pool.acquire() as conn, conn.transaction():
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtext('retention'))"):
            return 0  # another scheduler is at it
        if abs(runtime.clock.unset() - await conn.fetchval("SELECT now()")) > runtime.clock.tolerance:
            raise ClockInDoubt("database_disagrees")  # seen here first: what is deleted too early is gone
        tag: str = await conn.execute(stale.delete, stale.days(runtime), at_once)
    gone = int(tag.rpartition(" ")[2])
    DELETED.labels(runtime.service.name, stale.table).inc(gone)
    return gone
