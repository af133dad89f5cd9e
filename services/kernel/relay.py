"""The relay: outbox → Kafka, in order, every acknowledgement awaited, then exactly those rows deleted. It keeps no cursor.

One relay is active per service (a session advisory lock; standbys wait). A round sends at most one batch per partition, so a failed
batch can never be overtaken by the next one; what did not fit stays for the next round. Repeats are possible, gaps and inversions
are not. After any trouble the producer is thrown away and made anew (aio-libs/aiokafka#1017).
"""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

import aiohttp
import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from prometheus_client import Counter, Gauge

from services.kernel.events import NAMESPACE
from services.kernel.service import Runtime

log = structlog.get_logger()
SENT = Counter("shouwang_relay_sent_total", "messages acknowledged by Kafka", ["service"])
WAITING = Gauge("shouwang_relay_last_batch", "rows in the last round", ["service"])
CHUNK = 8000
IDLE = 0.02
_READ = """
SELECT o.seq, o.topic, o.key, o.position, o.headers, coalesce(e.schema_fp, o.schema_fp) AS fp, coalesce(e.data, o.data) AS data,
    e.event_id, e.version, e.occurred_at, e.actor, e.division, e.correlation_id, e.causation_id, e.policy_version, e.recorded_at
FROM outbox o LEFT JOIN events e ON e.position = o.position ORDER BY o.seq LIMIT $1"""
_SETTLE = """
WITH gone AS (DELETE FROM outbox WHERE seq = ANY($1::bigint[]) RETURNING seq, position)
INSERT INTO feed (position) SELECT position FROM gone WHERE position IS NOT NULL ORDER BY seq"""
Headers = list[tuple[str, bytes]]


@dataclass(slots=True)
class _Parcel:
    batch: BatchBuilder
    rows: list[int] = field(default_factory=list)


@lru_cache(maxsize=200_000)
def partition_of(key: str, partitions: int) -> int:
    """Kafka's default partition of a key."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)


class Relay:
    """The sending side of one service. `run` until cancelled."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.name = runtime, runtime.service.name
        self._types = {fp: schema.name.encode() for fp, (schema, _) in runtime.codec.by_fp.items()}
        self._source = f"/shouwang/{self.name}".encode()

    async def run(self) -> None:
        """Lead when allowed, send what is there, start over after trouble."""
        delay = 0.1
        while True:
            try:
                async with self.runtime.pool.acquire() as conn:
                    await conn.fetchval("SELECT pg_advisory_lock(hashtext('relay'))", timeout=None)
                    delay = 0.1
                    try:
                        await self._lead(conn)
                    finally:
                        await self._step_down(conn)
            except (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, aiohttp.ClientError) as error:
                log.warning("relay_interrupted", error=type(error).__name__, retry_in=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5)

    async def _step_down(self, conn: Any) -> None:
        if not conn.is_closed():
            try:
                await conn.execute("SELECT pg_advisory_unlock(hashtext('relay'))")
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                conn.terminate()  # the lock goes with the session

    def producer(self) -> AIOKafkaProducer:
        """A producer with the settings that keep order and lose nothing."""
        return AIOKafkaProducer(
            bootstrap_servers=self.runtime.settings.kafka, enable_idempotence=True, acks="all", max_batch_size=900_000
        )

    async def _lead(self, conn: Any) -> None:
        producer = self.producer()
        await producer.start()
        log.info("relay_leads")
        try:
            while True:
                if await self.round(conn, producer) == 0:
                    await asyncio.sleep(IDLE)
        finally:
            await producer.stop()

    async def round(self, conn: Any, producer: AIOKafkaProducer) -> int:
        """Send one chunk and settle it; how many rows were acknowledged. Raises after settling what was acknowledged."""
        rows = await conn.fetch(_READ, CHUNK)
        if not rows:
            return 0
        parcels = await self._pack(rows, producer)
        sent = [await producer.send_batch(p.batch, topic, partition=n) for (topic, n), p in parcels.items()]
        answers = await asyncio.gather(*sent, return_exceptions=True)
        done = [seq for p, a in zip(parcels.values(), answers, strict=True) if not isinstance(a, BaseException) for seq in p.rows]
        if done:
            await conn.execute(_SETTLE, done)
            SENT.labels(self.name).inc(len(done))
        WAITING.labels(self.name).set(len(rows))
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return len(done)

    async def _pack(self, rows: list[Any], producer: AIOKafkaProducer) -> dict[tuple[str, int], _Parcel]:
        """One batch per partition, rows in order; the first row that does not fit closes its partition for this round."""
        parcels: dict[tuple[str, int], _Parcel] = defaultdict(lambda: _Parcel(producer.create_batch()))
        full: set[tuple[str, int]] = set()
        partitions: dict[str, int] = {}
        for row in rows:
            topic, key = self.runtime.settings.topic_prefix + row[1], row[2]
            if topic not in partitions:
                partitions[topic] = len(await producer.partitions_for(topic))
            place = (topic, partition_of(key, partitions[topic]))
            if place in full:
                continue
            fp, data = row[5], row[6]
            value = None if data is None else await self.runtime.registry.prefix(row[1], fp) + data
            headers = self.event_headers(row) if row[3] is not None else self._message_headers(row)
            parcel = parcels[place]
            if parcel.batch.append(key=key.encode(), value=value, timestamp=None, headers=headers) is None:
                full.add(place)
            else:
                parcel.rows.append(row[0])
        return parcels

    def event_headers(self, row: Any) -> Headers:
        """CloudEvents 1.0, binary mode, with our extensions and the W3C trace context made of the correlation id."""
        event_id, correlation_id, causation_id = row[7], row[12], row[13]
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(event_id).encode()),
            ("ce_source", self._source),
            ("ce_type", self._types[row[5]]),
            ("ce_subject", row[2].encode()),
            ("ce_time", row[9].isoformat().encode()),
            ("content-type", b"application/avro"),
            ("ce_correlationid", str(correlation_id).encode()),
            ("ce_streamversion", b"%d" % row[8]),
            ("ce_division", row[11].encode()),
            ("ce_actor", row[10].encode()),
            ("ce_policyversion", row[14].encode()),
            ("ce_recordedtime", row[15].isoformat().encode()),
            ("traceparent", f"00-{correlation_id.hex}-{event_id.hex[-16:]}-01".encode()),
        ]
        if causation_id is not None:
            headers.append(("ce_causationid", str(causation_id).encode()))
        return headers

    def _message_headers(self, row: Any) -> Headers:
        """As an event's; the version is the outbox row's number, which only grows for a key."""
        own: dict[str, str] = json.loads(row[4])
        own |= {"ce_id": str(message_id(self.name, row[0])), "ce_subject": row[2], "ce_streamversion": str(row[0])}
        own |= {"ce_specversion": "1.0", "content-type": "application/avro"}
        return [("ce_source", self._source), *((name, value.encode()) for name, value in own.items())]


def message_id(service: str, seq: int) -> UUID:
    """The id of a state row's message: stable over resends of the same outbox row."""
    return uuid5(NAMESPACE, f"{service}/outbox/{seq}")
