"""Delivery: the rule that keeps alerts from vanishing. What has arrived becomes effects, or a quarantine row, or is tried again.

Inbox rows, projections, the reactions' new events and the read position commit together or not at all; an event that a consumer
knows is a no-op. Transient faults are raised to the caller, who retries as long as it takes. A permanent fault becomes one quarantine
row; later events of that key are parked behind it; other keys flow. Nothing here knows Faust (`consume.py` does).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import structlog
from prometheus_client import Counter

from services.engine.runtime import Runtime
from services.kernel.apply import apply
from services.kernel.errors import AlreadyRecorded, ClockInDoubt, Conflict, ShouwangError, Unreadable
from services.kernel.events import Gone, Recorded, avro_name
from services.kernel.execute import Order
from services.kernel.service import Reaction

log = structlog.get_logger()
DELIVERED = Counter("shouwang_delivered_total", "events delivered", ["service"])
QUARANTINED = Counter("shouwang_quarantined_total", "messages set aside", ["service", "reason"])
# FeatureNotSupported is "cached plan must not change result type", once after a rebuild's swap.
TRANSIENT = (
    OSError,
    TimeoutError,
    ClockInDoubt,
    Conflict,
    aiohttp.ClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.exceptions.FeatureNotSupportedError,
    asyncpg.exceptions.InvalidCachedStatementError,
)
_MOVE = """INSERT INTO progress AS p (consumer, topic, partition, next)
    SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[]) AS u(topic, partition, next) ORDER BY 2, 3
    ON CONFLICT (consumer, topic, partition) DO UPDATE SET next = greatest(p.next, excluded.next)"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came off a topic (name without the deployment's prefix)."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    headers: dict[str, str]

    @property
    def reference(self) -> str:
        """What identifies the message across repeats: its event id, or its place when it has none."""
        return self.headers.get("ce_id") or f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a message cannot be handled: a code, never its content."""

    reason: str


Item = tuple[Arrived, "Recorded | Fault"]


class Delivery:
    """Delivers for one consumer (one per service)."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.consumer = runtime, f"{runtime.service.name}.worker"
        self._followed = {avro_name(cls): cls for cls in runtime.service.followed}

    async def deliver(self, batch: Sequence[Arrived]) -> None:
        """Handle a batch completely. Raises only transient faults, and then nothing of the failed transaction remains."""
        items = [(arrived, await self.read(arrived)) for arrived in batch if self.follows(arrived)]
        try:
            await self._commit(batch, items)
        except TRANSIENT:
            raise
        except Exception as error:
            log.warning("batch_refused", error=type(error).__name__, size=len(batch))
            for item in items:
                await self._alone(item)
            await self._commit(batch, [])

    def follows(self, arrived: Arrived) -> bool:
        """Whether anybody here cares; a message without a type is looked at, so that rubbish is set aside and not skipped."""
        kind = arrived.headers.get("ce_type")
        return kind is None or kind in self._followed

    async def read(self, arrived: Arrived) -> Recorded | Fault:
        """The event behind a message, or why there is none. Raises transient faults of the registry."""
        try:
            if arrived.value is None and arrived.topic.endswith(".state.v1"):
                return recorded_from(arrived, Gone(self._followed[arrived.headers["ce_type"]]))
            return recorded_from(arrived, await self.runtime.registry.decode(arrived.value))
        except Unreadable as error:
            return Fault(error.code)
        except (KeyError, ValueError):
            return Fault("envelope_incomplete")

    async def _alone(self, item: Item) -> None:
        try:
            await self._commit([item[0]], [item])
        except TRANSIENT:
            raise
        except Exception as error:
            reason = error.code if isinstance(error, ShouwangError) else type(error).__name__
            log.exception("event_quarantined", reference=item[0].reference, reason=reason)
            await self._commit([item[0]], [(item[0], Fault(reason))])

    async def _commit(self, batch: Sequence[Arrived], items: Sequence[Item]) -> None:
        if not items:  # half of what a service hears is not for it: that costs one statement, and needs no lock
            await self._move_on(self.runtime.pool, batch)
            return
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await self.hold(conn)
            await self._sort_out(conn, items)
            await self._move_on(conn, batch)

    async def hold(self, conn: Any) -> None:
        """Hold the consumer's lock, with other deliveries and against the swap of a rebuild, until the caller's transaction ends."""
        await conn.execute("SELECT pg_advisory_xact_lock_shared(hashtext($1))", self.consumer)

    async def handle(self, conn: Any, events: Sequence[Recorded]) -> int:
        """Apply the events that this consumer does not know yet, each once, and note that it knows them; how many there were.

        In the caller's transaction, which holds the consumer's lock. Raises what stops one of them.
        """
        fresh = await self._note_unknown(conn, events)
        await self.apply(conn, fresh)
        return len(fresh)

    async def _sort_out(self, conn: Any, items: Sequence[Item]) -> None:
        """Set aside what must be, and whatever waits behind it; handle the rest."""
        parked = await self._parked_keys(conn, items)
        good: list[Recorded] = []
        aside: list[tuple[Arrived, str, bool]] = []
        for arrived, content in items:
            place = (arrived.topic, arrived.key)
            if isinstance(content, Fault):
                aside.append((arrived, content.reason, False))
                parked.add(place)
            elif place in parked:
                aside.append((arrived, "behind_another", True))
            else:
                good.append(content)
        DELIVERED.labels(self.runtime.service.name).inc(await self.handle(conn, good))
        await self._set_aside(conn, aside)

    async def apply(self, conn: Any, fresh: Sequence[Recorded]) -> None:
        """Projections of foreign events, then the reactions to all of them."""
        runtime = self.runtime
        foreign = [recorded for recorded in fresh if recorded.service != runtime.service.name]
        await apply(conn, runtime.store, runtime.service.projections, foreign)
        orders: list[Order] = []
        for reaction in runtime.service.reactions:
            caused = [recorded for recorded in fresh if isinstance(recorded.event, reaction.on)]
            orders += await self._orders(conn, reaction, caused)
        try:
            async with conn.transaction():
                await runtime.executor.execute_many(conn, orders)
        except AlreadyRecorded:
            await self._execute_missing(conn, orders)

    async def _orders(self, conn: Any, reaction: Reaction, caused: Sequence[Recorded]) -> list[Order]:
        facts: Sequence[Any] = await reaction.facts(conn, caused) if reaction.facts and caused else [None] * len(caused)
        now, orders = self.runtime.clock(), []
        for recorded, known in zip(caused, facts, strict=True):
            for index, (decider, stream_id, command) in enumerate(reaction.react(recorded, known, self.runtime.service.policy)):
                name = f"{self.runtime.service.name}.{reaction.name}"
                orders.append(Order(decider, stream_id, command, recorded.cause(name, index, now)))
        return orders

    async def _execute_missing(self, conn: Any, orders: Sequence[Order]) -> None:
        """Some effects are there already (the inbox was pruned): execute one by one, letting the known ones be."""
        for order in orders:
            try:
                async with conn.transaction():
                    await self.runtime.executor.execute(conn, order.decider, order.stream_id, order.command, order.context)
            except AlreadyRecorded:
                log.info("effect_already_recorded", stream=str(order.stream_id))

    async def _parked_keys(self, conn: Any, items: Sequence[Item]) -> set[tuple[str, str]]:
        rows = await conn.fetch(
            "SELECT DISTINCT topic, key FROM quarantine WHERE consumer = $1 AND key = ANY($2::text[]) AND closed_at IS NULL",
            self.consumer,
            list({arrived.key for arrived, _ in items}),
        )
        return {(row["topic"], row["key"]) for row in rows}

    async def _note_unknown(self, conn: Any, good: Sequence[Recorded]) -> list[Recorded]:
        rows = await conn.fetch(
            """INSERT INTO inbox (consumer, event_id) SELECT $1, id FROM unnest($2::uuid[]) AS u(id) ORDER BY id
               ON CONFLICT DO NOTHING RETURNING event_id""",
            self.consumer,
            list({recorded.event_id for recorded in good}),
        )
        left = {row["event_id"] for row in rows}
        fresh = []
        for recorded in good:
            if recorded.event_id in left:
                left.discard(recorded.event_id)
                fresh.append(recorded)
        return fresh

    async def _set_aside(self, conn: Any, aside: Sequence[tuple[Arrived, str, bool]]) -> None:
        for arrived, reason, parked in aside:
            added = await conn.fetchval(
                """INSERT INTO quarantine (consumer, reference, topic, key, partition, "offset", reason, parked, headers, data)
                   SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
                   WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = $1 AND event_id::text = $2)
                   ON CONFLICT (consumer, reference) DO NOTHING RETURNING id""",
                self.consumer,
                arrived.reference,
                arrived.topic,
                arrived.key,
                arrived.partition,
                arrived.offset,
                reason,
                parked,
                json.dumps(arrived.headers),
                arrived.value,
            )
            if added is not None:
                QUARANTINED.labels(self.runtime.service.name, reason).inc()

    async def _move_on(self, conn: Any, batch: Sequence[Arrived]) -> None:
        upto: dict[tuple[str, int], int] = {}
        for arrived in batch:
            place = (arrived.topic, arrived.partition)
            upto[place] = max(upto.get(place, 0), arrived.offset + 1)
        await conn.execute(
            _MOVE, self.consumer, [topic for topic, _ in upto], [partition for _, partition in upto], [*upto.values()]
        )


def recorded_from(arrived: Arrived, event: Any) -> Recorded:
    """The envelope out of the CloudEvents headers. Raises KeyError or ValueError when it is not complete."""
    headers = arrived.headers
    causation = headers.get("ce_causationid")
    return Recorded(
        event_id=UUID(headers["ce_id"]),
        stream_id=UUID(arrived.key),
        version=int(headers["ce_streamversion"]),
        service=headers["ce_source"].removeprefix("/shouwang/"),
        event=event,
        division=headers["ce_division"],
        actor=headers["ce_actor"],
        occurred_at=datetime.fromisoformat(headers["ce_time"]),
        recorded_at=datetime.fromisoformat(headers["ce_recordedtime"]),
        correlation_id=UUID(headers["ce_correlationid"]),
        causation_id=UUID(causation) if causation else None,
        policy_version=headers["ce_policyversion"],
    )
