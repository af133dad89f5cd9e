"""Who acted is read from the text of the wire."""

import pytest

from services.domain.actors import Actor
from services.domain.divisions import Level


@pytest.mark.parametrize(
    ("text", "actor", "level"),
    [
        ("CL:533401:clerk", Actor("CL", "533401", "clerk"), Level.COUNTY),
        ("CL:5334:clerk", Actor("CL", "5334", "clerk"), Level.PREFECTURE),
        ("XZ:533401204:desk", Actor("XZ", "533401204", "desk"), Level.TOWNSHIP),
        ("CUN:533401204201:liaison", Actor("CUN", "533401204201", "liaison"), Level.VILLAGE),
        ("CL:533401:sub:with:colons", Actor("CL", "533401", "sub:with:colons"), Level.COUNTY),
        ("CL:533401", Actor("CL", "533401", ""), Level.COUNTY),
        ("H01:hospital:doctor", Actor("H01", "hospital", "doctor"), None),
        ("CL", Actor("CL", "", ""), None),
    ],
)
def test_an_office_is_read_with_its_level_and_written_again(text: str, actor: Actor, level: Level | None) -> None:
    read = Actor.parse(text)
    assert (read, read.level, read.is_machine, str(read)) == (actor, level, False, text)


@pytest.mark.parametrize("text", ["machine:notifications.delivering", "machine:matching.scheduler", "machine:abcdef"])
def test_a_machine_has_no_level_and_says_what_it_is(text: str) -> None:
    read = Actor.parse(text)
    assert (read.is_machine, read.level, read.office, str(read)) == (True, None, text, text)


def test_the_office_is_told_without_the_person() -> None:
    assert Actor.parse("CL:533401:clerk").office == "CL:533401"


def test_an_agency_that_only_begins_like_a_machine_is_none() -> None:
    assert not Actor.parse("machinery:533401:clerk").is_machine
