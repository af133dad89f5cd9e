"""Record batches written byte by byte, and put on a topic past every check of a client: what a hostile producer can do."""

import gzip
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiokafka import TopicPartition, codec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c, encode_varint

from deploy.topics import drop
from tests.world import World

Packing = Callable[[bytes], bytes]
PLAIN = 0
CODECS: dict[int, Packing] = {
    1: lambda records: gzip.compress(records, 1),
    2: codec.snappy_encode,
    3: codec.lz4_encode,
    4: codec.zstd_encode,
}
CONTROL, TOO_LARGE = 0x20, 10
_NOT_YET = (3, 5, 6)  # a new topic's broker does not lead it yet: every producer asks again


@dataclass(frozen=True)
class Record:
    """One record; a header's name is bytes, since nobody makes a producer write UTF-8."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[bytes, bytes | None]] = field(default_factory=tuple)

    def written(self, delta: int) -> bytes:
        """Its bytes at this place of a batch."""
        head = b"\0" + varint(0) + varint(delta) + sized(self.key) + sized(self.value) + varint(len(self.headers))
        return sized(head + b"".join(sized(name) + sized(value) for name, value in self.headers))


def batch(records: Sequence[Record], attributes: int = PLAIN, at: int | None = None) -> bytes:
    """A batch of these records, packed as its attributes say."""
    payload = b"".join(record.written(delta) for delta, record in enumerate(records))
    return framed(CODECS[attributes](payload) if attributes in CODECS else payload, len(records), attributes, at)


def framed(payload: bytes, count: int, attributes: int = PLAIN, at: int | None = None) -> bytes:
    """A batch around these bytes, with the right checksum whatever they are; `at` is its time in milliseconds, now when it has none."""
    at = int(time.time() * 1000) if at is None else at
    rest = struct.pack(">hiqqqhii", attributes, count - 1, at, at, -1, -1, -1, count) + payload
    return struct.pack(">qiibI", 0, len(rest) + 9, -1, 2, calc_crc32c(rest)) + rest


def varint(number: int) -> bytes:
    """As Kafka writes it."""
    out = bytearray()
    encode_varint(number, out.append)
    return bytes(out)


def sized(value: bytes | None) -> bytes:
    """Bytes behind their length."""
    return varint(-1) if value is None else varint(len(value)) + value


class RawProducer:
    """Puts batches on partitions as they are."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka
        self._client: Any = None

    async def __aenter__(self) -> "RawProducer":
        self._client = AIOKafkaClient(bootstrap_servers=self._kafka)
        await self._client.bootstrap()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.close()

    async def put(self, topic: str, partition: int, written: bytes) -> tuple[int, int]:
        """(error code of Kafka, first offset)."""
        while True:
            await self._client._wait_on_metadata(topic)
            leader = self._client.cluster.leader_for_partition(next(p for p in self._parts(topic) if p.partition == partition))
            asked = ProduceRequest(
                transactional_id=None, required_acks=-1, timeout=30_000, topics=[(topic, [(partition, written)])]
            )
            answer = await self._client.send(leader, asked)
            (_, ((_, code, offset, *_),)), *_ = answer.topics
            if code not in _NOT_YET:
                return code, offset
            await self._client.force_metadata_update()

    def _parts(self, topic: str) -> list[Any]:
        return [TopicPartition(topic, number) for number in self._client.cluster.partitions_for_topic(topic)]


async def let_through(place: World, *names: str) -> None:
    """Make these topics such that they keep what producers compress, as topics did before ours had a setting of their own."""
    if not place.topics_made:
        place.stack.push_async_callback(drop, place.urls.kafka, place.prefix)
    admin = AIOKafkaAdminClient(bootstrap_servers=place.urls.kafka)
    await admin.start()
    try:
        loose = {"compression.type": "producer", "max.message.bytes": str(4 << 20)}
        made = await admin.create_topics(
            [NewTopic(place.prefix + name, place.partitions, 1, topic_configs=loose) for name in names]
        )
        assert {code for _, code, *_ in made.topic_errors} == {0}
    finally:
        await admin.close()
    place.topics_made |= set(names)
