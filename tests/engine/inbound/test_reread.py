"""Reading again: a broker that is away for a while ends nobody's rebuild."""

import asyncio

from aiokafka import AIOKafkaProducer

from deploy.local.stack import free_port
from services.engine.inbound.reread import reread
from services.engine.inbound.skips import Skips
from services.engine.kafka_client import running
from services.monitoring.visit.events import VisitRecorded
from tests.kernel import toy
from tests.world import World

TOPIC = "monitoring.events.v1"


async def test_a_broker_that_is_away_is_waited_for(place: World) -> None:
    await place.topics(VisitRecorded)
    runtime = await place.open(toy.FOLLOWER, toy.MIGRATION)
    async with running(AIOKafkaProducer(bootstrap_servers=place.urls.kafka)) as producer:
        sent = await producer.send_and_wait(place.prefix + TOPIC, b"said", key=b"key", partition=0)
    port = free_port()
    settings = runtime.settings.model_copy(update={"kafka": f"127.0.0.1:{port}"})

    async def read() -> list[bytes | None]:
        whole = {(TOPIC, 0): (sent.offset, sent.offset + 1)}
        return [message.value async for message in reread(settings, Skips("nobody"), whole)]

    reading = asyncio.create_task(read())
    assert not (await asyncio.wait({reading}, timeout=0.5))[0]
    host, _, real = place.urls.kafka.partition(":")

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection(host, int(real))
        await asyncio.gather(_copied(reader, asks), _copied(answers, writer))

    async with await asyncio.start_server(passed_on, "127.0.0.1", port):
        assert await asyncio.wait_for(reading, 60) == [b"said"]


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
