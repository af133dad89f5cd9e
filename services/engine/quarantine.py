"""Quarantined messages ("letters"): list, show, retry, discard. A retry takes the key's whole queue, oldest first.

When the head of a key is handled or discarded, what was parked behind it follows in order, up to the next fault.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.engine.deliver import Delivery, Fault
from services.engine.inbound.arrived import Arrived
from services.engine.inbound.aside import restored
from services.engine.inbound.batches import SKIPPED
from services.engine.inbound.extent import GONE
from services.engine.inbound.reread import reread
from services.engine.retry import code_of, passes
from services.engine.runtime import Runtime
from services.kernel.errors import ShouwangError, Unknown

_PATIENCE = 30  # seconds for a look at a topic
_LETTER = (
    'SELECT id, consumer, reference, topic, key, partition, "offset", reason, parked, size, digest, at, closed_as FROM quarantine'
)
_REOPEN = """UPDATE quarantine SET closed_at = NULL, closed_as = NULL
    WHERE id = $1 AND consumer = $2 AND reason = $3 AND closed_as LIKE 'skipped: %' RETURNING topic, partition, "offset" """
_PASSED = "SELECT next > $4 FROM progress WHERE consumer = $1 AND topic = $2 AND partition = $3"
_OLDEST = """SELECT * FROM quarantine WHERE consumer = $1 AND topic = $2 AND key = $3 AND closed_at IS NULL
    ORDER BY "offset", id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message set aside, or skipped. `reason` is a code; `parked` = waits behind another of its key. Where the value was too long to
    be kept, `size` in bytes and `digest` (SHA-256) say which it was, and topic, partition and offset where it is."""

    id: int
    consumer: str
    reference: str
    topic: str
    key: str
    partition: int | None
    offset: int | None
    reason: str
    parked: bool
    size: int | None
    digest: str | None
    at: datetime
    closed_as: str | None


async def listed(runtime: Runtime, closed: bool = False) -> list[Letter]:
    """Open letters, or all."""
    return [Letter(**row) for row in await runtime.pool.fetch(f"{_LETTER} WHERE $1 OR closed_at IS NULL ORDER BY id", closed)]


async def shown(runtime: Runtime, letter_id: int) -> Letter | None:
    """One letter, open or closed, if there is one of this number."""
    row = await runtime.pool.fetchrow(f"{_LETTER} WHERE id = $1", letter_id)
    return Letter(**row) if row else None


async def retry(runtime: Runtime, letter_id: int) -> int:
    """Handle the letter's key from its oldest open letter on; how many were handled. Stops at the first that fails again.

    A message that was skipped is handled, too, once the worker has come past it: until then the worker may still skip it.
    """
    delivery, handled = Delivery(runtime), 0
    await _reopened(runtime, delivery.consumer, letter_id)
    consumer, topic, key = await _place(runtime, letter_id)
    if consumer == "scheduler":
        return await _close(runtime, letter_id, "retried")
    while True:
        async with runtime.pool.acquire() as conn:
            if (row := await conn.fetchrow(_OLDEST, consumer, topic, key)) is None:
                return handled
            try:
                async with conn.transaction():
                    await _handle(conn, delivery, row)
            except Exception as error:
                if passes(error):
                    raise
                await conn.execute("UPDATE quarantine SET reason = $2, parked = false WHERE id = $1", row["id"], code_of(error))
                return handled
        handled += 1


async def discard(runtime: Runtime, letter_id: int, reason: str) -> int:
    """Give up on a letter, with a reason that is kept; then let those behind it follow. How many followed."""
    consumer, topic, key = await _place(runtime, letter_id)
    await _close(runtime, letter_id, f"discarded: {reason}")
    behind = await runtime.pool.fetchval(
        "SELECT min(id) FROM quarantine WHERE consumer = $1 AND topic = $2 AND key = $3 AND closed_at IS NULL", consumer, topic, key
    )
    return await retry(runtime, behind) if behind is not None and consumer != "scheduler" else 0


async def _reopened(runtime: Runtime, consumer: str, letter_id: int) -> None:
    """A skip of the worker's is a letter like any other from now on; of an office's reply it stays, since the office can send again."""
    async with runtime.pool.acquire() as conn, conn.transaction():
        row = await conn.fetchrow(_REOPEN, letter_id, consumer, SKIPPED)
        if row is not None and not await conn.fetchval(_PASSED, consumer, *row.values()):
            raise ShouwangError("not_passed_yet", f"the worker has not come past {'/'.join(map(str, row.values()))}")


async def _handle(conn: asyncpg.Connection, delivery: Delivery, row: asyncpg.Record) -> None:
    await delivery.hold(conn)
    await conn.execute("UPDATE quarantine SET closed_at = now(), closed_as = 'retried' WHERE id = $1", row["id"])
    known = restored(row)
    for arrived in [known] if known else await _again(delivery, row):
        content = await delivery.read(arrived)
        if isinstance(content, Fault):
            raise ShouwangError(content.reason)
        await delivery.handle(conn, [content])


async def _again(delivery: Delivery, row: asyncpg.Record) -> list[Arrived]:
    """What stands on the topic at the letter's place. Raises `ShouwangError` when it is there no more, TimeoutError when nobody can say."""
    first, end = row["offset"] if row["first"] is None else row["first"], row["offset"] + 1
    async with asyncio.timeout(_PATIENCE):
        places = {(row["topic"], row["partition"]): (first, end)}
        found = [arrived async for arrived in reread(delivery.runtime.settings, delivery.skips, places)]
    if not found:  # a later message of its key stands for it
        raise ShouwangError(GONE)
    return [arrived for arrived in found if delivery.follows(arrived)]


async def _place(runtime: Runtime, letter_id: int) -> tuple[str, str, str]:
    row = await runtime.pool.fetchrow("SELECT consumer, topic, key FROM quarantine WHERE id = $1 AND closed_at IS NULL", letter_id)
    if row is None:
        raise Unknown("letter_unknown", f"there is no open letter {letter_id}; `letters list` shows them")
    return row["consumer"], row["topic"], row["key"]


async def _close(runtime: Runtime, letter_id: int, how: str) -> int:
    await runtime.pool.execute("UPDATE quarantine SET closed_at = now(), closed_as = $2 WHERE id = $1", letter_id, how)
    return 1
