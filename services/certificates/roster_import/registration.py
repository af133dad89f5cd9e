"""Persons of a sheet: who of them is registered already, and registering who is not. The same for rosters and lists of leads.

Knows no card and no lead. With `vault.py` and `numbers.py` it touches names; nothing of them leaves in an event or a finding.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from services.certificates.roster_import.row import Finding
from services.domain import citizen_id as citizen_ids
from services.domain.file_number import file_number
from services.domain.names import comparable_name
from services.kernel.errors import Conflict

_PERSONS = """INSERT INTO person (person_id, file_number, division, name, citizen_id, blind_index, phone, key_id, registered_on)
    SELECT *, $8, $9 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
        AS u(person_id, file_number, division, name, citizen_id, blind_index, phone) ON CONFLICT (blind_index) DO NOTHING"""


class Named(Protocol):
    """A usable row: the person it is about."""

    @property
    def row(self) -> int:
        """The row's number in the sheet."""

    @property
    def name(self) -> str:
        """As the sheet writes it."""

    @property
    def citizen_id(self) -> str:
        """In its normal form."""

    @property
    def division(self) -> str:
        """Twelve digits."""

    @property
    def phone(self) -> str | None:
        """If the sheet has one."""


N = TypeVar("N", bound=Named)


async def found(conn: Any, index: dict[UUID, N], county: str, findings: list[Finding]) -> tuple[dict[str, UUID], list[N]]:
    """Citizen id → person, of the rows (by blind index) whose person is registered in this county, and the rows of the dead among them.

    Those rows leave `index`. A person of another county is a finding (person_elsewhere). So are, of a row that is used, another name
    (info_mismatch) and another phone than the one that is known, or one where none is (phone_differs): whom a number reaches is
    confirmed by people, so a sheet exchanges none.
    """
    rows = await conn.fetch(
        "SELECT blind_index, person_id, name, division, phone, died_on FROM person WHERE blind_index = ANY($1::uuid[])", [*index]
    )
    known, dead = dict[str, UUID](), list[N]()
    for row in rows:
        entry = index.pop(row["blind_index"])
        if not row["division"].startswith(county):
            findings.append(Finding(entry.row, "person_elsewhere", True))
            continue
        known[entry.citizen_id] = row["person_id"]
        if comparable_name(row["name"]) != comparable_name(entry.name):
            findings.append(Finding(entry.row, "info_mismatch", False))
        if entry.phone and entry.phone != row["phone"]:  # each in its one form
            findings.append(Finding(entry.row, "phone_differs", False))
        if row["died_on"]:
            dead.append(entry)
    return known, dead


def refused(findings: Sequence[Finding]) -> dict[int, str]:
    """The rows that findings refuse, and why."""
    return {finding.row: finding.code for finding in findings if finding.rejected}


async def entered(conn: Any, index: Mapping[UUID, Named], site_key: str, today: date) -> dict[str, UUID]:
    """Make the rows of these persons (by blind index): citizen id → new pseudonym. Raises `Conflict` when one was made meanwhile."""
    fresh = {entry.citizen_id: uuid4() for entry in index.values()}
    if index:
        persons = []
        for blind_index, entry in index.items():
            person_id = fresh[entry.citizen_id]
            number = file_number(person_id)
            persons.append((person_id, number, entry.division, entry.name, entry.citizen_id, blind_index, entry.phone))
        made = await conn.execute(_PERSONS, *map(list, zip(*persons, strict=True)), citizen_ids.key_id(site_key), today)
        if int(made.split()[-1]) != len(index):
            raise Conflict("person_registered_meanwhile", "此人刚由别处登记，请重试")
    return fresh
