"""Messages that an operator had skipped: for when a process dies of one, or stands still before it, and nothing else helps.

A skip is a letter that is closed from the beginning, with the operator's reason; one that hit a wrong message is opened again when the
consumer has come past it, and handled like any letter (`letters retry`). A worker looks for skips at its start, every few
seconds, and whenever it tries something again; a skipped message is neither unpacked nor handled.
"""

from collections import defaultdict
from collections.abc import Collection

from services.engine.inbound.arrived import Partition
from services.engine.inbound.batches import SKIPPED
from services.engine.inbound.extent import extents
from services.engine.runtime import Runtime

MOST = 1000  # offsets of one command
_OPEN = """SELECT q.topic, q.partition, q."offset" FROM quarantine q LEFT JOIN progress p USING (consumer, topic, partition)
    WHERE q.consumer = $1 AND q.reason = $2 AND q.closed_as LIKE 'skipped: %' AND ($3 OR q."offset" >= coalesce(p.next, 0))"""
_SKIP = """INSERT INTO quarantine (consumer, reference, topic, key, partition, "offset", reason, parked, headers, closed_at, closed_as)
    SELECT $1, place, $2, place, $3, "offset", $5, false, '{}', now(), 'skipped: ' || $6
    FROM unnest($4::bigint[]) AS u("offset"), concat_ws('/', $2::text, $3::int, "offset") AS place
    ON CONFLICT (consumer, reference) DO NOTHING"""


class NotSkipped(Exception):
    """An operator asked for a skip that would do nothing, or hit what nobody has seen; the message says why."""


class Skips:
    """The skips of one consumer, as of the last look. What a worker's threads read is never changed, only replaced."""

    def __init__(self, consumer: str) -> None:
        self.consumer = consumer
        self._found: dict[Partition, frozenset[int]] = {}

    async def look(self, runtime: Runtime, passed: bool = False) -> None:
        """Look which there are now; those that the consumer has `passed` matter to who reads again what it has read."""
        found: dict[Partition, set[int]] = defaultdict(set)
        for topic, partition, offset in await runtime.pool.fetch(_OPEN, self.consumer, SKIPPED, passed):
            found[topic, partition].add(offset)
        self._found = {place: frozenset(offsets) for place, offsets in found.items()}

    def at(self, topic: str, partition: int) -> Collection[int]:
        """The skipped offsets of a partition."""
        return self._found.get((topic, partition), frozenset())


async def skip(runtime: Runtime, consumer: str, topic: str, partition: int, offsets: range, reason: str) -> int:
    """Have the consumer pass over messages that it has not handled yet; how many. Raises `NotSkipped`: only what is there can be skipped."""
    if not 0 < len(offsets) <= MOST:
        raise NotSkipped(f"between 1 and {MOST} offsets can be skipped at once")
    row = await runtime.pool.fetchrow(
        "SELECT next FROM progress WHERE consumer = $1 AND topic = $2 AND partition = $3", consumer, topic, partition
    )
    if row is not None and offsets.start < row["next"]:
        raise NotSkipped(f"{consumer} has come to offset {row['next']}")
    there = await extents(runtime.settings, [topic])
    if (topic, partition) not in there:
        raise NotSkipped(f"{topic} has {len(there)} partitions, from 0 on")
    _, end = there[topic, partition]
    if offsets[-1] >= end:
        raise NotSkipped(f"the partition ends at offset {end}")
    await runtime.pool.execute(_SKIP, consumer, topic, partition, list(offsets), SKIPPED, reason)
    return len(offsets)
