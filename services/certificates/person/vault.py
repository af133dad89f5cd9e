"""Persons, guardians, objections, and the record of every read. With `search.py`, `index_state.py`, `contact_queries.py`, the certificate's
`numbers.py`, the front desk's `own_copy.py` and the modules of `roster_import/` the only ones that touch names and numbers.

Decides nothing about certificates and lets nothing into events. Its connection is a command's; callers say whose sight applies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.domain import citizen_id as citizen_ids
from services.domain.divisions import inside
from services.domain.file_number import file_number
from services.kernel.errors import NotFound, Rejected
from services.shell.http.access import Principal


class Purpose(StrEnum):
    """What a name is needed for; `policy.toml` says which agencies may ask for it."""

    EXPIRY_REMINDER = "EXPIRY_REMINDER"
    CERTIFICATE_SERVICE = "CERTIFICATE_SERVICE"
    HOME_VISIT = "HOME_VISIT"
    CASE_WORK = "CASE_WORK"
    DISCREPANCY_CHECK = "DISCREPANCY_CHECK"
    SUBSIDY_REVIEW = "SUBSIDY_REVIEW"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is. Never leaves this service whole. `repr` shows nothing of it."""

    person_id: UUID
    division: str
    name: str
    citizen_id: str
    phone: str | None
    address: str | None

    def __repr__(self) -> str:
        return f"Identity({self.person_id})"


class PersonKnown(Rejected):
    """The citizen id is somebody's already; `seen`: inside the caller's sight. HTTP 409."""

    def __init__(self, detail: str, person_id: UUID, division: str, seen: bool) -> None:
        super().__init__("person_known", detail)
        self.person_id, self.division, self.seen = person_id, division, seen


async def register(conn: Any, person: Identity, site_key: str, today: date, sight: str) -> UUID:
    """Store a person; gives the blind index. Raises `PersonKnown`, naming the pseudonym only inside `sight`."""
    index = citizen_ids.blind_index(site_key, person.citizen_id)
    added = await conn.fetchval(
        """INSERT INTO person (person_id, file_number, division, name, citizen_id, blind_index, key_id, phone, address, registered_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (blind_index) DO NOTHING RETURNING true""",
        person.person_id,
        file_number(person.person_id),
        person.division,
        person.name,
        person.citizen_id,
        index,
        citizen_ids.key_id(site_key),
        person.phone,
        person.address,
        today,
    )
    if not added:
        raise await _of_index(conn, index, sight, "此人已在其他地区登记")
    return index


async def _of_index(conn: Any, index: UUID, sight: str, elsewhere: str) -> PersonKnown:
    """That this index is somebody's: of whom, inside `sight`; else what `elsewhere` says."""
    known = await conn.fetchrow("SELECT person_id, division FROM person WHERE blind_index = $1", index)
    seen = inside(known["division"], sight)
    return PersonKnown(f"此人已登记：{known['person_id']}" if seen else elsewhere, known["person_id"], known["division"], seen)


@dataclass(frozen=True, slots=True)
class Known:
    """What an application must know of a person: the village, the day of birth, whether a guardian is named, whether dead."""

    division: str
    born: date
    guardian: bool
    dead: bool


async def known(conn: Any, person_id: UUID, sight: str) -> Known:
    """A person, whose row stays locked: two applications for one person are decided one after the other."""
    row = await conn.fetchrow(
        """SELECT division, citizen_id, died_on, EXISTS (SELECT FROM guardian g WHERE g.person_id = p.person_id) AS guardian
           FROM person p WHERE person_id = $1 AND starts_with(division, $2) FOR UPDATE OF p""",
        person_id,
        sight,
    )
    if row is None:
        raise NotFound("person_unknown", "没有此人，或不在您的辖区")
    born = citizen_ids.birth_date(row["citizen_id"])
    assert born is not None  # checked at registration
    return Known(row["division"], born, row["guardian"], row["died_on"] is not None)


async def name_guardian(conn: Any, person_id: UUID, name: str, relationship: str, citizen_id: str, phone: str | None) -> None:
    """Keep a person's guardian; earlier ones stay as history."""
    await conn.execute(
        """INSERT INTO guardian (person_id, division, name, relationship, citizen_id, phone)
           SELECT person_id, division, $2, $3, $4, $5 FROM person WHERE person_id = $1""",
        person_id,
        name,
        relationship,
        citizen_id,
        phone,
    )


@dataclass(frozen=True, slots=True)
class Reindexed:
    """A corrected citizen id: the blind index that no longer holds, and the one that does."""

    old: UUID
    new: UUID


async def correct(conn: Any, person_id: UUID, link_id: UUID, citizen_id: str, site_key: str, today: date, sight: str) -> Reindexed:
    """Exchange a wrong citizen id, keeping the earlier one. Raises `PersonKnown` when it is somebody's, naming whom only inside `sight`."""
    index = citizen_ids.blind_index(site_key, citizen_id)
    if await conn.fetchval("SELECT true FROM person WHERE blind_index = $1", index):
        raise await _of_index(conn, index, sight, "该身份证号已登记在其他地区")
    old = await conn.fetchval(
        """INSERT INTO citizen_id_history (link_id, person_id, division, citizen_id, blind_index, until)
           SELECT $2, person_id, division, citizen_id, blind_index, $3 FROM person WHERE person_id = $1 RETURNING blind_index""",
        person_id,
        link_id,
        today,
    )
    await conn.execute("UPDATE person SET citizen_id = $2, blind_index = $3 WHERE person_id = $1", person_id, citizen_id, index)
    return Reindexed(old, index)


async def revert(conn: Any, person_id: UUID, link_id: UUID, today: date) -> Reindexed:
    """Take a correction back. Raises `Rejected` when the earlier id has meanwhile become somebody's."""
    row = await conn.fetchrow(
        """UPDATE citizen_id_history SET reverted_on = $3 WHERE link_id = $1 AND person_id = $2 AND reverted_on IS NULL
           RETURNING citizen_id, blind_index""",
        link_id,
        person_id,
        today,
    )
    if row is None:
        raise Rejected("link_unknown", "没有这次更正，或已撤回")
    if await conn.fetchval("SELECT true FROM person WHERE blind_index = $1", row["blind_index"]):
        raise Rejected("person_known", "原身份证号已登记在另一人名下")
    now = await conn.fetchval("SELECT blind_index FROM person WHERE person_id = $1", person_id)
    await conn.execute(
        "UPDATE person SET citizen_id = $2, blind_index = $3 WHERE person_id = $1", person_id, row["citizen_id"], row["blind_index"]
    )
    return Reindexed(now, row["blind_index"])


async def correct_details(conn: Any, person: Identity, link_id: UUID, today: date) -> None:
    """Exchange name, phone and address, keeping the earlier ones under `link_id`."""
    await conn.execute(
        """INSERT INTO person_detail_history (link_id, person_id, division, name, phone, address, until)
           SELECT $2, person_id, division, name, phone, address, $3 FROM person WHERE person_id = $1""",
        person.person_id,
        link_id,
        today,
    )
    await conn.execute(
        "UPDATE person SET name = $2, phone = $3, address = $4 WHERE person_id = $1",
        person.person_id,
        person.name,
        person.phone,
        person.address,
    )


async def guardians(conn: Any, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of the persons' latest guardians, where they have one."""
    rows = await conn.fetch(
        """SELECT DISTINCT ON (person_id) person_id, name FROM guardian WHERE person_id = ANY($1::uuid[])
           ORDER BY person_id, since DESC""",
        person_ids,
    )
    return {row["person_id"]: row["name"] for row in rows}


async def moved(conn: Any, person_id: UUID, division: str) -> None:
    """The person's village is another one."""
    await conn.execute("UPDATE person SET division = $2 WHERE person_id = $1", person_id, division)


async def died(conn: Any, person_id: UUID, on: date | None) -> None:
    """The day of a confirmed death; None: the person lives."""
    await conn.execute("UPDATE person SET died_on = $2 WHERE person_id = $1", person_id, on)


async def object_(
    conn: Any, objection_id: UUID, certificate_id: UUID, division: str, said: str, reader: Principal, today: date
) -> None:
    """Keep what somebody said against a public notice."""
    await conn.execute(
        """INSERT INTO objection (objection_id, certificate_id, division, said, raised_by, raised_on)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        objection_id,
        certificate_id,
        division,
        said,
        reader.actor,
        today,
    )


async def answered(conn: Any, objection_id: UUID, answer: str, upheld: bool, today: date) -> None:
    """Keep what was answered."""
    await conn.execute(
        "UPDATE objection SET answer = $2, upheld = $3, answered_on = $4 WHERE objection_id = $1",
        objection_id,
        answer,
        upheld,
        today,
    )


async def refused_today(conn: Any, reader: Principal, purpose: str) -> int:
    """How many looks for this purpose were refused to this principal within the last day of real time."""
    recent = "SELECT count(*) FROM person_read WHERE actor = $1 AND purpose = $2 AND NOT granted AND at > now() - interval '1 day'"
    return int(await conn.fetchval(recent, reader.actor, purpose))


async def asked_lately(conn: Any, reader: Principal) -> int:
    """How many persons this principal asked for in the last minute of real time; other requests of it wait until we are done."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"resolve/{reader.actor}")
    recent = "SELECT count(*) FROM person_read WHERE actor = $1 AND at > now() - interval '1 minute'"
    return int(await conn.fetchval(recent, reader.actor))


async def identities(conn: Any, person_ids: Sequence[UUID]) -> list[Identity]:
    """The persons that the connection may see, in the order asked for."""
    rows = await conn.fetch(
        """SELECT person_id, division, name, citizen_id, phone, address FROM person
           WHERE person_id = ANY($1::uuid[]) ORDER BY array_position($1::uuid[], person_id)""",
        person_ids,
    )
    return [Identity(**row) for row in rows]


async def numbered(conn: Any, file_numbers: Sequence[str]) -> list[UUID]:
    """The persons that the connection may see whose numbers (人员编号) these are."""
    rows = await conn.fetch("SELECT person_id FROM person WHERE file_number = ANY($1::text[]) ORDER BY person_id", file_numbers)
    return [row["person_id"] for row in rows]


async def record(
    conn: Any, reader: Principal, purpose: str, reference: str, granted: dict[UUID, str], person_ids: Sequence[UUID]
) -> None:
    """Write down who asked for whom, for what, and whether it was shown (`granted`: person → division)."""
    await conn.executemany(
        """INSERT INTO person_read (division, actor, agency, purpose, reference, person_id, granted)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        [(granted.get(p, reader.division), reader.actor, reader.agency, purpose, reference, p, p in granted) for p in person_ids],
    )
