"""The four services as a play needs them: over given servers, with the providers by which they tell the world."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiokafka import AIOKafkaConsumer

from deploy.local.stack import Urls
from deploy.processes import Processes
from deploy.sandbox.doors import Doors, Quiet
from deploy.sandbox.outside import Outside, outside


@asynccontextmanager
async def running(urls: Urls, folder: Path) -> AsyncIterator[tuple[Doors, Quiet, Outside]]:
    """The four services over the given servers, the doors to them, and the providers by which they tell the world."""
    processes = Processes(urls, folder, f"demo{int(time.time())}.")
    await processes.prepare(lasting=False)
    consumer = AIOKafkaConsumer(bootstrap_servers=urls.kafka, enable_auto_commit=False)
    async with outside(folder / "outside") as world:
        world.knows(processes)
        try:
            processes.start()
            await consumer.start()
            # Shorter than the services let a connection rest (`patience_seconds`), so that none is used that they are about to close.
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=5)) as session:
                doors = Doors(processes, session)
                yield doors, Quiet(doors, consumer), world
        finally:
            await consumer.stop()
            processes.stop()
