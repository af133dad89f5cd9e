"""The worker: it brings messages from Faust to `Delivery` and acknowledges them after the commit.

Topics are raw bytes; no exception leaves the agent (Faust acknowledges and loses an event whose agent raised); acknowledgements are
manual, after the transaction. Whatever has arrived while one transaction ran, and within the service's pace, becomes the next batch.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from typing import Any, TypeVar

import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted

from services.engine.deliver import Delivery
from services.engine.health import broker
from services.engine.health.backlog import Backlog
from services.engine.health.pulse import PATIENCE
from services.engine.inbound.arrived import Arrived, Partition, arrived
from services.engine.inbound.fetch import FetchGuard
from services.engine.inbound.lag import lag
from services.engine.inbound.progress import DEATHS, Attempts
from services.engine.retry import TRANSIENT, Outage, passes
from services.engine.runtime import Runtime
from services.kernel.events import topics_of
from services.shell.collecting import Collecting
from services.shell.faust_app import make_app

log = structlog.get_logger()
T = TypeVar("T")
STALLED = 70  # the exit code of a process that ends because nothing moves
_NOBODYS, _ANOTHERS = 0.5, 2  # of the stall time: while this worker has no partition at all, and for another's
_BUNDLE = 100  # messages that come from Faust at once


class Worker:
    """Consumes the topics a service follows. `run` until cancelled; cancelling finishes the batch at hand first."""

    def __init__(self, runtime: Runtime, group: str | None = None) -> None:
        self.runtime, self.delivery = runtime, Delivery(runtime)
        self._group = group or self.delivery.consumer
        self.topics = topics_of(runtime.service.followed)
        self._attempts = Attempts(self.delivery.consumer, runtime.settings.batch_size)
        self._outage = Outage("delivery_retried", 0.05)
        self._waits = False  # whether what is at hand was tried again
        self._bundle = min(_BUNDLE, runtime.settings.batch_size)
        most = runtime.settings.batch_size
        self._arriving: Collecting[Any] = Collecting(
            runtime.service.pace, most - self._bundle + 1, most // self._bundle, lambda event: len(event.message.records)
        )
        self._stream: Any = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Deliver until cancelled. Exits the process with 70 when Kafka has something for us and nothing moves."""
        if not self.topics:
            return
        self.runtime.pulse.beat("worker")
        await broker.there(self.runtime.settings.kafka)  # Faust gives up at its first look
        await self._again(lambda: self.delivery.skips.look(self.runtime))
        guard = FetchGuard(self.runtime.settings.topic_prefix, self.delivery.skips)
        app = make_app(self.runtime, self._group, guard, self._bundle)
        prefix = self.runtime.settings.topic_prefix
        source = app.topic(
            *(prefix + t for t in self.topics), key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

        async def collect(stream: Any) -> None:
            self._stream = stream.noack()
            async for event in self._stream.events():
                await self._arriving.put(event)

        app.agent(source, name="collect", concurrency=1)(collect)
        app.finalize()
        tasks: list[asyncio.Task[None]] = []
        starting = asyncio.create_task(app.start())
        try:
            await asyncio.shield(starting)
            tasks += [asyncio.create_task(self._pump()), asyncio.create_task(self._watch(app))]
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            raise RuntimeError("the worker's loop ended by itself") from ended.pop().exception()
        finally:
            await asyncio.wait([starting], timeout=5)  # one that is cut short would leave connections open
            await asyncio.shield(self._stopped(app, tasks))

    async def _stopped(self, app: Any, tasks: list[asyncio.Task[None]]) -> None:
        async with asyncio.timeout(15):
            await self._stop(app, tasks)

    async def _stop(self, app: Any, tasks: list[asyncio.Task[None]]) -> None:
        with contextlib.suppress(ConsumerNotStarted):  # a start that failed, or was cut short
            app.consumer.pause_partitions(app.consumer.assignment())
        ended = [task for task in tasks if task.done()]  # of a fault: what is at hand will not be finished
        try:
            async with asyncio.timeout(0 if ended else 10):
                await self._idle.wait()
        except TimeoutError:
            log.warning("worker_stopped_inside_a_batch")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not ended:  # stopped from outside, whatever was at hand
            with contextlib.suppress(*TRANSIENT):
                await self._attempts.forgive(self.runtime.pool)
        await app.stop()

    async def _batches(self) -> AsyncIterator[tuple[list[Any], list[Arrived]]]:
        """Events of Faust, and the messages that they carry: as many as one transaction may have."""
        prefix = self.runtime.settings.topic_prefix
        while True:
            events = await self._arriving.batch()
            self._idle.clear()
            messages = [arrived(record, prefix) for event in events for record in event.message.records]
            yield events, messages
            self._idle.set()

    async def _pump(self) -> None:
        async for events, messages in self._batches():
            await self._deliver(messages)
            self.runtime.bell.ring()
            for event in events:
                await self._stream.ack(event)

    async def _deliver(self, messages: list[Arrived]) -> None:
        """Deliver a batch, however long it takes; one by one when processes have died of one of them, without the one that ended so many."""
        pool = self.runtime.pool
        deaths = await self._again(lambda: self._attempts.begin(pool, messages))
        if deaths and len(messages) > 1:
            await self._again(lambda: self._attempts.forgive(pool))
            for message in messages:
                await self._deliver([message])
            return
        if deaths < DEATHS:
            await self._again(lambda: self.delivery.deliver(messages))
        else:
            log.error("message_ends_processes", place=messages[0].place, deaths=deaths)
            await self._again(lambda: self.delivery.give_up(messages[0], "ended_processes"))
        self._attempts.finished(messages)
        self._waits = False

    async def _again(self, work: Callable[[], Awaitable[T]]) -> T:
        """Work, and again after what passes by itself, as long as it takes."""
        while True:
            try:
                done = await work()
            except Exception as error:
                if not passes(error):
                    raise
                self._waits = True
                await asyncio.sleep(self._outage.failed(error))
            else:
                self._outage.over()
                return done
            with contextlib.suppress(*TRANSIENT):
                await self.delivery.skips.look(self.runtime)

    async def _watch(self, app: Any) -> None:
        """End the process when a partition has had something for long and its read position has not moved: a restart assigns anew.

        First when we have no partition at all (after a broker's outage Faust may assign as if a topic were missing), but never while
        a dead worker's session may still hold the group up (30 s); later when it is one of ours, last when it is another worker's.
        """
        settings = self.runtime.settings
        loop = asyncio.get_running_loop()
        moved: dict[Partition, tuple[int, float]] = {}
        late, blind, short = Backlog(), Outage("watchdog_cannot_see"), set[Partition]()
        while True:
            await asyncio.sleep(min(10, settings.stall_seconds / 4))
            if self.runtime.clock.doubt:  # it waits for an operator; a restart would help nobody
                moved.clear()
                self.runtime.pulse.beat("worker")
                continue
            try:
                await self.delivery.skips.look(self.runtime)
                behind = await lag(self.runtime, self.delivery.consumer, self.topics)
            except (KafkaError, *TRANSIENT) as error:
                blind.failed(error)
                continue
            blind.over()
            assigned = app.consumer.assignment() if app.consumer else ()
            mine = {(each.topic.removeprefix(settings.topic_prefix), each.partition) for each in assigned}
            short, before = {place for place, (_, left) in behind.items() if left < 0}, short
            await self._made_anew({place: behind[place] for place in mine & short & before})
            self._note(late, behind)
            for place, (at, left) in behind.items():
                seen, since = moved.get(place, (-1, loop.time()))
                if left == 0 or at != seen or (left < 0 and place in mine):
                    moved[place] = (at, loop.time())
                elif loop.time() - since > _patience(settings.stall_seconds, place, mine):
                    log.error("worker_stalled", topic=place[0], partition=place[1], next=at, behind=left)
                    if self._waits:  # for the database or the registry, and not because of a message
                        await self._attempts.forgive(self.runtime.pool)
                    os._exit(STALLED)

    def _note(self, late: Backlog, behind: Mapping[Partition, tuple[int, int]]) -> None:
        """Tell the process how far behind we are, and that we get on, if we do."""
        now = asyncio.get_running_loop().time()
        late.look(behind, now)
        figures = late.figures(now)
        self.runtime.pulse.note("worker", **figures)
        if figures["still_seconds"] < PATIENCE:
            self.runtime.pulse.beat("worker", **figures)

    async def _made_anew(self, mine: Mapping[Partition, tuple[int, int]]) -> None:
        """Partitions of ours end before what we have read of them. Faust would pass over what comes below that: a new worker reads it."""
        for (topic, partition), (seen, left) in mine.items():
            end = seen + left
            log.error("topic_made_anew", topic=topic, partition=partition, seen=seen, end=end)
            await self.delivery.begin_anew(topic, partition, end, seen)
        if mine:
            raise RuntimeError("a topic was made anew")


def _patience(stall: float, place: Partition, mine: Collection[Partition]) -> float:
    """For how many seconds a partition may stand still, by whose it is: this worker's, another one's, or nobody's."""
    if place in mine:
        return stall
    return stall * (_ANOTHERS if mine else _NOBODYS)
