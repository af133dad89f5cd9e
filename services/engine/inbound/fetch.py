"""Consumers that cannot be stopped by what they fetch: every answer of a broker passes `FetchGuard` before Kafka's client looks at it.

The client offers no place between an answer and its own unpacking, so the guard stands around the method with which it asks
(DECISIONS D82). A batch whose checksum is wrong is fetched again before it is given up: bytes may have been hurt on their way.
"""

from collections.abc import Collection, Iterator
from typing import Any, Protocol

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.protocol.fetch import FetchRequest

from services.engine.inbound.arrived import Partition
from services.engine.inbound.batches import NOTHING, Batch, Mark
from services.engine.settings import Settings

log = structlog.get_logger()
LIMIT = 8 << 20  # bytes of an answer after which its other batches are left for the next one, in which they may come first
_TRIES = 3  # how often a batch is fetched whose checksum is wrong
_LENGTH_AT, _OVERHEAD, _LEAST = 8, 12, 61


def plain_consumer(settings: Settings, **options: Any) -> AIOKafkaConsumer:
    """A consumer that commits nothing by itself, of nobody's group unless `options` name one; not guarded."""
    return AIOKafkaConsumer(bootstrap_servers=settings.kafka, enable_auto_commit=False, isolation_level="read_committed", **options)


class Skipped(Protocol):
    """Knows which offsets of a partition are skipped; the topic is named without the deployment's prefix."""

    def at(self, topic: str, partition: int) -> Collection[int]:
        """The offsets."""


class FetchGuard:
    """Guards consumers of one process. `skipped` says what an operator does not want to be looked at."""

    def __init__(self, prefix: str, skipped: Skipped) -> None:
        self._prefix, self._skipped = prefix, skipped
        self._broken: dict[Partition, tuple[int, int]] = {}

    def guard(self, consumer: AIOKafkaConsumer) -> AIOKafkaConsumer:
        """The consumer, guarded from its start on; it is given nothing of transactions that are open, or were aborted."""
        client, consumer._isolation_level = consumer._client, "read_committed"
        ask = client.send

        async def send(node: int, request: Any, **more: Any) -> Any:
            answer = await ask(node, request, **more)
            if isinstance(request, FetchRequest):
                answer.topics = self._harmless(answer.topics)
            return answer

        client.send = send
        return consumer

    def _harmless(self, topics: list[Any]) -> list[Any]:
        left, found = LIMIT, []
        for topic, partitions in topics:
            name, mended = topic.removeprefix(self._prefix), []
            for partition, *between, records in partitions:
                aborted = next((told for told in between if isinstance(told, list)), [])  # of all these the one list
                batches = b"".join(self._batches(name, partition, records or b"", _Aborted(aborted), left))
                left -= len(batches)
                aborted.clear()  # the client would look for markers, of which nothing is left
                mended.append((partition, *between, batches))
            found.append((topic, mended))
        return found

    def _batches(self, topic: str, partition: int, records: bytes, aborted: "_Aborted", left: int) -> Iterator[bytes]:
        """The batches of a partition, each harmless, until nothing is left of what an answer may hold."""
        skipped = self._skipped.at(topic, partition)
        for view in _views(records):
            if left <= 0:
                return
            batch = Batch(view)
            if batch.whole:
                harmless = batch.unread(Mark(NOTHING)) if aborted.has(batch) else batch.harmless(skipped)
            elif self._again(topic, partition, batch.base):
                return
            else:
                log.error("batch_broken", topic=topic, partition=partition, offset=batch.base)
                harmless = batch.unread(Mark("checksum_wrong"))
            left -= len(harmless)
            yield harmless

    def _again(self, topic: str, partition: int, base: int) -> bool:
        """Whether a broken batch is worth another fetch."""
        offset, tries = self._broken.get((topic, partition), (base, 0))
        tries = tries + 1 if offset == base else 1
        self._broken[topic, partition] = (base, tries)
        return tries < _TRIES


class _Aborted:
    """The transactions of an answer that were aborted: each a producer, and the offset of the first that it said and took back."""

    def __init__(self, told: Collection[tuple[int, int]]) -> None:
        self._coming = sorted(told, key=lambda one: one[1])
        self._open = set[int]()

    def has(self, batch: Batch) -> bool:
        """Whether this batch is of one of them; asked of each batch once, in their order."""
        while self._coming and self._coming[0][1] <= batch.base:
            self._open.add(self._coming.pop(0)[0])
        if batch.marker:
            self._open.discard(batch.producer)
            return False
        return batch.transactional and batch.producer in self._open


def _views(records: bytes) -> Iterator[memoryview]:
    """The whole batches of a partition's bytes; a last one that is cut off comes with the next fetch."""
    view, at = memoryview(records), 0
    while at + _OVERHEAD <= len(view):
        end = at + _OVERHEAD + int.from_bytes(view[at + _LENGTH_AT : at + _OVERHEAD], "big")
        if end > len(view) or end - at < _LEAST:
            return
        yield view[at:end]
        at = end
