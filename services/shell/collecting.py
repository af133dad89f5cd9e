"""What arrives, collected to batches that follow each other in a pace.

A transaction costs about the same for one message as for some dozens. A consumer that opens one for each message as it comes spends a
quarter of a core on fifty messages a second; the others, whom that core serves, wait meanwhile.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


SHORTEST = 0.02  # seconds


class Collecting(Generic[T]):
    """A queue that is emptied by batches. After a pause the first thing goes at once; what comes within the pace after it goes together.

    The pace begins short, so that a few things in a row are hardly held up, and is twice as long with each batch that follows without a
    pause: what never stops comes in few large batches.
    """

    def __init__(self, pace: float, most: int, waiting: int, size: Callable[[T], int], shortest: float = SHORTEST) -> None:
        """`shortest`, `pace`: seconds between the beginnings of two batches after a pause, and the most that they become; `most`: the size
        with which one is full and waits no longer; `waiting`: how many things may stand in the queue before `put` waits; `size`: of one
        thing."""
        self._shortest, self._longest, self._most, self._size = min(shortest, pace), pace, most, size
        self._pace = self._shortest
        self._queue: asyncio.Queue[T] = asyncio.Queue(maxsize=waiting)
        self._next = 0.0  # when the next batch may begin, by the loop's clock

    async def put(self, thing: T) -> None:
        """Add to what comes next."""
        await self._queue.put(thing)

    async def batch(self) -> list[T]:
        """The next batch, in the order of `put`. Cancelled, it may drop what it has collected."""
        clock, had_waited = asyncio.get_running_loop().time, not self._queue.empty()
        things = [await self._queue.get()]
        paused = not had_waited and clock() >= self._next
        self._pace = self._shortest if paused else min(2 * self._pace, self._longest)
        size = self._size(things[0])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._next):
                while size < self._most:
                    things.append(await self._queue.get())
                    size += self._size(things[-1])
        self._next = clock() + self._pace
        return things
