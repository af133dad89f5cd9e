"""Rebuild a projection beside the live one, then swap. Commands wait milliseconds; a crash leaves the live table as it was.

Own events: fold a snapshot of the log, lock the live table (which waits for every command that touches it), fold what the snapshot
did not see, swap. Foreign events: fold exactly what the worker has delivered (`progress` minus `quarantine`), read ahead before the
lock and finished under the consumer's lock, which every delivery holds shared. What was not delivered yet arrives later, live.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from services.engine.deliver import Delivery, Fault
from services.engine.inbound.arrived import Partition
from services.engine.inbound.extent import ANEW
from services.engine.inbound.reread import reread
from services.engine.retry import Outage, passes
from services.engine.runtime import Runtime
from services.kernel.errors import ShouwangError
from services.kernel.events import service_of, topics_of
from services.kernel.projection import fold_into, kind_of

log = structlog.get_logger()
_SNAPSHOT = "SELECT * FROM events WHERE type = ANY($1::text[]) ORDER BY position"
_UNSEEN = """SELECT * FROM events WHERE type = ANY($1::text[]) AND NOT pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
    ORDER BY position"""

_ASIDE = "SELECT topic, reference FROM quarantine WHERE consumer = $1 AND (closed_as IS NULL OR closed_as <> 'retried')"
_ANEW = "SELECT reference FROM quarantine WHERE consumer = $1 AND topic = ANY($2::text[]) AND reason = $3 AND closed_at IS NULL"
_DELIVERED = "SELECT topic, partition, next FROM progress WHERE consumer = $1 AND topic = ANY($2::text[])"


class NotRebuilt(ShouwangError):
    """The table was left as it is: what a rebuild would make could be wrong. As `Gone`, when a topic has not all that was delivered."""


_TRIES = 12  # over some forty seconds: as long as a server takes to start again


async def rebuilt(runtime: Runtime, table: str, url: str) -> int:
    """Rebuild and swap, from the beginning when a server went away meanwhile; the number of rows. Raises as `Rebuild.run`."""
    outage = Outage("rebuild_begins_anew", table=table)
    for left in reversed(range(_TRIES)):
        try:
            return await Rebuild(runtime, table, url).run()
        except Exception as error:
            if not left or not passes(error):
                raise
            await asyncio.sleep(outage.failed(error))
    raise AssertionError("unreachable")


class Rebuild:
    """One rebuild of one projection, on its own connection as the rebuild role."""

    def __init__(self, runtime: Runtime, table: str, url: str) -> None:
        self.runtime, self.url, self.projection = runtime, url, runtime.service.projection(table)
        own = [cls for cls in self.projection.keys if service_of(cls) == runtime.service.name]
        self._own = [cls.__name__ for cls in own]
        self._topics = topics_of(set(self.projection.keys) - set(own))
        self._delivery = Delivery(runtime)
        self._rows: dict[Any, Any] = {}
        self._versions: dict[Any, int] = {}
        self._next: dict[Partition, int] = {}
        self._touched: set[Any] = set()
        self._live, self._shadow = f"views.{table}", f"views.{table}__shadow"

    async def run(self) -> int:
        """Rebuild and swap; the number of rows now in the table. Raises `NotRebuilt` and `Gone`."""
        await self._delivery.skips.look(self.runtime, passed=True)
        conn = await asyncpg.connect(self.url)
        try:
            snapshot = await self._fold_own(conn)
            aside = await self._fold_foreign(conn)
            await conn.execute(f"DROP TABLE IF EXISTS {self._shadow}")
            await conn.execute(f"CREATE TABLE {self._shadow} (LIKE {self._live} INCLUDING ALL)")
            await self._copy(conn)
            async with conn.transaction():
                if self._topics:
                    await conn.execute("SELECT pg_advisory_xact_lock(hashtext($1))", self._delivery.consumer)
                await conn.execute(f"LOCK TABLE {self._live} IN ACCESS EXCLUSIVE MODE")
                async for row in self._own_rows(conn, _UNSEEN, self._own, snapshot):
                    self._fold(self.runtime.store.recorded(row))
                if not aside <= await self._fold_foreign(conn):
                    raise NotRebuilt("letter_handled", "a letter was handled during the rebuild; start it again")
                table = self.projection.table
                await self._copy(conn)
                await conn.execute(f"DROP TABLE {self._live}")
                await conn.execute(f"ALTER TABLE {self._shadow} RENAME TO {table}")
                await conn.execute("SELECT guard($1)", table)
            rows = sum(row is not None for row in self._rows.values())
            log.info("projection_rebuilt", table=table, rows=rows)
            return rows
        finally:
            await conn.close()

    def _fold(self, recorded: Any) -> None:
        """Fold once per stream version: a topic may repeat an event, the log never does."""
        if self._versions.get(recorded.stream_id, 0) < recorded.version:
            self._versions[recorded.stream_id] = recorded.version
            fold_into(self.projection, self._rows, recorded)
            self._touched.update(self.projection.touched(recorded))

    async def _fold_own(self, conn: asyncpg.Connection) -> str:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            snapshot: str = await conn.fetchval("SELECT pg_current_snapshot()::text")
            async for row in self._own_rows(conn, _SNAPSHOT, self._own):
                self._fold(self.runtime.store.recorded(row))
            return snapshot

    async def _own_rows(self, conn: asyncpg.Connection, query: str, types: list[str], *args: Any) -> AsyncIterator[Any]:
        if types:
            async for row in conn.cursor(query, types, *args, prefetch=5000):
                yield row

    async def _fold_foreign(self, conn: asyncpg.Connection) -> set[tuple[str, str]]:
        """Fold what was delivered since the last look; gives the references set aside (which were not delivered)."""
        if not self._topics:
            return set()
        consumer = self._delivery.consumer
        if lost := await conn.fetch(_ANEW, consumer, list(self._topics), ANEW):
            places = ", ".join(row["reference"] for row in lost)
            raise NotRebuilt(ANEW, f"{places} is not on its topic any more; discard the letter when the topic holds all again")
        aside = {(row["topic"], row["reference"]) for row in await conn.fetch(_ASIDE, consumer)}
        upto = {(row["topic"], row["partition"]): row["next"] for row in await conn.fetch(_DELIVERED, consumer, list(self._topics))}
        ranges = {place: (self._next.get(place, 0), end) for place, end in upto.items()}
        async for arrived in reread(self.runtime.settings, self._delivery.skips, ranges):
            if not self._delivery.follows(arrived) or (arrived.topic, arrived.place) in aside:
                continue
            content = await self._delivery.read(arrived)
            if isinstance(content, Fault) or (arrived.topic, str(content.event_id)) in aside:
                continue
            if kind_of(content) in self.projection.keys:
                self._fold(content)
        self._next |= upto
        return aside

    async def _copy(self, conn: asyncpg.Connection) -> None:
        """Bring the shadow table up to the rows as folded so far, writing only what was touched since the last copy."""
        projection, names = self.projection, [column.name for column in self.projection.columns]
        if self._touched:
            keys = [list(column) for column in zip(*self._touched, strict=True)]
            await conn.execute(projection.delete.replace(self._live, self._shadow), *keys)
        rows = [projection.to_record(row) for key in self._touched if (row := self._rows[key]) is not None]
        await conn.copy_records_to_table(f"{projection.table}__shadow", schema_name="views", records=rows, columns=names)
        self._touched.clear()
