"""Messages that a topic lost before a consumer had them: deleted, or the topic was made anew. Nobody brings them, so somebody must be told.

In a topic of events the guard gives every offset, if only as a mark, so offsets follow one another. A compacted topic has gaps by nature.
"""

from collections.abc import Sequence
from typing import Any

from services.engine.inbound.arrived import STATE, Arrived, Partition
from services.engine.inbound.batches import Mark
from services.engine.inbound.extent import ANEW, GONE

_AT = """SELECT topic, partition, next FROM progress
    WHERE consumer = $1 AND (topic, partition) IN (SELECT * FROM unnest($2::text[], $3::int[]))"""
_BACK = "UPDATE progress SET next = $4, deaths = 0 WHERE consumer = $1 AND topic = $2 AND partition = $3"
# Letters of before keep their order and come first; no new message is at their places, and a skip of then is none of what comes now.
_OF_BEFORE = """UPDATE quarantine SET "offset" = "offset" - $4, first = first - $4,
    reference = CASE WHEN starts_with(reference, topic || '/') THEN concat_ws(' ', 'before', id, reference) ELSE reference END
    WHERE consumer = $1 AND topic = $2 AND partition = $3"""


class Gaps:
    """What is missing before the messages of one consumer."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer
        self._next: dict[Partition, int] = {}

    async def before(self, pool: Any, batch: Sequence[Arrived]) -> list[Arrived]:
        """A mark for each range of offsets that should have come before, or among, these messages."""
        found: list[tuple[Partition, int, int]] = []
        following = dict(self._next)
        for arrived in batch:
            place = arrived.origin
            expected = following.get(place, 0)
            if arrived.first > expected and not arrived.topic.endswith(STATE):
                found.append((place, expected, arrived.first))
            following[place] = max(expected, arrived.offset + 1)
        at = await self._at(pool, {place for place, _, _ in found})  # another process may have had them
        self._next = following
        return [_mark(place, start, end, GONE) for place, first, end in found if (start := max(first, at.get(place, 0))) < end]

    async def _at(self, pool: Any, places: set[Partition]) -> dict[Partition, int]:
        if not places:
            return {}
        topics, partitions = zip(*places, strict=True)
        rows = await pool.fetch(_AT, self._consumer, topics, partitions)
        return {(row["topic"], row["partition"]): row["next"] for row in rows}


async def begin_anew(conn: Any, consumer: str, place: Partition, end: int, seen: int) -> Arrived:
    """The topic ends at `end` now, and the consumer had come to `seen`: it begins there, in the caller's transaction. A mark for what was.

    Offsets of before are counted backwards from the new beginning: -1 is the last that the consumer had.
    """
    await conn.execute(_OF_BEFORE, consumer, *place, seen)
    await conn.execute(_BACK, consumer, *place, end)
    return _mark(place, -seen, 0, ANEW)


def _mark(place: Partition, first: int, end: int, reason: str) -> Arrived:
    return Arrived(*place, end - 1, None, None, mark=Mark(reason, first=first))
