"""Whatever ends a Kafka client, and whenever, none of its connections stays open."""

import asyncio
import gc
from collections.abc import Callable, Collection
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaError

from deploy.local.stack import Urls
from services.engine import kafka_client
from services.engine.kafka_client import running

CLIENTS: dict[str, Callable[[str], Any]] = {
    "producer": lambda kafka: AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True),
    "consumer": lambda kafka: AIOKafkaConsumer(bootstrap_servers=kafka, group_id="tests.kafka_client", enable_auto_commit=False),
}


def open_connections(known: Collection[AIOKafkaConnection] = ()) -> list[AIOKafkaConnection]:
    """Connections of Kafka clients in this process that nobody has closed, without those that are known."""
    gc.collect()
    found = [each for each in gc.get_objects() if isinstance(each, AIOKafkaConnection) and each.connected()]
    return [each for each in found if each not in known]


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_start_cancelled_at_any_moment_leaves_nothing_open(servers: Urls, name: str) -> None:
    before, started = open_connections(), 0

    async def hold() -> None:
        nonlocal started
        async with running(CLIENTS[name](servers.kafka)):
            started += 1
            await asyncio.Event().wait()

    for moment in (*range(12), *(n * 0.001 for n in range(12)), 0.3):
        holding = asyncio.create_task(hold())
        if isinstance(moment, int):
            for _ in range(moment):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(moment)
        holding.cancel()
        assert isinstance((await asyncio.gather(holding, return_exceptions=True))[0], asyncio.CancelledError)
    assert started > 0
    assert open_connections(before) == []


async def test_one_who_is_cancelled_twice_leaves_nothing_open_either(servers: Urls) -> None:
    before = open_connections()
    holding = asyncio.create_task(_held(CLIENTS["producer"](servers.kafka)))
    while not open_connections(before):  # noqa: ASYNC110 - aiokafka has no event for it
        await asyncio.sleep(0.001)
    for _ in range(2):
        holding.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(holding, return_exceptions=True)
    async with asyncio.timeout(10):
        while open_connections(before):  # noqa: ASYNC110 - the stop goes on in a task that nobody holds
            await asyncio.sleep(0.01)


async def test_a_broker_that_takes_the_connection_and_says_nothing_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_client, "PATIENCE", 0.1)
    taken = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        before = open_connections()
        port = server.sockets[0].getsockname()[1]
        holding = asyncio.create_task(_held(CLIENTS["producer"](f"127.0.0.1:{port}")))
        await taken.wait()
        holding.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(holding, return_exceptions=True)
        assert holding.cancelled()
        assert open_connections(before) == []


async def test_a_start_that_fails_says_so_and_leaves_nothing_open() -> None:
    before = open_connections()
    with pytest.raises(KafkaError):
        await _held(CLIENTS["producer"]("127.0.0.1:1"))
    assert open_connections(before) == []


async def _held(client: Any) -> None:
    async with running(client):
        await asyncio.Event().wait()
