"""The short form of `make chaos`: every named kill point three times, and a storm of twenty seconds."""

from pathlib import Path

import pytest

from tests.chaos.run import storm_of
from tests.chaos.trap import POINTS

pytestmark = [pytest.mark.server, pytest.mark.long]

SEED = 20211214


async def test_nothing_answered_is_lost_and_nothing_is_told_twice(tmp_path: Path) -> None:
    verdict, points = await storm_of(tmp_path, SEED, seconds=20, pause=1.0, outages=1, rounds=1)
    assert verdict.faults == []
    assert verdict.events > 1000
    assert verdict.notices > 500
    assert {point: tally.deaths for point, tally in points.tallies.items()} == dict.fromkeys(POINTS, 3)
    assert verdict.doubles >= sum(points.tallies[point].repeats for point in ("sent", "acked"))
