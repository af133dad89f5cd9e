"""The rows of monitoring as typed values. Loading checks them; nothing here decides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from services.documents.places import PLACES, Places, load_places
from services.domain.divisions import Level, level
from services.kernel.policy import Predicate, Rules, Table, load_tables, version_of
from services.monitoring.vocabulary import RiskKind, Severity

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Threshold:
    """The monitoring range: yuan of net income per head and year."""

    income_per_head: Decimal


@dataclass(frozen=True, slots=True)
class Days:
    """A number of calendar days."""

    days: int


@dataclass(frozen=True, slots=True)
class Months:
    """A number of calendar months."""

    months: int


@dataclass(frozen=True, slots=True)
class HouseholdClass:
    """One class of monitored households, with its official name."""

    name: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the catalogue: official name, and the agencies that may own it."""

    name: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRule:
    """When a visit raises a lead, of which kind, how urgent, and by when somebody must verify it."""

    kind: RiskKind
    severity: Severity
    verify_days: int
    when: Predicate


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What an event elsewhere (the row's id) makes of a household that it touches: a lead of this kind, to be verified in time."""

    kind: RiskKind
    severity: Severity
    verify_days: int


@dataclass(frozen=True, slots=True)
class MonitoringPolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    places: Places
    thresholds: Annotated[Rules[Threshold], Table("threshold")]
    days: Annotated[Rules[Days], Table("days")]
    months: Annotated[Rules[Months], Table("months")]
    household_classes: Annotated[Rules[HouseholdClass], Table("household_class")]
    measures: Annotated[Rules[Measure], Table("measure")]
    risk_rules: Annotated[Rules[RiskRule], Table("rule", "risk.toml")]
    follow_ups: Annotated[Rules[FollowUp], Table("follow_up", "risk.toml")]

    def threshold(self, day: date, division: str) -> Decimal | None:
        """The monitoring range of that day and place, or None where no text was read."""
        found = self.thresholds.on(day, division)
        return found[-1].income_per_head if found else None

    def village(self, code: str, day: date) -> bool:
        """Whether the code (twelve digits) is that of a village of a township that is there on that day."""
        return level(code) is Level.VILLAGE and self.places.is_there(code, day)


def load_policy(folder: Path = FOLDER) -> MonitoringPolicy:
    """Load and check. Raises `PolicyError`, naming file and row."""
    rows, rules = folder / "policy.toml", folder / "risk.toml"
    return MonitoringPolicy(
        version=version_of(rows, rules, *PLACES),
        places=load_places(),
        **load_tables(MonitoringPolicy, folder),
    )
