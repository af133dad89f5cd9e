"""Projections applied: the rows of a batch loaded, folded and written in the caller's transaction."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from services.kernel.errors import Conflict
from services.kernel.events import Gone, Recorded, topic_of
from services.kernel.projection import Projection, R, fold_into, kind_of, turned
from services.kernel.store import EventStore, Outgoing


async def apply(
    conn: asyncpg.Connection, store: EventStore, projections: Sequence[Projection[Any]], batch: Sequence[Recorded]
) -> None:
    """Fold a batch into every projection that follows it, and queue changed states, in the caller's transaction."""
    kinds = [kind_of(recorded) for recorded in batch]
    for projection in projections:
        followed = [recorded for kind, recorded in zip(kinds, batch, strict=True) if kind in projection.keys]
        if followed:
            await _apply_one(conn, store, projection, followed)


async def _apply_one(conn: asyncpg.Connection, store: EventStore, projection: Projection[R], batch: Sequence[Recorded]) -> None:
    wanted = list({key for recorded in batch for key in projection.touched(recorded)})
    if not wanted:
        return
    found = [projection.from_record(record) for record in await conn.fetch(projection.select, *turned(wanted))]
    before: dict[Any, R | None] = {projection.key_of(row): row for row in found}
    after = dict(before)
    for recorded in batch:
        fold_into(projection, after, recorded)
    changed = [row for key, row in after.items() if row is not None and row != before.get(key)]
    if changed:
        written = await conn.fetch(projection.upsert, *turned([projection.to_record(row) for row in changed]))
        if sum(record["fresh"] for record in written) != sum(projection.key_of(row) not in before for row in changed):
            raise Conflict("row_appeared", "其他操作刚刚写入了同一行")
    gone = [key for key, row in after.items() if row is None and key in before]
    if gone:
        await conn.execute(projection.delete, *turned(gone))
    if projection.state:
        kind, to_message = projection.state
        cause = {key: recorded for recorded in batch for key in projection.touched(recorded)}
        states = [(projection.key_of(row), to_message(row) or Gone(kind)) for row in changed] + [(key, Gone(kind)) for key in gone]
        await store.publish_many(conn, [Outgoing(topic_of(kind), str(key[0]), state, cause[key]) for key, state in states])
