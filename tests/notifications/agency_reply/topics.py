"""An office's own topic, read as a plain consumer with the registry reads it."""

import asyncio

from aiokafka import AIOKafkaConsumer

from services.engine.registry import Registry
from services.kernel.avro import Codec
from services.notifications.notice.events import AgencyNotice
from tests.world import World


async def on_topic(place: World, office: str, count: int) -> list[AgencyNotice]:
    """The first `count` notices to "agency.division", once they are there."""
    registry = Registry(place.urls.registry, Codec([AgencyNotice]))
    consumer = AIOKafkaConsumer(
        f"{place.prefix}agency.{office}.notices.v1",
        bootstrap_servers=place.urls.kafka,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    try:
        async with consumer, asyncio.timeout(120):
            return [await registry.decode((await consumer.getone()).value) for _ in range(count)]
    finally:
        await registry.close()
