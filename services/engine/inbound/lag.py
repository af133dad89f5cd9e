"""How far a consumer is behind the ends of its topics. Topics are named without the deployment's prefix."""

from collections.abc import Collection

from services.engine.inbound.arrived import Partition
from services.engine.inbound.extent import extents
from services.engine.runtime import Runtime

_NEXT = "SELECT topic, partition, next FROM progress WHERE consumer = $1"


async def lag(runtime: Runtime, consumer: str, topics: Collection[str]) -> dict[Partition, tuple[int, int]]:
    """For each partition the offset that the consumer handles next, and how many messages wait; less than none when the topic ends before it.

    Raises `KafkaError`.
    """
    following = {(topic, partition): offset for topic, partition, offset in await runtime.pool.fetch(_NEXT, consumer)}
    found = {}
    for place, (begins, ends) in (await extents(runtime.settings, topics)).items():
        next_offset = following.get(place, 0)
        found[place] = (next_offset, ends - max(next_offset, begins))
    return found
