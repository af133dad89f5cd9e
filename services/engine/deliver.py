"""Delivery: the rule that keeps alerts from vanishing. What has arrived becomes effects, or a quarantine row, or is tried again.

Inbox rows, projections, the reactions' new events and the read position commit together or not at all; an event that a consumer
knows is a no-op. Transient faults are raised to the caller, who retries as long as it takes. A permanent fault becomes one quarantine
row; later events of that key are parked behind it; other keys flow. Nothing here knows Faust (`consume.py` does).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from services.engine.inbound.arrived import STATE, Arrived
from services.engine.inbound.aside import Letter, set_aside
from services.engine.inbound.envelope import recorded_from
from services.engine.inbound.extent import ANEW, GONE
from services.engine.inbound.gaps import Gaps, begin_anew
from services.engine.inbound.progress import move_on
from services.engine.inbound.skips import Skips
from services.engine.retry import code_of, passes
from services.engine.runtime import Runtime
from services.kernel.apply import apply
from services.kernel.errors import AlreadyRecorded, Unreadable
from services.kernel.events import Gone, Recorded, avro_name
from services.kernel.execute import Order
from services.kernel.service import Reaction

log = structlog.get_logger()
DELIVERED = Counter("shouwang_delivered_total", "events delivered", ["service"])
QUARANTINED = Counter("shouwang_quarantined_total", "messages set aside", ["service", "reason"])
_A_TYPE = re.compile(r"shouwang\.[a-z]+\.[A-Z][A-Za-z0-9]{1,99}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a message cannot be handled: a code, never its content. `event_id` when it is an event of ours that nobody could handle."""

    reason: str
    event_id: UUID | None = None


Item = tuple[Arrived, "Recorded | Fault"]


class Delivery:
    """Delivers for one consumer (one per service). `skips` are the messages that an operator does not want to be handled."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.consumer = runtime, f"{runtime.service.name}.worker"
        self.skips, self._gaps = Skips(self.consumer), Gaps(self.consumer)
        self._followed = {avro_name(cls): cls for cls in runtime.service.followed}

    async def deliver(self, batch: Sequence[Arrived]) -> None:
        """Handle a batch completely. Raises only what passes by itself, and then nothing of the failed transaction remains."""
        if missing := await self._gaps.before(self.runtime.pool, batch):
            log.error("messages_gone", places=[gone.place for gone in missing])
            async with self.runtime.pool.acquire() as conn:
                await self._set_aside(conn, [Letter(gone, GONE) for gone in missing])
        items = [(arrived, await self.read(arrived)) for arrived in batch if self.follows(arrived)]
        try:
            await self._commit(batch, items)
        except Exception as error:
            if passes(error):
                raise
            log.warning("batch_refused", error=type(error).__name__, size=len(batch))
            for item in items:
                await self._alone(item)
            await self._commit(batch, [])

    async def give_up(self, arrived: Arrived, reason: str) -> None:
        """Set a message aside without a look at what it says."""
        await self._commit([arrived], [(arrived, Fault(reason))])

    async def begin_anew(self, topic: str, partition: int, end: int, seen: int) -> None:
        """The topic was made anew, or cut off, and ends at `end`; this consumer had `seen` the offsets below that. Somebody is told."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            lost = await begin_anew(conn, self.consumer, (topic, partition), end, seen)
            await self._set_aside(conn, [Letter(lost, ANEW)])

    def follows(self, arrived: Arrived) -> bool:
        """Whether anybody here cares. What bears no type of anybody's is looked at, so that rubbish is set aside and not passed over."""
        if arrived.says_nothing or arrived.offset in self.skips.at(arrived.topic, arrived.partition):
            return False
        kind = arrived.kind
        return arrived.mark is not None or kind is None or kind in self._followed or not _A_TYPE.fullmatch(kind)

    async def read(self, arrived: Arrived) -> Recorded | Fault:
        """The event behind a message, or why there is none. Raises only what passes by itself."""
        if arrived.mark is not None:
            return Fault(arrived.mark.reason)
        try:
            if arrived.value is None and arrived.topic.endswith(STATE):
                return recorded_from(arrived, Gone(self._followed[arrived.kind or ""]))
            return recorded_from(arrived, await self.runtime.registry.decode(arrived.value))
        except Unreadable as error:
            return Fault(error.code)
        except Exception as error:
            if passes(error):
                raise
            return Fault("envelope_incomplete" if isinstance(error, KeyError) else type(error).__name__)

    async def _alone(self, item: Item) -> None:
        arrived, content = item
        try:
            await self._commit([arrived], [item])
        except Exception as error:
            if passes(error):
                raise
            log.exception("event_quarantined", place=arrived.place, reason=code_of(error))
            await self._commit([arrived], [(arrived, Fault(code_of(error), content.event_id))])

    async def _commit(self, batch: Sequence[Arrived], items: Sequence[Item]) -> None:
        if not items:  # half of what a service hears is not for it: that costs one statement, and needs no lock
            await move_on(self.runtime.pool, self.consumer, batch)
            return
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await self.hold(conn)
            await self._sort_out(conn, items)
            await move_on(conn, self.consumer, batch)

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
        aside: list[Letter] = []
        for arrived, content in items:
            place = (arrived.topic, arrived.queue)
            if isinstance(content, Fault):
                aside.append(Letter(arrived, content.reason, content.event_id))
                parked.add(place)
            elif place in parked:
                aside.append(Letter(arrived, "behind_another", content.event_id, parked=True))
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
        if not orders:
            return
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
            list({arrived.queue for arrived, _ in items}),
        )
        return {(row["topic"], row["key"]) for row in rows}

    async def _note_unknown(self, conn: Any, good: Sequence[Recorded]) -> list[Recorded]:
        once: dict[UUID, Recorded] = {}
        for recorded in good:
            once.setdefault(recorded.event_id, recorded)
        rows = await conn.fetch(
            """INSERT INTO inbox (consumer, event_id) SELECT $1, id FROM unnest($2::uuid[]) AS u(id) ORDER BY id
               ON CONFLICT DO NOTHING RETURNING event_id""",
            self.consumer,
            list(once),
        )
        unknown = {row["event_id"] for row in rows}
        return [recorded for event_id, recorded in once.items() if event_id in unknown]

    async def _set_aside(self, conn: Any, letters: Sequence[Letter]) -> None:
        """Set aside, and whatever our own escaping has overlooked must not keep a message from it: then by its place alone."""
        if not letters:
            return
        try:
            async with conn.transaction():
                added = await set_aside(conn, self.consumer, letters)
        except Exception as error:
            if passes(error):
                raise
            log.exception("set_aside_by_place", error=type(error).__name__)
            added = await set_aside(conn, self.consumer, [letter.bare() for letter in letters])
        for reason in added:
            QUARANTINED.labels(self.runtime.service.name, reason).inc()
