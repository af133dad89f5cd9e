"""The register's rules that change by date and place, loaded from `policy.toml`, `calendar.toml`, `villages.csv`. Decides nothing."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from services.certificates.terms import CancellationReason
from services.certificates.validity import LastDay
from services.kernel.policy import PolicyError, Row, Rules, load, version_of
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
class Village:
    """A village or community (twelve digits, the row's id) with its official name, like 汤满村民委员会."""

    name: str


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
class Limit:
    """How many working days a stage of the procedure (the row's id, `spans.Stage`) may take; no row: nobody has set a limit."""

    working_days: int


@dataclass(frozen=True, slots=True)
class Reminders:
    """After how many days a card first seen in its last month is told of a second time."""

    second_after_days: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """Whether the day after the last valid day proposes a freeze to the clerk; nothing is ever frozen by itself."""

    propose_freeze: bool


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether a county keeps the register here (all steps), or mirrors the national one, whose roster is then the only entry."""

    register: bool


class StopMonth(StrEnum):
    """The first month without payment after a card has ended."""

    MONTH_AFTER = "MONTH_AFTER"  # the month of the last valid day is still paid
    EXPIRY_MONTH = "EXPIRY_MONTH"


@dataclass(frozen=True, slots=True)
class Stops:
    """From which month on the two subsidies stop when a card has ended and was not renewed."""

    first_month: StopMonth


@dataclass(frozen=True, slots=True)
class Queue:
    """The renewal queue: how many months ahead cards come into it, over how many months a loss is counted, and how many months older
    than the latest known one a payment may be and still count as running."""

    horizon_months: int
    loss_months: int
    stale_months: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many months the forecast shows, and how many persons the county's institutions can assess a month, planned rounds aside."""

    forecast_months: int
    assessments_per_month: int


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
    max_missing_percent: int = 100
    shared_phone_rows: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Outreach:
    """For how long nobody asks a person again, or lists him: months after a refusal to apply (`declined`), after a conclusion that the
    standard is not met (`refused`), after an application or card given up at own wish (`own_wish`), after an ending (`closed`); days
    after nobody was found (`not_met`).
    """

    declined_months: int
    refused_months: int
    own_wish_months: int
    closed_months: int
    not_met_days: int


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """All rows in one value; `version` is recorded with every decision. `files`: name and text of each file it was loaded from."""

    version: str
    files: tuple[tuple[str, str], ...]
    calendar: Calendar
    townships: Rules[Township]
    villages: Mapping[str, tuple[Row[Village], ...]]
    notice: Rules[Notice]
    validity: Rules[Validity]
    renewal: Rules[Renewal]
    reapplication: Rules[Reapplication]
    assessment: Rules[Assessment]
    limit: Rules[Limit]
    reminders: Rules[Reminders]
    expiry: Rules[Expiry]
    mode: Rules[Mode]
    stops: Rules[Stops]
    queue: Rules[Queue]
    capacity: Rules[Capacity]
    intake: Rules[Intake]
    columns: Rules[Column]
    purposes: Rules[Purpose]
    reading: Rules[Reading]
    outreach: Rules[Outreach]
    lead_columns: Rules[Column]

    def township(self, division: str, day: date) -> Township | None:
        """The township of a village code (twelve digits, statistical system) in force on that day; None when there is none."""
        if len(division) != 12 or not (division.isascii() and division.isdigit()):
            return None
        rows = (row for row in self.townships.rows if row.id == division[:9] and row.holds(day, ""))
        return next((row.value for row in rows if row.value.code_system is CodeSystem.STATISTICAL), None)

    def place(self, division: str, day: date) -> str:
        """A village in words, like 香格里拉市尼西乡汤满村民委员会; its code where there are none."""
        township = self.township(division, day)
        if township is None:
            return f"村码{division}"
        named = next((row.value.name for row in self.villages.get(division, ()) if row.holds(day, "")), f"（村码{division}）")
        return f"{township.county}{township.name}{named}"

    def bar_months(self, reason: CancellationReason, division: str, day: date) -> int:
        """For how many months a cancellation for this reason bars a new application."""
        rows = (row for row in self.reapplication.rows if row.id == reason.value and row.holds(day, division))
        return next((row.value.months for row in rows), 0)

    @property
    def counties(self) -> list[str]:
        """Every county that has or had a township, six digits each."""
        return sorted({row.id[:6] for row in self.townships.rows})

    def registers(self, division: str, day: date) -> bool:
        """Whether the division's county keeps the register here; false: it mirrors the national one."""
        return self.mode.one("mode", day, division).register


def load_policy(folder: Path = _FOLDER) -> CertificatePolicy:
    """Load and check all three files. Raises `PolicyError`, naming file and row."""
    rules, calendar, villages = folder / "policy.toml", folder / "calendar.toml", folder / "villages.csv"
    return CertificatePolicy(
        version=version_of(rules, calendar, villages),
        files=tuple((file.name, file.read_text(encoding="utf-8")) for file in (rules, calendar, villages)),
        calendar=Calendar(calendar),
        townships=load(rules, "township", Township),
        villages=_villages(villages),
        notice=load(rules, "notice", Notice),
        validity=load(rules, "validity", Validity),
        renewal=load(rules, "renewal", Renewal),
        reapplication=load(rules, "reapplication", Reapplication),
        assessment=load(rules, "assessment", Assessment),
        limit=load(rules, "limit", Limit),
        reminders=load(rules, "reminders", Reminders),
        expiry=load(rules, "expiry", Expiry),
        mode=load(rules, "mode", Mode),
        stops=load(rules, "stops", Stops),
        queue=load(rules, "queue", Queue),
        capacity=load(rules, "capacity", Capacity),
        intake=load(rules, "intake", Intake),
        columns=load(rules, "column", Column),
        purposes=load(rules, "purpose", Purpose),
        reading=load(rules, "reading", Reading),
        outreach=load(rules, "outreach", Outreach),
        lead_columns=load(rules, "lead_column", Column),
    )


def _villages(path: Path) -> dict[str, tuple[Row[Village], ...]]:
    """The list of villages by code: lines `code,name,from,until` below comments; the comments say where it comes from."""
    lines = path.read_text(encoding="utf-8").splitlines()
    source = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    found = defaultdict[str, list[Row[Village]]](list)
    for line in csv.DictReader(line for line in lines if not line.startswith("#")):
        try:
            until = date.fromisoformat(line["until"]) if line["until"] else None
            row = Row(line["code"], date.fromisoformat(line["from"]), until, "", source, Village(line["name"]))
        except (KeyError, TypeError, ValueError) as error:
            raise PolicyError(f"{path.name} {line.get('code')}: {error}") from None
        if not (len(row.id) == 12 and row.id.isdigit() and row.value.name):
            raise PolicyError(f"{path.name} {row.id}: a village has twelve digits and a name")
        found[row.id].append(row)
    return {code: tuple(rows) for code, rows in found.items()}
