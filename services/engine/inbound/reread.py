"""Messages read again from where they stand, each partition from an offset to an offset, by a guarded consumer of nobody's group."""

from collections.abc import AsyncIterator, Mapping

from aiokafka import TopicPartition

from services.engine.health import broker
from services.engine.inbound.arrived import Arrived, Partition, arrived
from services.engine.inbound.extent import extent, still_there
from services.engine.inbound.fetch import FetchGuard, Skipped, plain_consumer
from services.engine.kafka_client import running
from services.engine.settings import Settings


async def reread(settings: Settings, skipped: Skipped, ranges: Mapping[Partition, tuple[int, int]]) -> AsyncIterator[Arrived]:
    """The messages from the first offset of each range up to, and without, the second. A broker that is away is waited for.

    Raises `Gone` when a topic does not reach so far, or begins later: whoever reads again counts on all of it.
    """
    wanted = {place: (first, end) for place, (first, end) in ranges.items() if first < end}
    if not wanted:
        return
    left, prefix = {place: end for place, (_, end) in wanted.items()}, settings.topic_prefix
    limits = {"max_partition_fetch_bytes": 4 << 20, "fetch_max_bytes": 64 << 20}
    await broker.there(settings.kafka)
    async with running(plain_consumer(settings, auto_offset_reset="earliest", **limits)) as consumer:
        for topic in {topic for topic, _ in wanted}:
            there = await extent(consumer, prefix, topic)
            still_there({place: each for place, each in wanted.items() if place[0] == topic}, there)
        FetchGuard(prefix, skipped).guard(consumer)
        consumer.assign([TopicPartition(prefix + topic, n) for topic, n in left])
        for topic, n in left:
            consumer.seek(TopicPartition(prefix + topic, n), ranges[topic, n][0])
        while left:
            for partition, messages in (await consumer.getmany(timeout_ms=1000, max_records=5000)).items():
                place = (partition.topic.removeprefix(prefix), partition.partition)
                for message in messages:
                    if message.offset < left.get(place, 0):
                        yield arrived(message, prefix)
                if messages[-1].offset + 1 >= left.get(place, 0):
                    left.pop(place, None)
                    consumer.pause(partition)
