"""A Kafka client from its start to its stop, so that none of its connections outlives whoever opened it.

aiokafka drops the connection of its first look at the cluster, still open, when its start is cancelled while the answer is under
way, and a client whose start fails afterwards is closed by nobody. So a start is let run to its end before the client is stopped.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

PATIENCE = 5.0  # seconds that a cancelled start may still take; a broker that answers takes milliseconds


class Client(Protocol):
    """A producer, a consumer or an administrator of aiokafka."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Close every connection."""


C = TypeVar("C", bound=Client)


@asynccontextmanager
async def running(client: C) -> AsyncIterator[C]:
    """The client, started; it is stopped at the end, also when its start fails or is cancelled. Raises what the start raises."""
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
        yield client
    finally:
        await asyncio.shield(_stopped(client, starting))  # goes on when whoever waits for it is cancelled once more


async def _stopped(client: Client, starting: asyncio.Future[None]) -> None:
    if not (await asyncio.wait({starting}, timeout=PATIENCE))[0]:
        starting.cancel()  # the broker takes the connection and says nothing
    await asyncio.gather(starting, return_exceptions=True)
    await client.stop()
