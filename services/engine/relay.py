"""The relay: outbox → Kafka, in order, every acknowledgement awaited, then exactly those rows deleted. It keeps no cursor.

One relay is active per service (a session advisory lock; standbys wait). A round sends at most one batch per partition, so a failed
batch can never be overtaken by the next one; what did not fit stays for the next round. Repeats are possible, gaps and inversions
are not. After any trouble the producer is thrown away and made anew (aio-libs/aiokafka#1017). What cannot be sent now is held back by
kind, and with it what is behind it in its key; everything else goes on (`held_back.py`).
"""

import asyncio
import json
from typing import Any
from uuid import uuid5

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import Counter

from services.engine.kafka_client import running
from services.engine.outbound.flight import Flight, Headers, Parcel, handed_over, left_over
from services.engine.outbound.held_back import NOT_NOW, HeldBack, Kind, sendable
from services.engine.outbound.partitioner import hashes
from services.engine.registry import RegistryError
from services.engine.retry import TRANSIENT, Outage
from services.engine.runtime import Runtime
from services.kernel.events import NAMESPACE

log = structlog.get_logger()
SENT = Counter("shouwang_relay_sent_total", "messages acknowledged by Kafka", ["service"])
CHUNK = 4000  # rows that are read at once
IDLE, LONGEST_IDLE = 0.02, 0.1  # seconds to the next look when there is nothing, each time twice as long
PAST = 0.2  # seconds to the next look when it has to look past what is held back
STANDBY = 0.2  # seconds to the next look whether to lead
STOOD_STILL = 120  # seconds until a stopped relay loses the lead; nothing that it waits for takes so long
ANSWER = 5.0  # seconds for an answer of the registry
# The envelope's values come as one text, put together by the database on another core (our sessions are in UTC). Rows under way are
# skipped by number, not by a cursor: a row that committed late with a lower number is read before any later row of its stream.
_ROWS = """
SELECT o.seq, o.topic, o.key, coalesce(e.schema_fp, o.schema_fp) AS fp, coalesce(e.data, o.data) AS data, o.headers,
    concat_ws(E'\\x1f', o.key, '00-' || replace(e.correlation_id::text, '-', '') || '-' ||
        right(replace(e.event_id::text, '-', ''), 16) || '-01', e.event_id, replace(e.occurred_at::text, ' ', 'T') || ':00',
        replace(e.recorded_at::text, ' ', 'T') || ':00', e.correlation_id, e.version, e.division, e.actor, e.policy_version,
        e.causation_id) AS envelope, e.position IS NOT NULL AS is_event
FROM outbox o LEFT JOIN events e ON e.position = o.position
WHERE (o.seq > $2 OR o.seq NOT IN (SELECT unnest($3::bigint[])))"""
READ = f"{_ROWS} ORDER BY o.seq LIMIT $1"
# As `READ`, past the kinds ($4: topics, $5: schemas, none for all of a topic) that are held back and what is behind them in their keys.
READ_PAST = f"""
WITH held AS (SELECT o.topic, o.key, min(o.seq) AS seq FROM outbox o LEFT JOIN events e ON e.position = o.position
    JOIN unnest($4::text[], $5::bytea[]) AS h(topic, fp) ON h.topic = o.topic AND (h.fp IS NULL OR h.fp = coalesce(e.schema_fp, o.schema_fp))
    GROUP BY o.topic, o.key)
{_ROWS} AND NOT EXISTS (SELECT FROM held WHERE held.topic = o.topic AND held.key = o.key AND held.seq <= o.seq)
ORDER BY o.seq LIMIT $1"""  # noqa: S608
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


class Relay:
    """The sending side of one service. `run` until cancelled."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.name = runtime, runtime.service.name
        self._prefix, self._source = runtime.settings.topic_prefix, f"/shouwang/{self.name}"
        self._producer: AIOKafkaProducer | None = None
        self._known: set[Kind] = set()  # what this producer can send
        self._held, self._outage = HeldBack(self.name, self._ask, runtime.bell.ring), Outage("relay_interrupted")
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
        """Lead when allowed, send what is there, start over after trouble; waits grow until something went well again."""
        self.runtime.pulse.beat("relay")
        try:
            while True:
                try:
                    async with self.runtime.pool.acquire() as conn:
                        try:
                            await self._chosen(conn)
                            await self._lead(conn)
                        finally:
                            await self._step_down(conn)
                except (KafkaError, asyncpg.PostgresError, *TRANSIENT) as error:
                    await asyncio.sleep(self._outage.failed(error))
        finally:
            await self._held.close()

    async def _chosen(self, conn: Any) -> None:
        """Stand by until no other relay leads. A session that may come to lead never stands still for long.

        The second limit is for one that stands between a statement's preparation and its execution: to the server that is no idle session.
        """
        await conn.execute(f"SET idle_session_timeout = '{STOOD_STILL}s'; SET transaction_timeout = '{STOOD_STILL}s'")
        while not await conn.fetchval("SELECT pg_try_advisory_lock(hashtext('relay'))"):
            self.runtime.pulse.end("relay")
            self.runtime.pulse.beat("relay_standby")
            await asyncio.sleep(STANDBY)
        self.runtime.pulse.end("relay_standby")
        self.runtime.pulse.beat("relay")

    async def _step_down(self, conn: Any) -> None:
        if not conn.is_closed():
            try:
                await conn.execute(
                    "SELECT pg_advisory_unlock(hashtext('relay')); RESET idle_session_timeout; RESET transaction_timeout"
                )
            except (asyncpg.PostgresError, *TRANSIENT):
                conn.terminate()  # the lock goes with the session

    def producer(self) -> AIOKafkaProducer:
        """A producer with the settings that keep order and lose nothing."""
        return AIOKafkaProducer(
            bootstrap_servers=self.runtime.settings.kafka, enable_idempotence=True, acks="all", max_batch_size=900_000
        )

    async def _lead(self, conn: Any) -> None:
        async with running(self.producer()) as producer:
            log.info("relay_leads")
            rest = IDLE
            while True:
                since = self.runtime.bell.rings
                sent = await self.drain(conn, producer)
                self._outage.over()
                self.runtime.pulse.beat("relay", held_back=[self._name(kind) for kind in self._held.kinds])
                if sent > 0:
                    rest = IDLE
                    continue
                heard = await self.runtime.bell.heard(since, PAST if self._held.kinds else rest)
                rest = IDLE if heard else min(2 * rest, LONGEST_IDLE)

    async def drain(self, conn: Any, producer: AIOKafkaProducer) -> int:
        """Send until nothing is left; how many rows were acknowledged. Raises after forgetting what was acknowledged.

        Four chunks are under way at once: one being deleted, one in flight, one being packed, one being read. A chunk is sent when
        every acknowledgement of the one before is there, and a failure sends nothing further.
        """
        if producer is not self._producer:
            self._producer, self._known = producer, set()
        rows = await self._read(conn, [])
        if not rows:  # as most looks find it: they need no second connection
            return 0
        flying, done, total = Flight(), list[int](), 0
        forgetting = asyncio.create_task(asyncio.sleep(0))
        async with self.runtime.pool.acquire() as other:
            try:
                while rows or flying.parcels:
                    under_way = done + flying.seqs + [row["seq"] for row in rows]
                    reading = asyncio.create_task(self._read(conn, under_way))
                    await asyncio.sleep(0)
                    try:
                        ready = await self._ready(rows)
                        parcels = await self._pack(ready, producer)
                        failed = await flying.landed()
                        sent = [] if failed else await handed_over(parcels, producer)
                        await forgetting
                        forgetting, done = asyncio.create_task(self._forget(other, flying)), flying.seqs
                        if failed:
                            await forgetting  # raises what went wrong
                    finally:
                        following = await reading
                    total += len(done)
                    if len(ready) < len(rows):  # what was read meanwhile may be behind what is held back since
                        following = []
                    flying, rows = Flight(list(parcels.values()), sent), left_over(ready, parcels) + following
            finally:
                await asyncio.gather(forgetting, return_exceptions=True)
            await forgetting
        return total

    async def _read(self, conn: Any, under_way: list[int]) -> list[Any]:
        """The next rows in order, past those under way and those that are held back."""
        known = (CHUNK, max(under_way, default=0), under_way)
        if kinds := self._held.kinds:
            return list(await conn.fetch(READ_PAST, *known, [topic for topic, _ in kinds], [fp for _, fp in kinds]))
        return list(await conn.fetch(READ, *known))

    async def _ready(self, rows: list[Any]) -> list[Any]:
        """The rows that can be sent now; kinds that cannot are held back from now on."""
        new = {(row["topic"], row["fp"]) for row in rows} - self._known
        topics: set[Kind] = {(topic, None) for topic, _ in new}
        for kind in [*(topics - self._known), *(new - topics)]:
            if not self._held.holds(*kind):
                try:
                    await self._ask(kind)
                except NOT_NOW as error:
                    self._held.hold(kind, self._name(kind), error)
        if not self._held.kinds:
            return rows
        may_go = sendable(((row["seq"], row["topic"], row["key"], row["fp"]) for row in rows), self._held)
        return [row for row in rows if row["seq"] in may_go]

    async def _ask(self, kind: Kind) -> None:
        """Whether a kind can be sent: its topic is there, and the registry knows its schema (both remembered). Raises one of `NOT_NOW`."""
        topic, fp = kind
        assert self._producer is not None
        async with asyncio.timeout(ANSWER):
            if fp is None:
                await self._producer.partitions_for(self._prefix + topic)
            elif fp not in self.runtime.codec.by_fp:
                raise RegistryError("a schema that this version does not know")
            else:
                await self.runtime.registry.prefix(topic, fp)
        self._known.add(kind)

    def _name(self, kind: Kind) -> str:
        _, fp = kind
        if fp is None:
            return "topic"
        known = self.runtime.codec.by_fp.get(fp)
        return known[0].name if known else fp.hex()

    async def _forget(self, conn: Any, flight: Flight) -> None:
        done = flight.acknowledged
        if done:
            await conn.execute(FORGET, done)
            SENT.labels(self.name).inc(len(done))
            self.runtime.bell.ring()
        for answer in flight.answers:
            if answer is not None:
                raise answer

    async def _pack(self, rows: list[Any], producer: AIOKafkaProducer) -> dict[tuple[str, int], Parcel]:
        """One batch per partition, rows in order; the first row that does not fit closes its partition for this round."""
        parcels: dict[tuple[str, int], Parcel] = {}
        full: set[tuple[str, int]] = set()
        counts = {topic: len(await producer.partitions_for(self._prefix + topic)) for topic in {row["topic"] for row in rows}}
        kinds = {(row["topic"], row["fp"]) for row in rows if row["fp"] is not None}
        framing = {kind: await self.runtime.registry.prefix(*kind) for kind in kinds}
        hash_of = hashes({row["key"] for row in rows})
        for index, row in enumerate(rows):
            if index % 200 == 0:
                await asyncio.sleep(0)  # what is in flight goes on meanwhile
            topic, key, data = row["topic"], row["key"], row["data"]
            place = (topic, hash_of[key] % counts[topic])
            if place in full:
                continue
            if (parcel := parcels.get(place)) is None:
                parcel = parcels[place] = Parcel(producer.create_batch())
            headers = self.event_headers(row["fp"], row["envelope"]) if row["is_event"] else self._message_headers(row)
            value = None if data is None else framing[topic, row["fp"]] + data
            if parcel.batch.append(key=key.encode(), value=value, timestamp=None, headers=headers) is None:
                full.add(place)
            else:
                parcel.rows.append(row["seq"])
        return {(self._prefix + topic, partition): parcel for (topic, partition), parcel in parcels.items()}

    def event_headers(self, fp: bytes, envelope: str) -> Headers:
        """CloudEvents 1.0, binary mode, with our extensions and the W3C trace context made of correlation and event id."""
        return [*self._constant[fp], *zip(_NAMES, envelope.encode().split(b"\x1f"), strict=False)]

    def _message_headers(self, row: Any) -> Headers:
        """As an event's; the version is the outbox row's number, which only grows for a key, and the id follows from it."""
        own: dict[str, str] = json.loads(row["headers"])
        own |= {"ce_id": str(uuid5(NAMESPACE, f"{self.name}/outbox/{row['seq']}")), "ce_streamversion": str(row["seq"])}
        own |= {"ce_subject": row["key"], "ce_specversion": "1.0", "content-type": "application/avro", "ce_source": self._source}
        return [(name, value.encode()) for name, value in own.items()]
