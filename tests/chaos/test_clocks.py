"""The short form of the storm of clocks; the long one is part of `make chaos`."""

from tests.chaos.clocks import storm_of_clocks
from tests.world import World

SEED = 20211214


async def test_whatever_is_set_nothing_is_told_too_early_and_nothing_is_lost(place: World) -> None:
    storm = await storm_of_clocks(place, SEED, rounds=5)
    assert storm.faults == []
    assert storm.refused > 20, "what was asked for while a time was wrong"
    assert storm.confirmed > 2
