"""What the register knows of a person for reaching him: phones with whether they are confirmed and shared, category, own choice.

With `vault.py` it touches numbers. Its connection is a command's; `sight` confines what is found, not how many share a number.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.certificates.person.contact_rules import Phone, Reachable
from services.certificates.vocabulary import Category, ContactChoice, Language, PhoneOwner
from services.domain import citizen_id
from services.domain.phones import phone_index

_REACHABLE = """
SELECT p.person_id, p.division, p.citizen_id, p.phone, p.confirmed_phone = p.phone AS confirmed, p.contact_choice, p.language, p.died_on,
    (SELECT count(*) FROM person o WHERE o.phone = p.phone) AS sharing,
    g.phone AS guardian, g.confirmed_phone = g.phone AS guardian_confirmed,
    (SELECT count(*) FROM person o WHERE o.phone = g.phone) AS guardian_sharing,
    (SELECT array_agg(c.category) || array_agg(split_part(part, ':', 1)) FILTER (WHERE part IS NOT NULL)
        FROM views.certificate_view c LEFT JOIN jsonb_array_elements_text(c.constituents) part ON true
        WHERE c.person_id = p.person_id AND c.step = 'ISSUED') AS categories
FROM person p LEFT JOIN LATERAL
    (SELECT phone, confirmed_phone FROM guardian WHERE person_id = p.person_id ORDER BY since DESC LIMIT 1) g ON true
WHERE p.person_id = ANY($1::uuid[]) AND starts_with(p.division, $2) ORDER BY array_position($1::uuid[], p.person_id)"""
_TABLES = {PhoneOwner.HOLDER: "person", PhoneOwner.GUARDIAN: "guardian"}


async def reachable(conn: Any, person_ids: Sequence[UUID], sight: str, site_key: str) -> list[Reachable]:
    """The persons inside `sight`, in the order asked for."""
    return [_reachable(row, site_key) for row in await conn.fetch(_REACHABLE, person_ids, sight)]


def _reachable(row: Any, site_key: str) -> Reachable:
    born = citizen_id.birth_date(row["citizen_id"])
    assert born is not None  # checked at registration
    mine = _phone(row["phone"], row["confirmed"], row["sharing"], site_key)
    guardian = _phone(row["guardian"], row["guardian_confirmed"], row["guardian_sharing"], site_key)
    return Reachable(
        row["person_id"],
        row["division"],
        born,
        frozenset(map(Category, row["categories"] or ())),
        mine,
        guardian,
        ContactChoice(row["contact_choice"]) if row["contact_choice"] else None,
        Language(row["language"]) if row["language"] else Language.UNKNOWN,
        row["died_on"] is not None,
    )


def _phone(number: str | None, confirmed: bool | None, sharing: int, site_key: str) -> Phone | None:
    return Phone(number, bool(confirmed), sharing, phone_index(site_key, number)) if number else None


async def has_phone(conn: Any, person_id: UUID, owner: PhoneOwner) -> bool:
    """Whether the table holds a number of the holder, or of the latest guardian."""
    order = " ORDER BY since DESC LIMIT 1" if owner is PhoneOwner.GUARDIAN else ""
    table = _TABLES.get(owner, "person")
    return bool(await conn.fetchval(f"SELECT phone FROM {table} WHERE person_id = $1{order}", person_id))  # noqa: S608


async def confirmed(conn: Any, person_id: UUID, owner: PhoneOwner) -> None:
    """The number that is held now is the owner's own."""
    latest = " AND since = (SELECT max(since) FROM guardian WHERE person_id = $1)" if owner is PhoneOwner.GUARDIAN else ""
    await conn.execute(f"UPDATE {_TABLES[owner]} SET confirmed_phone = phone WHERE person_id = $1{latest}", person_id)  # noqa: S608


async def chosen(conn: Any, person_id: UUID, choice: ContactChoice, language: Language) -> None:
    """Keep how the person wants to be reached."""
    await conn.execute("UPDATE person SET contact_choice = $2, language = $3 WHERE person_id = $1", person_id, choice, language)
