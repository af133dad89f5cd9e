"""A request's transaction, run again when it lost a race: another writer was faster, or the database broke up a circle of waits."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from services.kernel.errors import Conflict, ShouwangError

T = TypeVar("T")
TRIES = 6  # after an outage a scheduler does many things at one notice, one right after the other


class Busy(ShouwangError):
    """Others kept working on the same rows, and nothing was stored: the request may come again as it is. HTTP 503."""

    status = 503


async def raced(pool: asyncpg.Pool, work: Callable[[Any], Awaitable[T]], again: bool = True) -> T:
    """Run `work(conn)` in one transaction, up to six times. Raises `Conflict` (at once unless `again`) and `Busy`."""
    for left in reversed(range(TRIES)):
        try:
            async with pool.acquire() as conn, conn.transaction():
                return await work(conn)
        except Conflict:
            if not left or not again:
                raise
        except asyncpg.DeadlockDetectedError:
            if not left:
                raise Busy("busy", "同一数据正由他人办理，请稍后重新提交") from None
        await asyncio.sleep(0.32 / 2**left)
    raise AssertionError("unreachable")
