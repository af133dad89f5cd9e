"""Delivering and rebuilding: a worker through the inbox, and a rebuild from the topic, against plain Faust agents."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import faust
from aiokafka import AIOKafkaProducer

from services.engine.inbound.fetch import FetchGuard
from services.engine.inbound.lag import lag
from services.engine.inbound.skips import Skips
from services.engine.outbound.partitioner import murmur2
from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.shell.consume import Worker
from services.shell.faust_app import make_app
from tests.bench.figures import Figure, compared
from tests.kernel import toy
from tests.world import World

DELIVERED, REBUILT, PERSONS, BASELINE = 30_000, 500_000, 50_000, 3_000
TOPIC = "certificates.events.v1"
_UPSERT = """INSERT INTO views.tally (person_id, division, birth_month, times) VALUES ($1, $2, $3, 1)
    ON CONFLICT (person_id) DO UPDATE SET birth_month = excluded.birth_month, times = tally.times + 1"""


class Batches:
    """Batches of a topic, one for each partition; a full one is sent before the next begins."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer, self._topic = producer, topic
        self._open: dict[int, Any] = {}

    async def add(self, partition: int, key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Put a message behind those of its partition."""
        batch = self._open.setdefault(partition, self._producer.create_batch())
        if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
            await self._send(partition)
            batch = self._open[partition] = self._producer.create_batch()
            batch.append(key=key, value=value, timestamp=None, headers=headers)

    async def sent(self) -> None:
        """Send what is left, acknowledged."""
        for partition in list(self._open):
            await self._send(partition)

    async def _send(self, partition: int) -> None:
        await (await self._producer.send_batch(self._open.pop(partition), self._topic, partition=partition))


async def produced(runtime: Runtime, count: int, persons: int) -> None:
    """`count` registrations of `persons` persons on the certificates topic, framed and addressed as the relay does."""
    topic = runtime.settings.topic_prefix + TOPIC
    producer = AIOKafkaProducer(bootstrap_servers=runtime.settings.kafka, max_batch_size=900_000, acks="all")
    await producer.start()
    partitions, batches = len(await producer.partitions_for(topic)), Batches(producer, topic)
    fp, body = runtime.codec.encode(toy.registered())
    value = await runtime.registry.prefix(TOPIC, fp) + body
    keys = [str(uuid4()).encode() for _ in range(persons)]
    hashes = murmur2(keys)
    now, correlation = datetime.now(UTC).isoformat().encode(), str(uuid4()).encode()
    for i in range(count):
        headers = [
            ("ce_id", str(uuid4()).encode()),
            ("ce_source", b"/shouwang/certificates"),
            ("ce_type", b"shouwang.certificates.PersonRegistered"),
            ("ce_time", now),
            ("ce_recordedtime", now),
            ("ce_correlationid", correlation),
            ("ce_streamversion", b"%d" % (i // persons + 1)),
            ("ce_division", toy.VILLAGE.encode()),
            ("ce_actor", b"machine:bench"),
            ("ce_policyversion", b"toy"),
        ]
        await batches.add(hashes[i % persons] % partitions, keys[i % persons], value, headers)
    await batches.sent()
    await producer.stop()


async def delivering(world: World) -> Figure:
    """Events a second into a projection through the inbox."""
    runtime = await world.open(toy.PROJECTING, toy.MIGRATION)
    await produced(runtime, DELIVERED, DELIVERED)

    async def ours() -> float:
        await _emptied(world)
        task = asyncio.create_task(Worker(runtime, group=f"ours-{uuid4().hex}").run())
        rate = await _rate(runtime, "SELECT count(*) FROM inbox", DELIVERED)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return rate

    async def one(conn: Any, message: Any) -> None:
        headers = dict(message.headers)
        event = await runtime.registry.decode(message.value)
        async with conn.transaction():
            await conn.execute("INSERT INTO inbox (consumer, event_id) VALUES ('plain', $1)", UUID(headers["ce_id"].decode()))
            await conn.execute(_UPSERT, UUID(message.key.decode()), event.division, event.birth_month)

    async def theirs() -> float:
        await _emptied(world)
        return await _plain_agent(runtime, one, "SELECT count(*) FROM inbox")

    return await compared("worker delivering into a projection through the inbox", 6, ours, theirs)


async def rebuilding(world: World) -> Figure:
    """Events a second from the topic into a fresh table."""
    runtime = await world.open(toy.PROJECTING, toy.MIGRATION)
    await produced(runtime, REBUILT, PERSONS)
    await runtime.pool.execute(
        "INSERT INTO progress SELECT 'monitoring.worker', $1, p, n FROM unnest($2::int[], $3::bigint[]) AS u(p, n)",
        TOPIC,
        *[list(x) for x in zip(*[(tp, end) async for tp, end in _ends(runtime)], strict=True)],
    )

    async def ours() -> float:
        since = time.perf_counter()
        rows = await Rebuild(runtime, "tally", runtime.settings.rebuild_url.get_secret_value()).run()
        assert rows == PERSONS, rows
        return REBUILT / (time.perf_counter() - since)

    async def one(conn: Any, message: Any) -> None:
        event = await runtime.registry.decode(message.value)
        await conn.execute(_UPSERT, UUID(message.key.decode()), event.division, event.birth_month)

    async def theirs() -> float:
        await runtime.pool.execute("DELETE FROM views.tally")
        return await _plain_agent(runtime, one, "SELECT coalesce(sum(times), 0)::bigint FROM views.tally")

    return await compared("rebuild of a projection, 500,000 events from the topic", 10, ours, theirs)


async def _ends(runtime: Runtime) -> AsyncIterator[tuple[int, int]]:
    for (_, partition), (_, behind) in (await lag(runtime, "nobody", (TOPIC,))).items():
        yield partition, behind


async def _plain_agent(runtime: Runtime, handle: Any, counted: str) -> float:
    """Events a second of a stock Faust agent that handles one event after the other."""
    app: faust.App = make_app(runtime, f"plain-{uuid4().hex}", FetchGuard(runtime.settings.topic_prefix, Skips("plain")))
    source = app.topic(
        runtime.settings.topic_prefix + TOPIC, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    conn = await runtime.pool.acquire()

    async def agent(stream: Any) -> None:
        async for event in stream.events():
            await handle(conn, event.message)

    app.agent(source, name="plain")(agent)
    app.finalize()
    await app.start()
    rate = await _rate(runtime, counted, BASELINE)
    await app.stop()
    await runtime.pool.release(conn)
    return rate


async def _rate(runtime: Runtime, query: str, upto: int) -> float:
    """Events a second between the first and the last of `upto`, as the database sees them."""
    first: tuple[float, int] | None = None
    while (n := await runtime.pool.fetchval(query)) < upto:
        if n and first is None:
            first = (time.perf_counter(), n)
        await asyncio.sleep(0.01)
    assert first is not None
    return float((n - first[1]) / (time.perf_counter() - first[0]))


async def _emptied(world: World) -> None:
    for statement in ("DELETE FROM inbox", "DELETE FROM views.tally", "UPDATE progress SET next = 0"):
        await world.sql(toy.PROJECTING.name, statement)
