"""From where to where a topic reaches. What stood before its beginning, or is not there up to an offset that somebody has seen, is gone."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from services.engine.inbound.arrived import Partition
from services.engine.inbound.fetch import plain_consumer
from services.engine.kafka_client import running
from services.engine.settings import Settings
from services.kernel.errors import ShouwangError

Extent = tuple[int, int]  # the first offset, and the one behind the last
GONE = "gone_from_its_topic"  # why a message cannot be had: deleted from its topic, or the topic was made anew
ANEW = "topic_made_anew"  # a topic ends before what a consumer has read of it: deleted and created again, or cut off
_PATIENCE = 10  # seconds until a topic of which no broker knows is not there


class Gone(ShouwangError):
    """Messages that are to be read again are on their topic no more."""

    def __init__(self, place: Partition, wanted: Extent, there: Extent) -> None:
        where, (first, end), (begins, ends) = "/".join(map(str, place)), wanted, there
        super().__init__(GONE, f"{where} reaches from offset {begins} to {ends}, and {first} to {end} is needed")


async def extents(settings: Settings, topics: Collection[str]) -> dict[Partition, Extent]:
    """Of each partition of the topics, which are named without the prefix. Raises `KafkaError`, also for a topic that is not there."""
    async with running(plain_consumer(settings)) as probe:
        return {place: reach for topic in topics for place, reach in (await extent(probe, settings.topic_prefix, topic)).items()}


async def extent(consumer: AIOKafkaConsumer, prefix: str, topic: str) -> dict[Partition, Extent]:
    """Of each partition of one topic."""
    client: Any = consumer._client
    try:
        async with asyncio.timeout(_PATIENCE):
            numbers = await client._wait_on_metadata(prefix + topic)
    except TimeoutError:
        raise UnknownTopicOrPartitionError(f"there is no topic {prefix}{topic}") from None
    parts = [TopicPartition(prefix + topic, number) for number in numbers]
    begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
    return {(topic, part.partition): (begins[part], ends[part]) for part in parts}


def still_there(wanted: Mapping[Partition, Extent], there: Mapping[Partition, Extent]) -> None:
    """Nothing of what is wanted is gone. Raises `Gone`."""
    for place, (first, end) in wanted.items():
        begins, ends = there.get(place, (0, 0))
        if not begins <= first <= end <= ends:
            raise Gone(place, (first, end), (begins, ends))
