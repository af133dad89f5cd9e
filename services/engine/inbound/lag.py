"""How far a consumer is behind the ends of its topics. Topics are named without the deployment's prefix."""

from collections.abc import Iterable

from aiokafka import TopicPartition

from services.engine.inbound.arrived import Partition
from services.engine.inbound.fetch import plain_consumer
from services.engine.kafka_client import running
from services.engine.runtime import Runtime
from services.engine.settings import Settings

_NEXT = "SELECT topic, partition, next FROM progress WHERE consumer = $1"


async def ends(settings: Settings, topics: Iterable[str]) -> dict[Partition, int]:
    """The offset behind the last message of each partition. Raises `KafkaError`, after 40 seconds for a topic that is not there."""
    prefix = settings.topic_prefix
    async with running(plain_consumer(settings)) as probe:
        wanted = [TopicPartition(prefix + t, n) for t in topics for n in await probe._client._wait_on_metadata(prefix + t)]
        found = await probe.end_offsets(wanted)
    return {(place.topic.removeprefix(prefix), place.partition): end for place, end in found.items()}


async def lag(runtime: Runtime, consumer: str, topics: Iterable[str]) -> dict[Partition, tuple[int, int]]:
    """For each partition the offset that the consumer handles next, and how many messages wait from there on. Raises `KafkaError`."""
    following = {(topic, partition): offset for topic, partition, offset in await runtime.pool.fetch(_NEXT, consumer)}
    found = await ends(runtime.settings, topics)
    return {place: (following.get(place, 0), end - following.get(place, 0)) for place, end in found.items()}
