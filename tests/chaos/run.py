"""One storm from beginning to verdict, with what happened printed."""

import asyncio
from pathlib import Path

import aiohttp

from tests.chaos.checker import Verdict, judged
from tests.chaos.points import KillPoints
from tests.chaos.storm import Weather

REBUILT = (
    ("monitoring", "household_view"),
    ("monitoring", "case_view"),
    ("notifications", "notice"),
    ("certificates", "household"),
)


async def storm_of(folder: Path, seed: int, seconds: float, pause: float, outages: int, rounds: int) -> tuple[Verdict, KillPoints]:
    """50 commands a second, while roles die at every named point and then, for so long, things break at random; calm; the verdict."""
    print(f"seed {seed}")
    weather = Weather(folder, seed)
    try:
        await weather.prepare()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
            async with asyncio.TaskGroup() as group:
                group.create_task(weather.load(session, 25))
                points = KillPoints(weather)
                group.create_task(_rebuild(weather))
                await points.spring(rounds)
                await weather.break_things(seconds, pause, outages)
                weather.over.set()
            await weather.calm(session)
        verdict = await judged(weather)
    finally:
        await weather.stop()
    storm = weather.storm
    for point, tally in points.tallies.items():
        print(f"killed at {point}: {tally.deaths} times; done and unknown to the other side each time: {tally.repeats}")
    print(f"kills {dict(storm.kills)}; rebuilds under load {storm.rebuilt}")
    print(f"commands answered {len(storm.answered)}, never answered {storm.unanswered}")
    print(
        f"events {verdict.events}, notices {verdict.notices}, doubles on topics {verdict.doubles}, lost {verdict.lost}, "
        f"faults {verdict.faults or 'none'}"
    )
    return verdict, points


async def _rebuild(weather: Weather) -> None:
    for service, table in REBUILT:
        await asyncio.sleep(5)
        await weather.rebuild(service, table)
