"""What topics hold at a moment, read by a plain consumer: for whoever checks a deployment from outside."""

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.engine.kafka_client import running


async def whole(kafka: str, *topics: str, pattern: str | None = None) -> AsyncIterator[Any]:
    """Each message of these topics, or of those whose names match the pattern, up to the ends that they have now: Kafka's
    `ConsumerRecord`, those of a partition in their order. Where nothing is, nothing is waited for."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.subscribe(topics, pattern=pattern)
    async with running(consumer):
        ends = await consumer.end_offsets(consumer.assignment())  # of all of them: it has no group to share them with
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for partition, messages in (await consumer.getmany(timeout_ms=1000)).items():
                for message in messages:
                    if message.offset < ends[partition]:
                        yield message
