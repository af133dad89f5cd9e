"""The ledger in numbers: what adds up, and what whoever does not remind may not see, nor compute by subtraction."""

import pytest

from services.domain.suppression import Cell
from services.notifications.reminder.counts import ReminderCount, counted

SIX, ONE = "SIX_MONTHS", "ONE_MONTH"
MEASURES = ("due", "by_handset", "by_holder", "by_guardian", "by_visitor", "on_the_way", "not_reached", "stopped", "missed")


def county(code: str, window: str, *parts: int) -> dict[Cell, int]:
    """What the database says of a county and window."""
    return {(f"{code}/{window}", measure): n for measure, n in zip(MEASURES, (sum(parts), *parts), strict=True)}


LARGE, SMALL = county("533401", SIX, 40, 10, 10, 0, 20, 0, 12, 0), county("533422", SIX, 30, 0, 12, 0, 5, 0, 25, 0)
TINY = county("533423", ONE, 0, 4, 0, 0, 0, 0, 0, 3)
PREFECTURE = {**LARGE, **SMALL, **TINY}


def test_who_reminds_sees_every_number_of_any_division() -> None:
    all_ = [ReminderCount(ONE, 7, 0, 4, 0, 0, 0, 0, 0, 3), ReminderCount(SIX, 164, 70, 10, 22, 0, 25, 0, 37, 0)]
    for division in ("5334", "53340", "533401102", "533401102201"):
        assert counted(PREFECTURE, division, None) == all_
    assert counted({}, "5334", None) == []


@pytest.mark.parametrize(
    ("found", "division", "shown"),
    [
        (LARGE, "533401", [ReminderCount(SIX, 92, 40, 10, 10, 0, 20, 0, 12, 0)]),
        (SMALL, "533422", [ReminderCount(SIX, 72, 30, 0, None, 0, None, 0, 25, 0)]),
        (TINY, "533423", [ReminderCount(ONE, None, 0, None, 0, 0, 0, 0, 0, None)]),
        (
            PREFECTURE,
            "5334",
            [
                ReminderCount(ONE, None, 0, None, 0, 0, 0, 0, 0, None),
                ReminderCount(SIX, 164, 70, 10, None, 0, None, 0, 37, 0),
            ],
        ),
    ],
)
def test_the_prefecture_less_what_its_counties_show_gives_no_small_number(
    found: dict[Cell, int], division: str, shown: list[ReminderCount]
) -> None:
    """The 5 of one county on the way hides its 12; the prefecture hides both, or it less the other county would give them."""
    assert counted(found, division, 10) == shown


@pytest.mark.parametrize("division", ["533401102", "533401102201", "53340", "53"])
def test_of_what_is_no_county_and_no_prefecture_no_number_is_shown(division: str) -> None:
    assert counted(PREFECTURE, division, 10) == [ReminderCount(window, *[None] * 9) for window in (ONE, SIX)]
