"""The register's rules that change by date and place, loaded from `policy.toml` and `calendar.toml`. Decides nothing."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from services.certificates.terms import CancellationReason
from services.certificates.validity import LastDay
from services.kernel.policy import Rules, load, version_of
from services.sheets import Column
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
    """The renewal window around the last valid day, in months (both ends belong to it), and whether the holder is assessed again."""

    opens_months_before: int
    closes_months_after: int
    reassess: bool


@dataclass(frozen=True, slots=True)
class Reapplication:
    """For how many months after a cancellation for this reason (the row's id) no new application is taken; no row: none."""

    months: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """Working days: until a home assessment is to be done, for the review after the notice, and for disputing a conclusion."""

    home_working_days: int
    review_working_days: int
    dispute_working_days: int


@dataclass(frozen=True, slots=True)
class Reminders:
    """After how many days a card first seen in its last month is told of a second time."""

    second_after_days: int


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether a county keeps the register here (all steps), or mirrors the national one, whose roster is then the only entry."""

    register: bool


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
class Intake:
    """How long a roster may be, and which share of unusable rows makes all of it refused.

    `max_missing_percent`: a roster that lacks a larger share of a county's known cards is taken for a part of one, and its silence
    proposes nothing; `shared_phone_rows`: a phone on as many rows is an official's and is not kept.
    """

    max_rows: int
    max_rejected_percent: int
    max_missing_percent: int
    shared_phone_rows: int


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
    assessment: Rules[Assessment]
    reminders: Rules[Reminders]
    mode: Rules[Mode]
    intake: Rules[Intake]
    columns: Rules[Column]
    purposes: Rules[Purpose]
    reading: Rules[Reading]

    def township(self, division: str, day: date) -> Township | None:
        """The township of a village code (twelve digits, statistical system) in force on that day; None when there is none."""
        if len(division) != 12 or not (division.isascii() and division.isdigit()):
            return None
        rows = (row for row in self.townships.rows if row.id == division[:9] and row.holds(day, ""))
        return next((row.value for row in rows if row.value.code_system is CodeSystem.STATISTICAL), None)

    def bar_months(self, reason: CancellationReason, division: str, day: date) -> int:
        """For how many months a cancellation for this reason bars a new application."""
        rows = (row for row in self.reapplication.rows if row.id == reason.value and row.holds(day, division))
        return next((row.value.months for row in rows), 0)

    def registers(self, division: str, day: date) -> bool:
        """Whether the division's county keeps the register here; false: it mirrors the national one."""
        return self.mode.one("mode", day, division).register


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
        assessment=load(rules, "assessment", Assessment),
        reminders=load(rules, "reminders", Reminders),
        mode=load(rules, "mode", Mode),
        intake=load(rules, "intake", Intake),
        columns=load(rules, "column", Column),
        purposes=load(rules, "purpose", Purpose),
        reading=load(rules, "reading", Reading),
    )
