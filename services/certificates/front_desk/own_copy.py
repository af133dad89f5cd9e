"""Everything the register holds of one person, for that person (个人信息保护法 art. 45): read once, shown once, kept nowhere.

Not in it: what others said against a public notice (their confidence), and a guardian's citizen id in full.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate import history
from services.certificates.certificate.application.events import NoticeGiven
from services.certificates.certificate.described import in_words
from services.certificates.person.events import PersonMoved
from services.certificates.person.vault import Identity
from services.certificates.policy.load import CertificatePolicy
from services.domain import personal
from services.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is, unmasked."""

    person_id: UUID
    name: str = field(repr=False)
    citizen_id: str = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    division: str
    registered_on: date
    died_on: date | None
    phone_confirmed: bool = False
    contact_choice: vocabulary.ContactChoice | None = None
    language: vocabulary.Language | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stood in a field until a day."""

    what: vocabulary.Detail | None  # None: the citizen id
    was: str = field(repr=False)
    until: date


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian, named at an instant; the citizen id masked."""

    name: str = field(repr=False)
    relationship: str
    citizen_id: str = field(repr=False)
    phone: str | None = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """From one village to another."""

    from_division: str
    to_division: str
    on: date


@dataclass(frozen=True, slots=True)
class Number:
    """A certificate number and the days of its use."""

    number: str = field(repr=False)
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """An application or card: its numbers, and everything that happened, in words."""

    certificate_id: UUID
    numbers: tuple[Number, ...]
    history: tuple[history.Told, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What was explained to the person or guardian."""

    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Look:
    """Who asked for the person's data: office (agency and division), for what, for which piece of work; whether it was shown."""

    at: datetime
    agency: str
    division: str
    purpose: str
    reference: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """The copy of a day."""

    made_on: date
    person: Person
    earlier: tuple[Earlier, ...]
    guardians: tuple[Guardian, ...]
    moves: tuple[Moved, ...]
    cards: tuple[Card, ...]
    notices: tuple[Notice, ...]
    looks: tuple[Look, ...]


async def compiled(conn: Any, store: Any, policy: CertificatePolicy, person: Identity, today: date) -> Dossier:
    """Everything of a person. The connection must see every division: cards, moves and looks may lie in several."""
    of = person.person_id
    known = await conn.fetchrow(
        """SELECT registered_on, died_on, coalesce(confirmed_phone = phone, false) AS confirmed, contact_choice, language FROM person
           WHERE person_id = $1""",
        of,
    )
    guardians = await conn.fetch(
        "SELECT name, relationship, citizen_id, phone, since FROM guardian WHERE person_id = $1 ORDER BY since", of
    )
    own = [recorded.event for recorded in await store.read(conn, of)]
    cards, notices = await _cards(conn, store, policy, of)
    return Dossier(
        made_on=today,
        person=Person(
            person_id=of,
            name=person.name,
            citizen_id=person.citizen_id,
            phone=person.phone,
            address=person.address,
            division=person.division,
            registered_on=known["registered_on"],
            died_on=known["died_on"],
            phone_confirmed=known["confirmed"],
            contact_choice=vocabulary.ContactChoice(known["contact_choice"]) if known["contact_choice"] else None,
            language=vocabulary.Language(known["language"]) if known["language"] else None,
        ),
        earlier=await _earlier(conn, of),
        guardians=tuple(Guardian(**(dict(row) | {"citizen_id": personal.masked_id(row["citizen_id"])})) for row in guardians),
        moves=tuple(Moved(move.from_division, move.to_division, move.moved_on) for move in own if isinstance(move, PersonMoved)),
        cards=cards,
        notices=notices,
        looks=await _looks(conn, of),
    )


async def _earlier(conn: Any, person_id: UUID) -> tuple[Earlier, ...]:
    """Each field's earlier values; of a correction only what it changed, which is what the next row, or today's, does not say."""
    ids = await conn.fetch("SELECT citizen_id, until FROM citizen_id_history WHERE person_id = $1 ORDER BY until", person_id)
    rows = await conn.fetch(
        """SELECT name, phone, address, until, at FROM person_detail_history WHERE person_id = $1
           UNION ALL SELECT name, phone, address, NULL, 'infinity' FROM person WHERE person_id = $1 ORDER BY at""",
        person_id,
    )
    found = [Earlier(None, row["citizen_id"], row["until"]) for row in ids]
    for before, after in pairwise(rows):
        for what in (vocabulary.Detail.NAME, vocabulary.Detail.PHONE, vocabulary.Detail.ADDRESS):
            was = before[what.lower()]
            if was and was != after[what.lower()]:
                found.append(Earlier(what, was, before["until"]))
    return tuple(found)


async def _cards(conn: Any, store: Any, policy: CertificatePolicy, person_id: UUID) -> tuple[tuple[Card, ...], tuple[Notice, ...]]:
    ids = await conn.fetch(
        "SELECT certificate_id FROM views.certificate_view WHERE person_id = $1 ORDER BY applied_on, certificate_id", person_id
    )
    cards, notices = [], []
    for certificate_id in (row["certificate_id"] for row in ids):
        numbers = await conn.fetch(
            "SELECT number, since, until FROM certificate_number WHERE certificate_id = $1 ORDER BY since, number", certificate_id
        )
        past = await history.events_in_words(conn, certificate_id, store, policy)
        cards.append(Card(certificate_id, tuple(Number(**row) for row in numbers), tuple(past or ())))
        events = [recorded.event for recorded in await store.read(conn, certificate_id)]
        notices += [Notice(event.given_on, in_words(event, str)) for event in events if isinstance(event, NoticeGiven)]
    return tuple(cards), tuple(notices)


async def _looks(conn: Any, person_id: UUID) -> tuple[Look, ...]:
    rows = await conn.fetch(
        "SELECT at, agency, actor, purpose, reference, granted FROM person_read WHERE person_id = $1 ORDER BY id", person_id
    )
    return tuple(
        Look(row["at"], row["agency"], Actor.parse(row["actor"]).division, row["purpose"], row["reference"], row["granted"])
        for row in rows
    )
