"""Matching's rows as typed values."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from services.kernel.policy import Rules, load, version_of
from services.sheets import Column

_FOLDER = Path(__file__).parent


class ValidOn(StrEnum):
    """On which day of a month a certificate must be valid to count for the month."""

    FIRST_DAY = "FIRST_DAY"
    LAST_DAY = "LAST_DAY"


@dataclass(frozen=True, slots=True)
class Intake:
    """Above how many percent of unusable rows a file is refused, and how many rows one may have."""

    max_rejected_percent: int
    max_rows: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who verifies a rule's findings, within how many calendar days, and how validity is counted by month."""

    owner: str
    verify_days: int
    valid_on: ValidOn


@dataclass(frozen=True, slots=True)
class Rate:
    """Yuan per person and month."""

    yuan: Decimal


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    columns: Rules[Column]
    intake: Rules[Intake]
    comparisons: Rules[Comparison]
    rates: Rules[Rate]


def load_policy(folder: Path = _FOLDER) -> MatchingPolicy:
    """Load and check. Raises `PolicyError`, naming file and row."""
    rows, layouts = folder / "policy.toml", folder / "layouts.toml"
    return MatchingPolicy(
        version=version_of(rows, layouts),
        columns=load(layouts, "column", Column),
        intake=load(rows, "intake", Intake),
        comparisons=load(rows, "comparison", Comparison),
        rates=load(rows, "rate", Rate),
    )
