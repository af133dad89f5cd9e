"""What arrives is collected in a pace: the first thing after a pause at once, the rest of it together, a full batch without waiting."""

import asyncio
import contextlib
import selectors

import pytest

from services.shell.collecting import Collecting

PACE, LONG = 1.0, 600.0  # seconds; nobody waits for the second


def collecting(most: int = 100, waiting: int = 50, pace: float = LONG) -> Collecting[str]:
    return Collecting(pace, most, waiting, len, shortest=pace)


async def test_the_first_thing_after_a_pause_goes_at_once_and_what_follows_within_the_pace_goes_together() -> None:
    arriving, loop = collecting(pace=PACE), asyncio.get_running_loop()
    await arriving.put("first")
    assert await arriving.batch() == ["first"]
    begun = loop.time()
    await arriving.put("second")
    waiting = asyncio.create_task(arriving.batch())
    await asyncio.sleep(0.01)
    await arriving.put("third")
    assert await waiting == ["second", "third"]
    assert loop.time() - begun > PACE / 2


class Leaping(selectors.DefaultSelector):
    """A selector of a loop whose clock leaps to whatever it waits for."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0
        return super().select(0)


def test_the_pace_is_twice_as_long_with_each_batch_until_a_pause() -> None:
    clock = Leaping()
    loop = asyncio.SelectorEventLoop(clock)
    loop.time = lambda: clock.now  # type: ignore[method-assign]
    begun = list[float]()

    async def batches(arriving: Collecting[str], count: int) -> None:
        for _ in range(count):
            await arriving.put("more")
            await arriving.batch()
            begun.append(round(clock.now, 3))

    async def played() -> None:
        arriving: Collecting[str] = Collecting(0.5, 100, 50, len, shortest=0.1)
        for count in (3, 2):
            waiting = asyncio.create_task(arriving.batch())
            await asyncio.sleep(2)
            await arriving.put("after a pause")
            await waiting
            begun.append(round(clock.now, 3))
            await batches(arriving, count)

    with contextlib.closing(loop):
        loop.run_until_complete(played())
    assert begun == [2.0, 2.1, 2.3, 2.7, 4.7, 4.8, 5.0]


async def test_what_stands_in_the_queue_already_is_one_batch_in_its_order() -> None:
    arriving = collecting()
    for thing in ("a", "b", "c"):
        await arriving.put(thing)
    assert await arriving.batch() == ["a", "b", "c"]


async def test_a_full_batch_does_not_wait_and_the_rest_is_the_next_one() -> None:
    arriving = collecting(most=4)
    for thing in ("aa", "b", "ccc", "d", "e"):
        await arriving.put(thing)
    assert await arriving.batch() == ["aa", "b", "ccc"]  # it is full with what reaches the size, not before
    for thing in ("f", "gg"):
        await arriving.put(thing)
    assert await arriving.batch() == ["d", "e", "f", "gg"]


async def test_what_waits_for_its_turn_is_taken_into_the_batch_that_makes_room() -> None:
    arriving = collecting(waiting=1, pace=PACE)
    await arriving.put("a")
    putting = asyncio.gather(*(arriving.put(thing) for thing in "bcd"))
    await asyncio.sleep(0)
    batches = [await arriving.batch()]
    while sum(map(len, batches)) < 4:
        batches.append(await arriving.batch())
    await putting
    assert [thing for batch in batches for thing in batch] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("turn", range(20))
async def test_nothing_is_lost_or_doubled_while_the_pace_ends(turn: int) -> None:
    """Things come at just the moments at which waiting ends."""
    arriving: Collecting[str] = Collecting(0.001, 1000, 5, len)
    sent = [str(number) for number in range(200)]

    async def putting() -> None:
        for number, thing in enumerate(sent):
            await arriving.put(thing)
            await asyncio.sleep(0.0005 if (number + turn) % 3 else 0)

    came, task = list[str](), asyncio.create_task(putting())
    while len(came) < len(sent):
        came += await arriving.batch()
    await task
    assert came == sent


async def test_one_that_waits_for_a_batch_can_be_cancelled_and_the_next_gets_what_comes() -> None:
    arriving = collecting(pace=PACE)
    waiting = asyncio.create_task(arriving.batch())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await arriving.put("a")
    assert await arriving.batch() == ["a"]
