"""A relay that has nothing to send rests longer and longer, until somebody rings or something was there."""

import asyncio
from dataclasses import replace

from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.engine.bell import Bell
from services.engine.relay import IDLE, LONGEST_IDLE, Relay
from tests.engine.samples import say
from tests.kernel import toy
from tests.world import World


class NotingBell(Bell):
    """Notes for how long a relay would rest, without a rest; says at some of them that it has rung."""

    def __init__(self, rung_at: int, rests: int) -> None:
        super().__init__()
        self.rested, self.enough = list[float](), asyncio.Event()
        self._rung_at, self._rests = rung_at, rests

    async def heard(self, since: int, seconds: float) -> bool:
        """Whether it is the rest at which it rings."""
        if len(self.rested) == self._rests:
            self.enough.set()
            return await super().heard(since, seconds)
        self.rested.append(seconds)
        return len(self.rested) == self._rung_at


async def test_a_relay_looks_rarely_where_nothing_happens_and_often_where_something_does(place: World) -> None:
    runtime = await place.open(toy.COUNTED, toy.MIGRATION)
    await place.topics(PersonRegistered, PersonIndexState)
    bell = NotingBell(rung_at=5, rests=7)
    await say(runtime, toy.registered())
    relay = asyncio.create_task(Relay(replace(runtime, bell=bell)).run())
    async with asyncio.timeout(60):
        await bell.enough.wait()
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)
    assert bell.rested == [IDLE, 2 * IDLE, 4 * IDLE, LONGEST_IDLE, LONGEST_IDLE, IDLE, 2 * IDLE]
    assert await runtime.pool.fetchval("SELECT count(*) FROM outbox") == 0
