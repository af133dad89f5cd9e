"""How far a consumer has come, and which message a process began with and never finished.

`progress` moves in the transaction of a message's effects (DECISIONS D5), and `deaths` begins again from nothing with it. Among the first
messages of a partition after a start each beginning is counted before it: a process that dies of a message starts there again, goes
one by one, and the message that has ended three of them is set aside instead of a fourth (D84).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from time import monotonic
from typing import Any

from services.engine.inbound.arrived import Arrived, Partition

DEATHS, _WATCHED = 3, 300  # processes that one message may end; seconds after a start in which beginnings are counted
_MOVE = """INSERT INTO progress AS p (consumer, topic, partition, next)
    SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[]) AS u(topic, partition, next) ORDER BY 2, 3
    ON CONFLICT (consumer, topic, partition) DO UPDATE SET next = excluded.next, deaths = 0 WHERE excluded.next > p.next"""
# What lies before the position is not counted: a process that starts anew comes by there again, and did not die of it.
_BEGIN = """INSERT INTO progress AS p (consumer, topic, partition, next, deaths)
    SELECT $1, topic, partition, first, 1
    FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS u(topic, partition, first, last)
    WHERE NOT EXISTS (SELECT FROM progress WHERE (consumer, topic, partition) = ($1, u.topic, u.partition) AND next > last)
    ORDER BY 2, 3
    ON CONFLICT (consumer, topic, partition) DO UPDATE SET deaths = p.deaths + 1
    RETURNING topic, partition, deaths"""
_FORGIVE = """UPDATE progress SET deaths = greatest(deaths - 1, 0)
    WHERE consumer = $1 AND (topic, partition) IN (SELECT * FROM unnest($2::text[], $3::int[]))"""


async def move_on(conn: Any, consumer: str, batch: Sequence[Arrived]) -> None:
    """The consumer has come to the end of the batch; in the caller's transaction."""
    ends: dict[Partition, int] = {}
    for arrived in batch:
        ends[arrived.origin] = max(ends.get(arrived.origin, 0), arrived.offset + 1)
    await conn.execute(_MOVE, consumer, *_columns(ends), [*ends.values()])


class Attempts:
    """Beginnings of one consumer in this process. Counted are those among which a message can be that ended the process before: the
    first ones of a partition, `most` of them, in the first minutes."""

    def __init__(self, consumer: str, most: int) -> None:
        self._consumer, self._most, self._until = consumer, most, monotonic() + _WATCHED
        self._done: Counter[Partition] = Counter()
        self._begun: set[Partition] = set()

    async def begin(self, pool: Any, batch: Sequence[Arrived]) -> int:
        """Count that this process begins with the batch; how many before it did so with one of its messages, and did not come further."""
        if monotonic() > self._until:
            return 0
        reach: dict[Partition, list[int]] = {}
        for each in batch:
            if self._done[each.origin] < self._most:
                reach.setdefault(each.origin, []).append(each.offset)
        if not reach:
            return 0
        firsts, lasts = [offsets[0] for offsets in reach.values()], [offsets[-1] for offsets in reach.values()]
        rows = await pool.fetch(_BEGIN, self._consumer, *_columns(reach), firsts, lasts)
        self._begun = {(row["topic"], row["partition"]) for row in rows}
        return max((int(row["deaths"]) for row in rows), default=1) - 1

    def finished(self, batch: Collection[Arrived]) -> None:
        """The batch is handled; its transaction has set its deaths back."""
        self._done.update(each.origin for each in batch if each.origin in self._begun)
        self._begun.clear()

    async def forgive(self, pool: Any) -> None:
        """The process ends before it has finished, and not because of a message."""
        if self._begun:
            await pool.execute(_FORGIVE, self._consumer, *_columns(self._begun))
            self._begun.clear()


def _columns(places: Collection[Partition]) -> tuple[list[str], list[int]]:
    return [topic for topic, _ in places], [partition for _, partition in places]
