"""A bell in a process: whoever has committed something rings it, and loops that rest look at once instead of at the end of their rest.

It only shortens rests. What another process commits is found by looking, as ever: nothing depends on a ring being heard.
"""

import asyncio


class Bell:
    """Counts its rings, so that a ring between a look and the rest behind it is heard, too."""

    def __init__(self) -> None:
        self.rings = 0
        self._resting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something was committed: wake whoever rests."""
        self.rings += 1
        for rest in self._resting:
            if not rest.done():
                rest.set_result(None)

    async def heard(self, since: int, seconds: float) -> bool:
        """Rest until it has rung more often than `since`, for `seconds` at most; whether it has."""
        if self.rings == since and seconds > 0:
            rest = asyncio.get_running_loop().create_future()
            self._resting.add(rest)
            try:
                await asyncio.wait([rest], timeout=seconds)
            finally:
                self._resting.discard(rest)
        return self.rings != since
