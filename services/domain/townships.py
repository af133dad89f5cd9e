"""Townships and villages by their codes, as rows of two files that count into the version of every policy that loads them. Values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from services.domain.divisions import Level, inside, level, township

FILE = Path(__file__).with_name("townships.toml")
VILLAGES = Path(__file__).with_name("villages.csv")


class CodeSystem(StrEnum):
    """Who gave a division code; the same nine digits may mean two townships (domain reference, section 6)."""

    STATISTICAL = "STATISTICAL"
    CIVIL_AFFAIRS = "CIVIL_AFFAIRS"


@dataclass(frozen=True, slots=True)
class Township:
    """A township (nine digits, the row's id) with its official names."""

    name: str
    county: str
    code_system: CodeSystem
    remark: str = ""


class Row(Protocol):
    """A row of the file as a policy holds it."""

    @property
    def id(self) -> str:
        """The township's code."""

    @property
    def value(self) -> Township:
        """Its names."""

    def holds(self, day: date, division: str) -> bool:
        """Whether the row is in force."""


def is_there(rows: Iterable[Row], code: str, day: date) -> bool:
    """Whether the code (statistical system) names a county, a township or a village of one that is there on that day.

    Villages have no list of their own here: one is there when its township is.
    """
    if level(code) not in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE):
        return False
    there = (row.id for row in rows if row.value.code_system is CodeSystem.STATISTICAL and row.holds(day, ""))
    return any(inside(id, township(code)) for id in there)


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community (twelve digits, the row's id) with its official name, like 汤满村民委员会."""

    name: str
