"""The named kill points: while commands flow, roles die exactly between two steps (`trap.py`), start again and die there again.

After each death, before the role starts again, a look from outside must find what makes the point dangerous: work that is done and
that the other side does not know of. It will be repeated, and the verdict says later that it was repeated without effect.
"""

import asyncio
import sys
from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests.chaos.storm import Weather
from tests.chaos.trap import SPRUNG

# What each role goes through in one round, one after another; roles go side by side. A worker that died holds its partitions until
# its session has timed out (30 s), so deaths of workers are shared out.
CHAINS = {
    "monitoring.api": ("committed",) * 3,
    "monitoring.relay": ("sent", "acked") * 3,
    "monitoring.worker": ("applied",) * 2,
    "notifications.worker": ("told",) * 3 + ("applied",),
}
# A role dies at a pass up to this one. An interface passes its point with each command: were it to die within the first few, hardly
# anything would flow through the others, which wait for their own points.
PASSES, COMMANDS = 4, 40
PATIENCE = 300  # seconds, which only a role that never comes there takes


@dataclass
class Tally:
    """Of one point: `deaths` at it, and `repeats`, how much work had to be done again after them."""

    deaths: int = 0
    repeats: int = 0


class KillPoints:
    """`spring` sends every role through its chain."""

    def __init__(self, weather: Weather) -> None:
        self.weather, self.processes = weather, weather.processes
        self.tallies = {point: Tally() for chain in CHAINS.values() for point in chain}
        self._known = 0

    async def spring(self, rounds: int) -> None:
        """All chains, so many times; then every role runs as usual."""
        async with asyncio.TaskGroup() as group:
            for name, chain in CHAINS.items():
                group.create_task(self._chain(name, chain * rounds))

    async def _chain(self, name: str, chain: tuple[str, ...]) -> None:
        part = self.processes.parts[name]
        usual, service = part.command, name.partition(".")[0]
        await asyncio.to_thread(part.terminate)
        for point in chain:
            most = {"committed": COMMANDS, "told": 1}.get(point, PASSES)  # the same notices meet "told" each time
            left = self.weather.rng.randint(1, most)
            part.command = [sys.executable, "-m", "tests.chaos.trap", point, str(left), service, *usual[3:]]
            await asyncio.to_thread(part.launch)
            await self._death(name, point)
            repeats = await self._repeats(point, service)
            assert repeats > 0, f"{name} died at {point}, and nothing has to be repeated"
            self.tallies[point].deaths += 1
            self.tallies[point].repeats += repeats
        part.command = usual
        await asyncio.to_thread(part.launch)

    async def _death(self, name: str, point: str) -> None:
        part, end = self.processes.parts[name], asyncio.get_running_loop().time() + PATIENCE
        while part.alive:
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"{name} does not come to {point}; see {part.log}")
            await asyncio.sleep(0.05)
        last = part.log.read_bytes().splitlines()[-1]
        assert SPRUNG.encode() in last, f"{name} ended elsewhere than at {point}: {last!r}"

    async def _repeats(self, point: str, service: str) -> int:
        """How much work is done, while the role is dead, that the other side does not know of."""
        conn = await asyncpg.connect(self.processes.dsn[service]["superuser"])
        try:
            if point == "committed":
                return int(await conn.fetchval("SELECT count(*) FROM idempotency")) - len(self.weather.storm.answered)
            if point == "told":
                return int(await conn.fetchval("SELECT count(*) FROM effect WHERE state = 'due'"))
            return await (self._read_again(conn, service) if point == "applied" else self._sent_again(conn, service))
        finally:
            await conn.close()

    async def _sent_again(self, conn: asyncpg.Connection, service: str) -> int:
        """Messages on the topic beyond one for each event that has left the outbox, without those of earlier deaths."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.weather.stack.urls.kafka)
        await consumer.start()
        try:
            topic = f"{service}.events.v1"
            await consumer._client._wait_on_metadata(topic)
            ends = await consumer.end_offsets([TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)])
        finally:
            await consumer.stop()
        left = "SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM outbox WHERE position IS NOT NULL)"
        before, self._known = self._known, sum(ends.values()) - int(await conn.fetchval(left))
        return self._known - before

    async def _read_again(self, conn: asyncpg.Connection, service: str) -> int:
        """Messages between the offset that Kafka has for the worker and the position that its database has."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.weather.stack.urls.kafka)
        await admin.start()
        try:
            offsets = await admin.list_consumer_group_offsets(f"{service}.worker")
        finally:
            await admin.close()
        kafka = {(tp.topic, tp.partition): max(0, at.offset) for tp, at in offsets.items()}
        ours = await conn.fetch("SELECT topic, partition, next FROM progress WHERE consumer = $1", f"{service}.worker")
        return sum(r["next"] - kafka.get((r["topic"], r["partition"]), 0) for r in ours)
