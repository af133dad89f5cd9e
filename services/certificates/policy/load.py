"""The register's rules that change by date and place: what its files hold, the calendar, places. Decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from services.certificates.policy.form_rows import Office, Text
from services.certificates.policy.rows import (
    Assessment,
    Capacity,
    ContactRule,
    Display,
    Expiry,
    Intake,
    Limit,
    Mode,
    Notice,
    Outreach,
    PhoneRule,
    Publication,
    Purpose,
    Queue,
    Reading,
    Reapplication,
    Reminders,
    Renewal,
    Search,
    Stops,
    Validity,
)
from services.certificates.vocabulary import CancellationReason
from services.documents.places import PLACES, Places, load_places
from services.documents.sheet_header import Column
from services.documents.sheet_words import HEADINGS, Words
from services.domain import divisions
from services.domain.townships import Township, Village
from services.domain.working_days import CALENDAR, Calendar
from services.kernel.policy import Row, Rules, Table, load_tables, version_of

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """All rows in one value; `version` is recorded with every decision. `files`: name and text of each file it was loaded from."""

    version: str
    files: tuple[tuple[str, str], ...]
    calendar: Calendar
    places: Places
    notice: Annotated[Rules[Notice], Table("notice")]
    validity: Annotated[Rules[Validity], Table("validity")]
    renewal: Annotated[Rules[Renewal], Table("renewal")]
    reapplication: Annotated[Rules[Reapplication], Table("reapplication")]
    assessment: Annotated[Rules[Assessment], Table("assessment")]
    limit: Annotated[Rules[Limit], Table("limit")]
    reminders: Annotated[Rules[Reminders], Table("reminders")]
    expiry: Annotated[Rules[Expiry], Table("expiry")]
    mode: Annotated[Rules[Mode], Table("mode")]
    stops: Annotated[Rules[Stops], Table("stops")]
    queue: Annotated[Rules[Queue], Table("queue")]
    capacity: Annotated[Rules[Capacity], Table("capacity")]
    contacts: Annotated[Rules[ContactRule], Table("contact")]
    phones: Annotated[Rules[PhoneRule], Table("phone")]
    intake: Annotated[Rules[Intake], Table("intake")]
    columns: Annotated[Rules[Column], Table("column", "layouts.toml")]
    purposes: Annotated[Rules[Purpose], Table("purpose")]
    reading: Annotated[Rules[Reading], Table("reading")]
    offices: Annotated[Rules[Office], Table("office")]
    texts: Annotated[Rules[Text], Table("text")]
    display: Annotated[Rules[Display], Table("display")]
    publication: Annotated[Rules[Publication], Table("publication")]
    search: Annotated[Rules[Search], Table("search")]
    outreach: Annotated[Rules[Outreach], Table("outreach")]
    cell_words: Annotated[Rules[Words], Table("words", "layouts.toml")]
    lead_columns: Annotated[Rules[Column], Table("lead_column", "layouts.toml")]

    def township(self, division: str, day: date) -> Township | None:
        """The township of a village code (twelve digits, statistical system) in force on that day; None when there is none."""
        return self.places.township(division, day)

    def place(self, division: str, day: date) -> str:
        """A village in words, like 香格里拉市尼西乡汤满村民委员会; only its township where no more is known (000)."""
        return self.places.place(division, day)

    def words(self, id: str, division: str, day: date) -> tuple[str, ...]:
        """The lines of a text; none when no row is in force."""
        known = any(row.id == id and row.holds(day, division) for row in self.texts.rows)
        return self.texts.one(id, day, division).lines if known else ()

    def said(self, code: str, division: str, day: date) -> str:
        """What a code that an office gave as a reason says; the code itself where nobody has written that down."""
        return "；".join(self.words(f"reason/{code}", division, day)) or code

    def shown_to(self, agency: str, division: str, day: date) -> Display:
        """What this agency sees of a person."""
        known = any(row.id == agency and row.holds(day, division) for row in self.display.rows)
        return self.display.one(agency if known else "OTHERS", day, division)

    def bar_months(self, reason: CancellationReason, division: str, day: date) -> int:
        """For how many months a cancellation for this reason bars a new application."""
        rows = (row for row in self.reapplication.rows if row.id == reason.value and row.holds(day, division))
        return next((row.value.months for row in rows), 0)

    @property
    def townships(self) -> Rules[Township]:
        """Every township, by whatever code system."""
        return self.places.townships

    @property
    def villages(self) -> Mapping[str, tuple[Row[Village], ...]]:
        """Every village by its code."""
        return self.places.villages

    @property
    def counties(self) -> list[str]:
        """Every county that has or had a township, six digits each."""
        return sorted({divisions.county(row.id) for row in self.townships.rows})

    def registers(self, division: str, day: date) -> bool:
        """Whether the division's county keeps the register here; false: it mirrors the national one."""
        return self.mode.one("mode", day, division).register


def load_policy(folder: Path = _FOLDER) -> CertificatePolicy:
    """Load and check all files. Raises `PolicyError`, naming file and row."""
    rules, layouts = folder / "policy.toml", folder / "layouts.toml"
    files = rules, layouts, HEADINGS, CALENDAR, *PLACES
    return CertificatePolicy(
        version=version_of(*files),
        files=tuple((file.name, file.read_text(encoding="utf-8")) for file in files),
        calendar=Calendar(CALENDAR),
        places=load_places(),
        **load_tables(CertificatePolicy, folder),
    )
