"""How a process comes to its database: it waits until the server is there and the service's migrations are applied, as long as it takes.

What waiting would not mend, a wrong password or name, ends it at once with a line that says whose.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg

from services.engine.retry import Outage
from services.kernel.service import Service
from services.shell.migrate import files_of

T = TypeVar("T")
_PASSING = (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError, asyncpg.ConnectionDoesNotExistError)
_REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError, asyncpg.InsufficientPrivilegeError)
# What a process holds that stands still (a stopped container, a machine that is gone without a word) the server gives back to the others:
# locks of a transaction in which nothing happens, and sessions of which nobody answers. In seconds.
_STOOD_STILL = {
    "idle_in_transaction_session_timeout": "300s",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "6",
}
_ALL_ROWS = {"shouwang.division": "*", "shouwang.agency": "*"}


class DatabaseRefuses(Exception):
    """The server is there and does not let us in; the message names role and place, and no secret."""


async def connected(dsn: str, connect: Callable[[], Awaitable[T]]) -> T:
    """What `connect` gives once the database is there; tried until then. Raises `DatabaseRefuses`."""
    place = urlsplit(dsn)
    outage = Outage("database_not_there_yet", 0.2, role=place.username, server=f"{place.hostname}:{place.port or 5432}")
    while True:
        try:
            made = await connect()
        except _PASSING as error:
            await asyncio.sleep(outage.failed(error))
        except _REFUSED as error:
            raise DatabaseRefuses(f"the database at {place.hostname}:{place.port or 5432} refuses us: {error}") from None
        else:
            outage.over()
            return made


@asynccontextmanager
async def pools(dsn: str, size: int) -> AsyncIterator[tuple[asyncpg.Pool, asyncpg.Pool]]:
    """Two pools as the app role: one that may touch every row, one that sees nothing until told for whom it reads."""
    pool = await connected(dsn, lambda: _pool(dsn, 1, size, _ALL_ROWS, reset=_left_as_found))
    views = _pool(dsn, 0, size, {})
    try:
        yield pool, await views
    finally:
        for each in (pool, views):
            try:
                async with asyncio.timeout(5):
                    await each.close()
            except TimeoutError:
                each.terminate()


def _pool(dsn: str, least: int, most: int, setting: dict[str, str], **options: Any) -> Any:
    session = {**setting, **_STOOD_STILL, "timezone": "UTC"}
    return asyncpg.create_pool(dsn, min_size=least, max_size=most, server_settings=session, command_timeout=60, **options)


async def _left_as_found(_: Any) -> None:
    """Nothing to reset in a session that goes back to the pool: what its users set and lock ends with their transactions, and the relay
    gives its own lock back. It saves a round trip in each of the many looks of the loops."""


async def migrated(pool: asyncpg.Pool, service: Service) -> None:
    """Wait until every migration of this version is applied; more than these may be there."""
    outage = Outage("migrations_missing", 0.2, service=service.name)
    while missing := await unapplied(pool, service):  # noqa: ASYNC110 - another process applies them
        await asyncio.sleep(outage.failed(", ".join(missing)))
    outage.over()


async def unapplied(conn: Any, service: Service) -> list[str]:
    """The migrations of this version that the database does not have."""
    wanted = files_of(service.folder / "migrations")
    if not await conn.fetchval("SELECT to_regclass('migration') IS NOT NULL"):
        return list(wanted)
    known = {row["name"] for row in await conn.fetch("SELECT name FROM migration")}
    return [name for name in wanted if name not in known]
