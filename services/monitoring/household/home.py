"""Where a person is at home: a followed household and its village. What a village is stands here once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.domain.divisions import OWN_PREFECTURE, Level, inside, level


@dataclass(frozen=True, slots=True)
class Home:
    """A followed household and its village."""

    household_id: UUID
    division: str


def is_village(division: str) -> bool:
    """Whether the code is that of a village of the prefecture: twelve digits."""
    return level(division) is Level.VILLAGE and inside(division, OWN_PREFECTURE)


def village_home(homes: Sequence[Home], village: str) -> UUID | None:
    """A person's followed household in this village, if there is one."""
    return next((home.household_id for home in homes if home.division == village), None)
