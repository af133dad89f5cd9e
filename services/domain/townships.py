"""Townships by their codes, as rows of one file that counts into the version of every policy that loads it. Values only."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FILE = Path(__file__).with_name("townships.toml")


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
