"""Messages read again from where they stand, each partition from an offset to an offset, by a guarded consumer of nobody's group."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.engine.inbound.arrived import Arrived, Partition, arrived
from services.engine.inbound.fetch import FetchGuard, Skipped, plain_consumer
from services.engine.kafka_client import running
from services.engine.retry import Outage
from services.engine.settings import Settings


async def reread(settings: Settings, skipped: Skipped, ranges: Mapping[Partition, tuple[int, int]]) -> AsyncIterator[Arrived]:
    """The messages from the first offset of each range up to, and without, the second. Topics are named without the prefix."""
    left = {place: end for place, (first, end) in ranges.items() if first < end}
    if not left:
        return
    prefix = settings.topic_prefix
    async with _patiently(settings) as consumer:
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


@asynccontextmanager
async def _patiently(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that has started; as long as the broker is away, it is waited for."""
    outage = Outage("broker_not_there_yet", 0.2)
    async with AsyncExitStack() as held:
        while True:
            consumer = plain_consumer(
                settings, auto_offset_reset="earliest", max_partition_fetch_bytes=4 << 20, fetch_max_bytes=64 << 20
            )
            try:
                await held.enter_async_context(running(consumer))
            except KafkaError as error:
                await asyncio.sleep(outage.failed(error))
            else:
                break
        outage.over()
        yield consumer
