"""Whose home a person's is, as rules and plans need it: the household, its village, who lives there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Home:
    """A followed household and its village."""

    household_id: UUID
    division: str


def village_home(homes: Sequence[Home], village: str) -> UUID | None:
    """A person's followed household in this village, if there is one."""
    return next((home.household_id for home in homes if home.division == village), None)
