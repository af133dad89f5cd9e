"""A loop goes on after everything that a look can meet, and rests as it was told."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.engine.bell import Bell
from services.engine.loop import looped


async def looks(*met: Any, idle: float = 0.02, **rests: Any) -> tuple[list[float], list[dict[str, Any]]]:
    """When a loop looked (seconds from its start) that met these in turn (an error, or how much there was), and what it logged."""
    clock, todo, times = asyncio.get_running_loop().time, list(met), list[float]()
    over, start = asyncio.Event(), clock()

    async def look() -> int:
        times.append(clock() - start)
        if not todo:
            over.set()
            await asyncio.Event().wait()
        if isinstance(now := todo.pop(0), Exception):
            raise now
        return int(now)

    with capture_logs() as logs:
        running = asyncio.create_task(looped("toy", look, idle, **rests))
        await over.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    return times, [dict(line) for line in logs]


async def test_trouble_that_passes_and_a_fault_that_may_stay_are_told_and_the_loop_goes_on() -> None:
    times, logs = await looks(OSError(), ValueError("a name"), 1, again=0.05, fault=0.1)
    assert [(line["event"], line["log_level"], line["loop"], line.get("error")) for line in logs] == [
        ("loop_interrupted", "warning", "toy", "OSError"),
        ("loop_failed", "error", "toy", "ValueError"),
        ("loop_interrupted_over", "info", "toy", None),
    ]
    assert (len(times), times[1] >= 0.05, times[2] >= 0.15) == (4, True, True)


async def test_it_rests_longer_each_time_there_is_nothing() -> None:
    times, logs = await looks(0, 0, 0, longest=0.08)
    rests = [after - before for before, after in pairwise(times)]
    assert ([rest >= least for rest, least in zip(rests, (0.02, 0.04, 0.08), strict=True)], logs) == ([True] * 3, [])


async def test_it_looks_again_at_once_while_there_is_work() -> None:
    async with asyncio.timeout(20):
        times, _ = await looks(1, 1, 1, idle=60)
    assert len(times) == 4


async def test_a_bell_ends_what_is_longer_than_the_shortest_rest() -> None:
    bell = Bell()
    ringing = asyncio.create_task(rung(bell))
    times, _ = await looks(*[0] * 9, longest=60, bell=bell)
    ringing.cancel()
    rests = [after - before for before, after in pairwise(times)]
    assert min(rests) >= 0.02
    assert sum(rests) < 5, "rests of 0.02 s, each twice as long as the one before, are 10 s"


async def rung(bell: Bell) -> None:
    while True:
        await asyncio.sleep(0.005)
        bell.ring()


async def test_a_ring_between_the_look_and_the_rest_is_heard() -> None:
    bell = Bell()
    seen = bell.rings
    bell.ring()
    async with asyncio.timeout(20):
        assert await bell.heard(seen, 60)
    assert not await bell.heard(bell.rings, 0.01)


async def test_who_did_something_rings_for_the_others() -> None:
    bell = Bell()
    await looks(0, 1, 0, bell=bell)
    assert bell.rings == 1
    other = Bell()
    await looks(1, 1, bell=bell, rings=other)
    assert (bell.rings, other.rings) == (1, 2)


@pytest.mark.parametrize("error", [RuntimeError("a folder that is not empty"), ConnectionError("the database is away")])
async def test_a_fault_of_what_is_cleaned_up_hides_no_cancellation(error: Exception) -> None:
    looked = asyncio.Event()

    async def look() -> int:
        looked.set()
        try:
            await asyncio.sleep(60)
        finally:
            raise error

    task = asyncio.create_task(looped("unclean", look, 0.01))
    await looked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
