"""The only module that touches names and numbers: the person table, certificate numbers, and the record of every read.

Decides nothing about certificates and lets nothing into events. Its connection is a command's; callers say whose sight applies.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services import identity
from services.certificates.events import CertificateIssued
from services.kernel.errors import Malformed, NotFound, Rejected
from services.shell.access import Principal

_NUMBER = re.compile(r"(\d{17}[\dX])([1-7])([1-4])")  # reissue suffixes B1… belong to 补办, which the register does not know yet
_DIGITS = ("VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL", "MULTIPLE")


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


async def register(conn: Any, person: Identity, site_key: str, today: date, sight: str) -> UUID:
    """Store a person; gives the blind index. Raises `Rejected("person_known")`, naming the pseudonym only inside `sight`."""
    index = identity.blind_index(site_key, person.citizen_id)
    added = await conn.fetchval(
        """INSERT INTO person (person_id, division, name, citizen_id, blind_index, key_id, phone, address, registered_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (blind_index) DO NOTHING RETURNING true""",
        person.person_id,
        person.division,
        person.name,
        person.citizen_id,
        index,
        identity.key_id(site_key),
        person.phone,
        person.address,
        today,
    )
    if not added:
        seen = "SELECT person_id FROM person WHERE blind_index = $1 AND starts_with(division, $2)"
        known = await conn.fetchval(seen, index, sight)
        raise Rejected("person_known", f"此人已登记：{known}" if known else "此人已在其他地区登记")
    return index


async def residence(conn: Any, person_id: UUID, sight: str) -> str:
    """The village of a person, whose row stays locked: two applications for one person are decided one after the other."""
    query = "SELECT division FROM person WHERE person_id = $1 AND starts_with(division, $2) FOR UPDATE"
    found = await conn.fetchval(query, person_id, sight)
    if found is None:
        raise NotFound("person_unknown", "没有此人，或不在您的辖区")
    return str(found)


async def number_issued(
    conn: Any, certificate_id: UUID, issued: CertificateIssued, division: str, given: str | None, reader: Principal
) -> None:
    """Keep the number of a new certificate: as printed on the card, or composed of citizen id, category and grade (§1.4)."""
    citizen_id = await conn.fetchval("SELECT citizen_id FROM person WHERE person_id = $1", issued.person_id)
    if citizen_id is None:
        raise Rejected("person_erased", "此人的身份资料已删除")
    await record(conn, reader, "CERTIFICATE_ISSUE", str(certificate_id), {issued.person_id: division}, [issued.person_id])
    number = f"{citizen_id}{_DIGITS.index(issued.category.value) + 1}{issued.grade}"
    if given is not None:
        read = _NUMBER.fullmatch(identity.normalised(given))
        if read is None:
            raise Malformed("cert_format", "残疾人证号应为18位身份证号加类别码和等级码")
        if read[1] != citizen_id:
            raise Malformed("cert_id_mismatch", "残疾人证号与身份证号不一致")
        if read[0] != number:
            raise Malformed("cert_conclusion_mismatch", "残疾人证号与评定的类别、等级不一致")
    await conn.execute("UPDATE certificate_number SET until = $2 WHERE number = $1 AND until IS NULL", number, issued.valid_from)
    await conn.execute(
        "INSERT INTO certificate_number (certificate_id, number, division, since) VALUES ($1, $2, $3, $4)",
        certificate_id,
        number,
        division,
        issued.valid_from,
    )


async def number_ended(conn: Any, certificate_id: UUID, on: date) -> None:
    """A cancelled certificate's number is history."""
    await conn.execute("UPDATE certificate_number SET until = $2 WHERE certificate_id = $1 AND until IS NULL", certificate_id, on)


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


async def record(
    conn: Any, reader: Principal, purpose: str, reference: str, granted: dict[UUID, str], person_ids: Sequence[UUID]
) -> None:
    """Write down who asked for whom, for what, and whether it was shown (`granted`: person → division)."""
    await conn.executemany(
        """INSERT INTO person_read (division, actor, agency, purpose, reference, person_id, granted)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        [(granted.get(p, reader.division), reader.actor, reader.agency, purpose, reference, p, p in granted) for p in person_ids],
    )
