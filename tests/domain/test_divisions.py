"""Codes of divisions: their levels, and what lies in what."""

import re

import pytest

from services.domain import divisions
from services.domain.divisions import Level, county, inside, level, prefecture, reaches, township

VILLAGE = "533401204201"


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("5334", Level.PREFECTURE),
        ("533401", Level.COUNTY),
        (VILLAGE[:9], Level.TOWNSHIP),
        (VILLAGE, Level.VILLAGE),
        ("", None),
        ("53", None),
        ("53340", None),
        ("5334012", None),
        (VILLAGE + "0", None),
        ("health", None),
        ("５３３４０１", None),
    ],
)
def test_a_level_follows_from_the_digits(code: str, known: Level | None) -> None:
    assert level(code) is known


def test_a_code_lies_in_its_township_county_and_prefecture() -> None:
    assert (township(VILLAGE), county(VILLAGE), prefecture(VILLAGE)) == ("533401204", "533401", "5334")


@pytest.mark.parametrize("wider", ["", "5334"])
def test_a_wider_code_stays_as_it_is(wider: str) -> None:
    assert {township(wider), county(wider), prefecture(wider)} == {wider}


@pytest.mark.parametrize(
    ("code", "prefix", "expected"),
    [
        (VILLAGE, "533401", True),
        ("533401", "533401", True),
        (VILLAGE, "", True),
        ("533401", "533422", False),
        ("5334", "533401", False),
    ],
)
def test_a_unit_lies_in_itself_and_in_what_its_code_begins_with(code: str, prefix: str, expected: bool) -> None:
    assert inside(code, prefix) is expected


@pytest.mark.parametrize(("code", "reached"), [("", 0), ("5334", 1), ("533401", 2), (VILLAGE[:9], 3), (VILLAGE, 4)])
def test_a_code_reaches_down_to_its_own_level(code: str, reached: int) -> None:
    assert [reaches(code, each) for each in Level] == [n < reached for n in range(4)]


def test_only_the_township_is_known_of_a_code_that_ends_with_zeros() -> None:
    assert [divisions.only_township_known(code) for code in ("533401204000", VILLAGE)] == [True, False]


@pytest.mark.parametrize(
    ("pattern", "levels"),
    [
        (divisions.COUNTY_PATTERN, [Level.COUNTY]),
        (divisions.VILLAGE_PATTERN, [Level.VILLAGE]),
        (divisions.COUNTY_OR_PREFECTURE_PATTERN, [Level.PREFECTURE, Level.COUNTY]),
        (divisions.TOWNSHIP_OR_VILLAGE_PATTERN, [Level.TOWNSHIP, Level.VILLAGE]),
        (divisions.ANY_LEVEL_PATTERN, list(Level)),
    ],
)
def test_the_pattern_of_a_door_takes_these_levels_and_nothing_else(pattern: str, levels: list[Level]) -> None:
    lengths = [n for n in range(15) if re.search(pattern, "5" * n)]
    assert lengths == [int(each) for each in levels]
