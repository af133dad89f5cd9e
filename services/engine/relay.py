"""The relay: outbox → Kafka, in order, every acknowledgement awaited, then exactly those rows deleted. It keeps no cursor.

One relay is active per service (a session advisory lock; standbys wait). A round sends at most one batch per partition, so a failed
batch can never be overtaken by the next one; what did not fit stays for the next round. Repeats are possible, gaps and inversions
are not. After any trouble the producer is thrown away and made anew (aio-libs/aiokafka#1017).
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid5

import aiohttp
import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from prometheus_client import Counter

from services.engine.kafka_client import running
from services.engine.partitioner import hashes
from services.engine.runtime import Runtime
from services.kernel.events import NAMESPACE

log = structlog.get_logger()
SENT = Counter("shouwang_relay_sent_total", "messages acknowledged by Kafka", ["service"])
CHUNK = 4000
IDLE = 0.02
# The envelope's values come as one text, put together by the database on another core (our sessions are in UTC). Rows under way are
# skipped by number, not by a cursor: a row that committed late with a lower number is read before any later row of its stream.
READ = """
SELECT o.seq, o.topic, o.key, coalesce(e.schema_fp, o.schema_fp), coalesce(e.data, o.data), o.headers,
    concat_ws(E'\\x1f', o.key, '00-' || replace(e.correlation_id::text, '-', '') || '-' ||
        right(replace(e.event_id::text, '-', ''), 16) || '-01', e.event_id, replace(e.occurred_at::text, ' ', 'T') || ':00',
        replace(e.recorded_at::text, ' ', 'T') || ':00', e.correlation_id, e.version, e.division, e.actor, e.policy_version,
        e.causation_id), e.position IS NOT NULL
FROM outbox o LEFT JOIN events e ON e.position = o.position
WHERE o.seq > $2 OR o.seq NOT IN (SELECT unnest($3::bigint[])) ORDER BY o.seq LIMIT $1"""
_NAMES = (
    "ce_subject",
    "traceparent",
    "ce_id",
    "ce_time",
    "ce_recordedtime",
    "ce_correlationid",
    "ce_streamversion",
    "ce_division",
    "ce_actor",
    "ce_policyversion",
    "ce_causationid",
)
FORGET = """
WITH gone AS (DELETE FROM outbox WHERE seq = ANY($1::bigint[]) RETURNING seq, position)
INSERT INTO feed (position) SELECT position FROM gone WHERE position IS NOT NULL ORDER BY seq"""
Headers = list[tuple[str, bytes]]


@dataclass(slots=True)
class _Parcel:
    batch: BatchBuilder
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Flight:
    """Parcels on their way, and afterwards what became of each: None, or the error."""

    parcels: list[_Parcel] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    answers: list[BaseException | None] = field(default_factory=list)

    @property
    def seqs(self) -> list[int]:
        return [seq for parcel in self.parcels for seq in parcel.rows]

    async def landed(self) -> bool:
        """Wait for every acknowledgement; whether one is missing."""
        got = await asyncio.gather(*self.sent, return_exceptions=True)
        self.answers = [answer if isinstance(answer, BaseException) else None for answer in got]
        return any(self.answers)


class Relay:
    """The sending side of one service. `run` until cancelled."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.name = runtime, runtime.service.name
        self._prefix, self._source = runtime.settings.topic_prefix, f"/shouwang/{self.name}"
        self._constant: dict[bytes, Headers] = {
            fp: [
                ("ce_specversion", b"1.0"),
                ("content-type", b"application/avro"),
                ("ce_source", self._source.encode()),
                ("ce_type", schema.name.encode()),
            ]
            for fp, (schema, _) in runtime.codec.by_fp.items()
        }

    async def run(self) -> None:
        """Lead when allowed, send what is there, start over after trouble."""
        delay = 0.1
        while True:
            try:
                async with self.runtime.pool.acquire() as conn:
                    try:
                        await conn.fetchval("SELECT pg_advisory_lock(hashtext('relay'))", timeout=None)
                        delay = 0.1
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
        async with running(self.producer()) as producer:
            log.info("relay_leads")
            while True:
                since = self.runtime.bell.rings
                if await self.drain(conn, producer) == 0:
                    await self.runtime.bell.heard(since, IDLE)

    async def drain(self, conn: Any, producer: AIOKafkaProducer) -> int:
        """Send until nothing is left; how many rows were acknowledged. Raises after forgetting what was acknowledged.

        Four chunks are under way at once: one being deleted, one in flight, one being packed, one being read. A chunk is sent when
        every acknowledgement of the one before is there, and a failure sends nothing further.
        """
        rows = await conn.fetch(READ, CHUNK, 0, [])
        if not rows:  # as most looks find it: they need no second connection
            return 0
        flying, done, total = _Flight(), list[int](), 0
        forgetting = asyncio.create_task(asyncio.sleep(0))
        async with self.runtime.pool.acquire() as other:
            try:
                while rows or flying.parcels:
                    held = done + flying.seqs + [row[0] for row in rows]
                    reading = asyncio.create_task(conn.fetch(READ, CHUNK, max(held), held))
                    await asyncio.sleep(0)
                    try:
                        parcels = await self._pack(rows, producer)
                        failed = await flying.landed()
                        sent = (
                            [] if failed else [await producer.send_batch(p.batch, t, partition=n) for (t, n), p in parcels.items()]
                        )
                        await forgetting
                        forgetting, done = asyncio.create_task(self._forget(other, flying)), flying.seqs
                        if failed:
                            await forgetting  # raises what went wrong
                    finally:
                        following = await reading
                    total += len(done)
                    packed = {seq for p in parcels.values() for seq in p.rows}
                    left = [row for row in rows if row[0] not in packed]
                    flying, rows = _Flight(list(parcels.values()), sent), left + following
            finally:
                await asyncio.gather(forgetting, return_exceptions=True)
            await forgetting
        return total

    async def _forget(self, conn: Any, flight: "_Flight") -> None:
        done = [seq for p, a in zip(flight.parcels, flight.answers, strict=True) if a is None for seq in p.rows]
        if done:
            await conn.execute(FORGET, done)
            SENT.labels(self.name).inc(len(done))
            self.runtime.bell.ring()
        for answer in flight.answers:
            if answer is not None:
                raise answer

    async def _pack(self, rows: list[Any], producer: AIOKafkaProducer) -> dict[tuple[str, int], _Parcel]:
        """One batch per partition, rows in order; the first row that does not fit closes its partition for this round."""
        parcels: dict[tuple[str, int], _Parcel] = {}
        full: set[tuple[str, int]] = set()
        counts = {topic: len(await producer.partitions_for(self._prefix + topic)) for topic in {row[1] for row in rows}}
        kinds = {(row[1], row[3]) for row in rows if row[3] is not None}
        framing = {kind: await self.runtime.registry.prefix(*kind) for kind in kinds}
        hash_of = hashes({row[2] for row in rows})
        for index, (seq, topic, key, fp, data, dumped, envelope, is_event) in enumerate(rows):
            if index % 200 == 0:
                await asyncio.sleep(0)  # what is in flight goes on meanwhile
            place = (topic, hash_of[key] % counts[topic])
            if place in full:
                continue
            if (parcel := parcels.get(place)) is None:
                parcel = parcels[place] = _Parcel(producer.create_batch())
            headers = self.event_headers(fp, envelope) if is_event else self._message_headers(seq, key, dumped)
            value = None if data is None else framing[topic, fp] + data
            if parcel.batch.append(key=key.encode(), value=value, timestamp=None, headers=headers) is None:
                full.add(place)
            else:
                parcel.rows.append(seq)
        return {(self._prefix + topic, partition): parcel for (topic, partition), parcel in parcels.items()}

    def event_headers(self, fp: bytes, envelope: str) -> Headers:
        """CloudEvents 1.0, binary mode, with our extensions and the W3C trace context made of correlation and event id."""
        return [*self._constant[fp], *zip(_NAMES, envelope.encode().split(b"\x1f"), strict=False)]

    def _message_headers(self, seq: int, key: str, dumped: str) -> Headers:
        """As an event's; the version is the outbox row's number, which only grows for a key, and the id follows from it."""
        own: dict[str, str] = json.loads(dumped)
        own |= {"ce_id": str(uuid5(NAMESPACE, f"{self.name}/outbox/{seq}")), "ce_subject": key, "ce_streamversion": str(seq)}
        own |= {"ce_specversion": "1.0", "content-type": "application/avro", "ce_source": self._source}
        return [(name, value.encode()) for name, value in own.items()]
