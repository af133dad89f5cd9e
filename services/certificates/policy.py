"""The register's rules that change by date and place, loaded from `policy.toml` and `calendar.toml`. Decides nothing."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from services.certificates.events import CancellationReason
from services.certificates.validity import LastDay
from services.kernel.policy import Rules, load, version_of
from services.workdays import Calendar

_FOLDER = Path(__file__).parent


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
class Notice:
    """How many full working days a public notice stays up, the day it is put up not counted."""

    working_days: int


@dataclass(frozen=True, slots=True)
class Validity:
    """Length of a validity period in months, and which day is its last."""

    months: int
    last_day: LastDay


@dataclass(frozen=True, slots=True)
class Renewal:
    """The renewal window around the last valid day, in months; both ends belong to it."""

    opens_months_before: int
    closes_months_after: int


@dataclass(frozen=True, slots=True)
class Reapplication:
    """For how many months after a cancellation for one of `reasons` no new application is taken."""

    months: int
    reasons: tuple[CancellationReason, ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Which agencies may read identities for a purpose (the row's id)."""

    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How many persons one principal may ask for per minute and per request, and the smallest count that is shown."""

    persons_per_minute: int
    persons_per_request: int
    smallest_cell: int


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """All rows in one value; `version` is recorded with every decision."""

    version: str
    calendar: Calendar
    townships: Rules[Township]
    notice: Rules[Notice]
    validity: Rules[Validity]
    renewal: Rules[Renewal]
    reapplication: Rules[Reapplication]
    purposes: Rules[Purpose]
    reading: Rules[Reading]

    def township(self, division: str, day: date) -> Township | None:
        """The township of a village code (twelve digits, statistical system) in force on that day; None when there is none."""
        if len(division) != 12 or not (division.isascii() and division.isdigit()):
            return None
        rows = (row for row in self.townships.rows if row.id == division[:9] and row.holds(day, ""))
        return next((row.value for row in rows if row.value.code_system is CodeSystem.STATISTICAL), None)


def load_policy(folder: Path = _FOLDER) -> CertificatePolicy:
    """Load and check both files. Raises `PolicyError`, naming file and row."""
    rules, calendar = folder / "policy.toml", folder / "calendar.toml"
    return CertificatePolicy(
        version=version_of(rules, calendar),
        calendar=Calendar(calendar),
        townships=load(rules, "township", Township),
        notice=load(rules, "notice", Notice),
        validity=load(rules, "validity", Validity),
        renewal=load(rules, "renewal", Renewal),
        reapplication=load(rules, "reapplication", Reapplication),
        purposes=load(rules, "purpose", Purpose),
        reading=load(rules, "reading", Reading),
    )
