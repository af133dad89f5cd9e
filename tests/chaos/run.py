"""One storm from beginning to verdict, with what happened printed."""

import asyncio
from pathlib import Path

import aiohttp

from tests.chaos.checker import Verdict, judged
from tests.chaos.storm import Weather


async def storm_of(folder: Path, seed: int, seconds: float, pause: float, outages: int) -> Verdict:
    """50 commands a second for so long, while things break; then calm, then the verdict."""
    print(f"seed {seed}")
    weather = Weather(folder, seed)
    try:
        await weather.prepare()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
            await asyncio.gather(weather.load(session, 25, seconds), weather.break_things(pause, outages))
            await weather.calm(session)
        verdict = await judged(weather)
    finally:
        await weather.stop()
    storm = weather.storm
    print(f"kills {dict(storm.kills)}; commands answered {len(storm.answered)}, never answered {storm.unanswered}")
    print(
        f"events {verdict.events}, notices {verdict.notices}, doubles on topics {verdict.doubles}, faults {verdict.faults or 'none'}"
    )
    return verdict
