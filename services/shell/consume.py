"""The only module that knows Faust: it brings messages to `Delivery` and acknowledges them after the commit.

Topics are raw bytes; no exception leaves the agent (Faust acknowledges and loses an event whose agent raised); acknowledgements are
manual, after the transaction. Whatever has arrived while one transaction ran becomes the next batch, up to a limit.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from typing import Any

import faust
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted

from services.engine.deliver import TRANSIENT, Arrived, Delivery
from services.engine.health import broker
from services.engine.kafka_client import running
from services.engine.runtime import Runtime
from services.kernel.events import topics_of

log = structlog.get_logger()
STALLED = 70


def make_app(runtime: Runtime, name: str) -> faust.App:
    """A Faust app with the settings that are safe with this broker and this kind of delivery."""
    return faust.App(
        runtime.settings.topic_prefix + name,
        broker=f"kafka://{runtime.settings.kafka}",
        store="memory://",
        datadir=os.path.join(tempfile.gettempdir(), f"shouwang-faust-{os.getpid()}"),  # made at start; nothing is kept there
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=30,
        broker_heartbeat_interval=3,
        broker_request_timeout=40,
        broker_commit_interval=0.5,
        stream_wait_empty=False,
        stream_buffer_maxsize=4096,
        logging_config=None,
    )


class Worker:
    """Consumes the topics a service follows. `run` until cancelled; cancelling finishes the batch at hand first."""

    def __init__(self, runtime: Runtime, group: str | None = None) -> None:
        self.runtime, self.delivery = runtime, Delivery(runtime)
        self._group = group or self.delivery.consumer
        self.topics = topics_of(runtime.service.followed)
        self._queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=4 * runtime.settings.batch_size)
        self._stream: Any = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Deliver until cancelled. Exits the process with 70 when Kafka has something for us and nothing moves."""
        if not self.topics:
            return
        await broker.there(self.runtime.settings.kafka)  # Faust gives up at its first look
        app = make_app(self.runtime, self._group)
        prefix = self.runtime.settings.topic_prefix
        source = app.topic(
            *(prefix + t for t in self.topics), key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

        async def collect(stream: Any) -> None:
            self._stream = stream.noack()
            async for event in self._stream.events():
                await self._queue.put(event)

        app.agent(source, name="collect", concurrency=1)(collect)
        app.finalize()
        tasks: list[asyncio.Task[None]] = []
        starting = asyncio.create_task(app.start())
        try:
            await asyncio.shield(starting)
            tasks += [asyncio.create_task(self._pump()), asyncio.create_task(self._watch(app))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            raise RuntimeError("the worker's loop ended by itself")
        finally:
            await asyncio.wait([starting], timeout=5)  # one that is cut short would leave connections open
            await asyncio.shield(asyncio.wait_for(self._stop(app, tasks), 15))

    async def _stop(self, app: Any, tasks: list[asyncio.Task[None]]) -> None:
        with contextlib.suppress(ConsumerNotStarted):  # a start that failed, or was cut short
            app.consumer.pause_partitions(app.consumer.assignment())
        try:
            await asyncio.wait_for(self._idle.wait(), 10)
        except TimeoutError:
            log.warning("worker_stopped_inside_a_batch")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app.stop()

    async def _batches(self) -> AsyncIterator[list[Any]]:
        while True:
            batch = [await self._queue.get()]
            self._idle.clear()
            while not self._queue.empty() and len(batch) < self.runtime.settings.batch_size:
                batch.append(self._queue.get_nowait())
            yield batch
            self._idle.set()

    async def _pump(self) -> None:
        async for batch in self._batches():
            arrived, delay = [self._arrived(event.message) for event in batch], 0.05
            while True:
                try:
                    await self.delivery.deliver(arrived)
                    self.runtime.bell.ring()
                    break
                except TRANSIENT as error:
                    log.warning("delivery_retried", error=type(error).__name__, retry_in=delay)
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, 5)
            for event in batch:
                await self._stream.ack(event)

    def _arrived(self, message: Any) -> Arrived:
        pairs = message.headers.items() if isinstance(message.headers, dict) else message.headers or ()
        return Arrived(
            topic=message.topic.removeprefix(self.runtime.settings.topic_prefix),
            partition=message.partition,
            offset=message.offset,
            key=_text(message.key),
            value=message.value,
            headers={name: _text(value) for name, value in pairs},
        )

    async def _watch(self, app: Any) -> None:
        """End the process when a partition has had something for long and its read position has not moved: a restart assigns anew.

        First when we have no partition at all (after a broker's outage Faust may assign as if a topic were missing), but never while
        a dead worker's session may still hold the group up (30 s); later when it is one of ours, last when it is another worker's.
        """
        settings = self.runtime.settings
        loop = asyncio.get_running_loop()
        moved: dict[tuple[str, int], tuple[int, float]] = {}
        while True:
            await asyncio.sleep(min(10, settings.stall_seconds / 4))
            if self.runtime.clock.doubt:  # it waits for an operator; a restart would help nobody
                moved.clear()
                continue
            try:
                behind = await lag(self.runtime, self.delivery.consumer, self.topics)
            except (KafkaError, *TRANSIENT) as error:
                log.warning("watchdog_cannot_see", error=type(error).__name__)
                continue
            mine = {(tp.topic, tp.partition) for tp in app.consumer.assignment()} if app.consumer else set()
            for place, (at, left) in behind.items():
                seen, since = moved.get(place, (-1, loop.time()))
                patience = settings.stall_seconds * (1 if place in mine else 2 if mine else 0.5)
                if left == 0 or at != seen:
                    moved[place] = (at, loop.time())
                elif loop.time() - since > patience:
                    log.error("worker_stalled", topic=place[0], partition=place[1], behind=left)
                    os._exit(STALLED)


async def lag(runtime: Runtime, consumer: str, topics: tuple[str, ...]) -> dict[tuple[str, int], tuple[int, int]]:
    """For each partition: (next offset to deliver, how many messages are waiting)."""
    rows = await runtime.pool.fetch("SELECT topic, partition, next FROM progress WHERE consumer = $1", consumer)
    prefix = runtime.settings.topic_prefix
    at = {(prefix + row["topic"], row["partition"]): row["next"] for row in rows}
    async with running(AIOKafkaConsumer(bootstrap_servers=runtime.settings.kafka, enable_auto_commit=False)) as probe:
        ends: dict[TopicPartition, int] = {}
        for topic in topics:
            await probe._client._wait_on_metadata(prefix + topic)
            parts = [TopicPartition(prefix + topic, p) for p in probe.partitions_for_topic(prefix + topic) or ()]
            ends |= await probe.end_offsets(parts) if parts else {}
    return {
        (tp.topic, tp.partition): (at.get((tp.topic, tp.partition), 0), end - at.get((tp.topic, tp.partition), 0))
        for tp, end in ends.items()
    }


def _text(value: bytes | str | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
