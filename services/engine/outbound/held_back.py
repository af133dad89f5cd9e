"""What the relay holds back: messages of a kind that cannot be sent now, while all others go on.

A kind is a topic and a schema (or the whole topic, when it is not there). It is held back when the registry does not know its subject or
does not answer, or when this version does not know the schema; each is asked about again until it can be sent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import aiohttp
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from services.engine.registry import RegistryError
from services.engine.retry import Outage

HELD = Gauge("shouwang_relay_kinds_held_back", "kinds of messages that wait for their schema or their topic", ["service"])
AGAIN, LONGEST = 0.5, 30.0  # seconds until a kind is asked about again: at first, and at last
Kind = tuple[str, bytes | None]
_GARBLED = (ValueError, LookupError, TypeError)  # an answer that says something else
NOT_NOW = (RegistryError, KafkaError, OSError, aiohttp.ClientError, *_GARBLED)


class HeldBack:
    """The kinds that are held back. `ask(kind)` raises one of `NOT_NOW` while it cannot be sent; `healed` is called when one can be."""

    def __init__(self, service: str, ask: Callable[[Kind], Awaitable[None]], healed: Callable[[], None]) -> None:
        self._service, self._ask, self._healed = service, ask, healed
        self._kinds: dict[Kind, asyncio.Task[None]] = {}

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What is held back now."""
        return tuple(self._kinds)

    def hold(self, kind: Kind, name: str, error: Exception) -> None:
        """Hold a kind back from now on, until it can be sent; `name` is told to operators."""
        if kind not in self._kinds:
            self._kinds[kind] = asyncio.create_task(self._until_it_can_be_sent(kind, name, error))
            self._count()

    def holds(self, topic: str, fp: bytes | None) -> bool:
        """Whether a message of this topic and schema is held back for its own sake."""
        return (topic, fp) in self._kinds or (topic, None) in self._kinds

    async def _until_it_can_be_sent(self, kind: Kind, name: str, error: Exception) -> None:
        outage = Outage("kind_held_back", AGAIN, LONGEST, topic=kind[0], kind=name, reason=str(error))
        while True:
            await asyncio.sleep(outage.failed(error))
            try:
                await self._ask(kind)
            except Exception as again:  # whatever it is, the kind is not to be forgotten
                error = again
            else:
                break
        outage.over()
        del self._kinds[kind]
        self._count()
        self._healed()

    def _count(self) -> None:
        HELD.labels(self._service).set(len(self._kinds))

    async def close(self) -> None:
        """Ask no more."""
        asking = [*self._kinds.values()]
        self._kinds.clear()
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


def sendable(rows: Iterable[tuple[int, str, str, bytes | None]], held: HeldBack) -> set[int]:
    """Of rows (number, topic, key, schema) in order those that may go: not held back, nor behind one of their key that is."""
    waiting: set[tuple[str, str]] = set()
    found: set[int] = set()
    for seq, topic, key, fp in rows:
        if (topic, key) in waiting or held.holds(topic, fp):
            waiting.add((topic, key))
        else:
            found.add(seq)
    return found
