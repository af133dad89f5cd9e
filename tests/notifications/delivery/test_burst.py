"""Kill the sender in the middle of a burst: nothing is lost, and what arrives twice is what the database counts (full size: `make chaos`)."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.notifications.delivery.burst import Counted, burst, tally
from tests.world import World

ONCE = Counted(attempt=1, tries=0, unknowns=0, flagged=False, state="delivered")
AGAIN = Counted(attempt=2, tries=0, unknowns=1, flagged=True, state="delivered")
LETTERS = {"a": ONCE, "b": AGAIN, "c": replace(AGAIN, attempt=3, unknowns=2), "d": Counted(2, 1, 0, False, "delivered")}
SEEN = {"a": [1], "b": [1, 2], "c": [2, 3], "d": [2]}


async def test_a_sender_killed_five_times_loses_nothing_and_doubles_what_the_database_counts(place: World, tmp_path: Path) -> None:
    told = await burst(place, tmp_path, notices=300, kills=5)
    assert (told.arrived, told.kills, told.wrong, told.unfinished) == (300, 5, 0, 0)
    assert told.doubles == told.resends - told.silent
    assert told.faultless
    assert told.doubles >= 1
    assert told.unknown >= 5


def test_a_double_is_a_resend_that_the_database_counts_and_what_never_left_is_none() -> None:
    told = tally(SEEN, LETTERS, 4, 2)
    assert told.faultless
    assert (told.arrived, told.doubles, told.resends, told.silent, told.unknown) == (4, 2, 4, 2, 2)


@pytest.mark.parametrize(
    ("id", "seen", "counted"),
    [
        ("a", [1, 1], ONCE),  # one attempt arrived twice
        ("a", [1, 2], ONCE),  # an attempt that was not begun
        ("b", [1], AGAIN),  # delivered by an attempt that did not arrive
        ("b", [1, 2], replace(AGAIN, unknowns=0)),  # sent again though nothing was unknown
        ("b", [1, 2], replace(AGAIN, flagged=False)),  # sent again, and not said so
        ("a", [1], replace(ONCE, flagged=True)),
    ],
)
def test_a_letter_of_which_the_two_sides_differ_is_counted(id: str, seen: list[int], counted: Counted) -> None:
    told = tally({**SEEN, id: seen}, {**LETTERS, id: counted}, 4, 2)
    assert (told.wrong, told.faultless) == (1, False)


def test_a_lost_and_an_unfinished_letter_are_counted() -> None:
    lost = tally({id: seen for id, seen in SEEN.items() if id != "b"}, LETTERS, 4, 2)
    assert (lost.arrived, lost.faultless) == (3, False)
    left = tally(SEEN, {**LETTERS, "a": replace(ONCE, state="unknown")}, 4, 2)
    assert (left.unfinished, left.faultless) == (1, False)
