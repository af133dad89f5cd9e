"""An engine at work in a thread: whoever is cancelled meanwhile ends soon, and closes no engine that works."""

import asyncio
from pathlib import Path

import pytest

from services.matching.county_facts.opened import County

FOREVER = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1"


async def test_what_is_cancelled_interrupts_the_engine_and_waits_for_it(tmp_path: Path) -> None:
    with County(tmp_path, {}) as county:
        asking = asyncio.create_task(county.beside(county.ask, FOREVER))
        await asyncio.sleep(0.2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(asking, 10)
        assert await county.beside(county.ask, "SELECT 1") == [(1,)]
