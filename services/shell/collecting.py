"""What arrives, collected to batches that follow each other in a pace.

A transaction costs about the same for one message as for some dozens. A consumer that opens one for each message as it comes spends a
quarter of a core on fifty messages a second; the others, whom that core serves, wait meanwhile.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Collecting(Generic[T]):
    """A queue that is emptied by batches. After a pause the first thing goes at once; what comes within the pace after it goes together."""

    def __init__(self, pace: float, most: int, waiting: int, size: Callable[[T], int]) -> None:
        """`pace`: seconds between the beginnings of two batches; `most`: the size with which one is full and waits no longer; `waiting`:
        how many things may stand in the queue before `put` waits; `size`: of one thing."""
        self._pace, self._most, self._size = pace, most, size
        self._queue: asyncio.Queue[T] = asyncio.Queue(maxsize=waiting)
        self._next = 0.0  # when the next batch may begin, by the loop's clock

    async def put(self, thing: T) -> None:
        """Add to what comes next."""
        await self._queue.put(thing)

    async def batch(self) -> list[T]:
        """The next batch, in the order of `put`. Cancelled, it may drop what it has collected."""
        things = [await self._queue.get()]
        size = self._size(things[0])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._next):
                while size < self._most:
                    things.append(await self._queue.get())
                    size += self._size(things[-1])
        self._next = asyncio.get_running_loop().time() + self._pace
        return things
