"""Kill the sender in the middle of a burst: nothing is lost, and only what became unknown may arrive twice (full size: `make chaos`)."""

from pathlib import Path

from tests.notifications.burst import burst
from tests.world import World


async def test_a_sender_killed_five_times_loses_nothing_and_doubles_only_what_was_unknown(place: World, tmp_path: Path) -> None:
    told = await burst(place, tmp_path, notices=300, kills=5)
    assert (told.arrived, told.kills, told.surprises, told.unfinished) == (300, 5, 0, 0)
    assert 1 <= told.doubles <= told.unknown * 5
    assert told.unknown >= 5
