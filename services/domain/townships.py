"""Townships and villages by their codes, as rows of two files that count into the version of every policy that loads them. Values only."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community (twelve digits, the row's id) with its official name, like 汤满村民委员会."""

    name: str
