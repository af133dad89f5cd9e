"""Appending and relaying: `append_many` against one insert per transaction, the relay against `send` + gather with the same reads."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from services.engine.relay import CHUNK, FORGET, READ, Relay
from services.engine.runtime import Runtime
from services.kernel.events import Context, Recorded
from tests.bench.figures import Figure, compared
from tests.kernel import toy
from tests.world import World

OUTBOX, APPENDED, BASELINE, CALL, LANES = 100_000, 40_000, 4_000, 100, 8


def new_events(runtime: Runtime, count: int) -> list[Recorded]:
    """`count` first events of as many streams."""
    context = Context("machine:bench", datetime.now(UTC), uuid4(), uuid4())
    return [runtime.store.envelope(uuid4(), 1, uuid4(), toy.registered(), context, toy.VILLAGE, "toy") for _ in range(count)]


ONE = """WITH e AS (INSERT INTO events (stream_id, version, category, type, schema_fp, event_id, data, occurred_at, actor,
    division, correlation_id, causation_id, policy_version) VALUES ($1, $2, 'person', 'PersonRegistered', $3, $4, $5, $6, $7, $8,
    $9, $10, $11) RETURNING position, stream_id) INSERT INTO outbox (topic, key, position) SELECT $12, stream_id::text, position FROM e"""


async def appending(world: World) -> Figure:
    """Events a second, 100 events a call."""
    runtime = await world.open(toy.COUNTED, toy.MIGRATION)

    async def ours() -> float:
        async def lane(conn: Any, mine: list[Recorded]) -> None:
            for i in range(0, len(mine), CALL):
                async with conn.transaction():
                    await runtime.store.append_many(conn, ["person"] * CALL, mine[i : i + CALL])

        return await _in_lanes(runtime, APPENDED, lane)

    async def theirs() -> float:
        async def lane(conn: Any, mine: list[Recorded]) -> None:
            for recorded in mine:
                await _one_insert(runtime, conn, recorded)

        return await _in_lanes(runtime, BASELINE, lane)

    return await compared("append_many, 100 events a call, 8 connections", 5, ours, theirs)


async def _in_lanes(runtime: Runtime, count: int, lane: Callable[[Any, list[Recorded]], Awaitable[None]]) -> float:
    """Events a second, stored by as many connections at once as there are lanes; afterwards the outbox is empty."""
    fresh = new_events(runtime, count)
    connections = [await runtime.pool.acquire() for _ in range(LANES)]
    since = time.perf_counter()
    await asyncio.gather(*[lane(conn, fresh[i::LANES]) for i, conn in enumerate(connections)])
    rate = count / (time.perf_counter() - since)
    for conn in connections:
        await runtime.pool.release(conn)
    await runtime.pool.execute("DELETE FROM outbox")
    return rate


async def _one_insert(runtime: Runtime, conn: Any, recorded: Recorded) -> None:
    """Store one event in a transaction of its own, as a service without `append_many` would."""
    fp, body = runtime.codec.encode(recorded.event)
    await conn.execute(
        ONE,
        recorded.stream_id,
        recorded.version,
        fp,
        recorded.event_id,
        body,
        recorded.occurred_at,
        recorded.actor,
        recorded.division,
        recorded.correlation_id,
        recorded.causation_id,
        recorded.policy_version,
        runtime.store.topic,
    )


async def relaying(world: World) -> Figure:
    """Outbox rows a second, from stored to acknowledged and deleted."""
    runtime = await world.open(toy.COUNTED, toy.MIGRATION)
    relay = Relay(runtime)

    async def ours() -> float:
        await _filled(runtime)
        producer = relay.producer()
        await producer.start()
        async with runtime.pool.acquire() as conn:
            since = time.perf_counter()
            assert await relay.drain(conn, producer) == OUTBOX
            rate = OUTBOX / (time.perf_counter() - since)
        await producer.stop()
        return rate

    async def theirs() -> float:
        await _filled(runtime)
        producer = AIOKafkaProducer(
            bootstrap_servers=runtime.settings.kafka, enable_idempotence=True, acks="all", linger_ms=2, max_batch_size=65536
        )
        await producer.start()
        async with runtime.pool.acquire() as conn:
            since = time.perf_counter()
            await _sent_one_by_one(relay, conn, producer)
            rate = OUTBOX / (time.perf_counter() - since)
        await producer.stop()
        return rate

    return await compared("relay, outbox of 100,000 to acked and deleted", 2.5, ours, theirs)


async def _filled(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn:
        for _ in range(0, OUTBOX, 2000):
            async with conn.transaction():
                await runtime.store.append_many(conn, ["person"] * 2000, new_events(runtime, 2000))


async def _sent_one_by_one(relay: Relay, conn: Any, producer: AIOKafkaProducer) -> None:
    """Empty the outbox with a `send` for each row, all of a chunk awaited together."""
    runtime = relay.runtime
    topic = runtime.settings.topic_prefix + runtime.store.topic
    while rows := await conn.fetch(READ, CHUNK, 0, []):
        prefix = await runtime.registry.prefix(runtime.store.topic, rows[0][3])
        waiting = [
            await producer.send(topic, prefix + row[4], row[2].encode(), headers=relay.event_headers(row[3], row[6]))
            for row in rows
        ]
        await asyncio.gather(*waiting)
        await conn.execute(FORGET, [row[0] for row in rows])
