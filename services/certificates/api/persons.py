"""Persons: registration, and the one audited step from pseudonyms to names."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import Field

from services import identity
from services.certificates import vault
from services.certificates.events import PersonIndexState
from services.certificates.person import PERSON, Register
from services.certificates.policy import CertificatePolicy
from services.kernel.errors import Forbidden, Malformed, ShouwangError
from services.kernel.events import topic_of
from services.kernel.store import Outgoing
from services.shell.http import Answer, Call, body, command

router = APIRouter()
_LINE = r"^[^\x00-\x1f\x7f]*$"  # one line of text, nothing that a database or a printer would choke on


class TooManyReads(ShouwangError):
    """A principal asked for more persons per minute than the policy allows. HTTP 429."""

    status = 429


@body
class NewPerson:
    """A person to register; `division` is the village (twelve digits)."""

    citizen_id: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
    division: Annotated[str, Field(max_length=20)]
    phone: Annotated[str, Field(max_length=30, pattern=_LINE)] | None = None
    address: Annotated[str, Field(max_length=200, pattern=_LINE)] | None = None


@router.post("/persons", status_code=201)
async def register(asked: NewPerson, call: Call = command("persons.register")) -> Response:
    """Register a person; the answer's `id` is the pseudonym that every other service knows."""
    citizen_id, today = identity.normalised(asked.citizen_id), call.context.today
    if wrong := identity.faults(citizen_id, today):
        raise Malformed(wrong[0].lower(), "身份证号不合规")
    born = identity.birth_date(citizen_id)
    assert born is not None  # `faults` has seen the date
    person = vault.Identity(uuid4(), asked.division, asked.name.strip(), citizen_id, asked.phone, asked.address)

    async def work(conn: Any) -> Answer:
        runtime, key = call.runtime, call.runtime.settings.site_key.get_secret_value()
        wanted = Register(f"{born:%Y-%m}", person.division)
        done = await runtime.executor.execute(conn, PERSON, person.person_id, wanted, call.context, call.expected_version)
        index = await vault.register(conn, person, key, today, call.principal.division)
        state = PersonIndexState(person_id=person.person_id, key_id=identity.key_id(key))
        await runtime.store.publish_many(conn, [Outgoing(topic_of(PersonIndexState), str(index), state, done[0])])
        return await call.answered(conn, person.person_id, done, 201)

    return await call.transact(work)


@body
class Question:
    """Whose names are needed, what for, and for which piece of work (`reference`: a case, notice or list number)."""

    purpose: vault.Purpose
    reference: Annotated[str, Field(pattern=r"^[\w./:#〔〕-]{1,80}$")]
    person_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A person as an official's task needs it: village in words with its code, citizen id masked."""

    person_id: UUID
    name: str
    village: str
    citizen_id: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The persons of the caller's division; `refused` counts the others, known or not."""

    persons: list[Resolved]
    refused: int


@router.post("/resolve")
async def resolve(asked: Question, response: Response, call: Call = command("persons.resolve")) -> Resolution:
    """Names for a task. Not kept under the Idempotency-Key: names stand in one table only, and every look is a look."""
    response.headers["Cache-Control"] = "no-store"
    policy: CertificatePolicy = call.runtime.service.policy
    reader, today, wanted = call.principal, call.context.today, list(dict.fromkeys(asked.person_ids))
    limits = policy.reading.one("reading", today, reader.division)
    if len(wanted) > limits.persons_per_request:
        raise Malformed("too_many_persons", f"一次最多查询{limits.persons_per_request}人")
    if reader.agency not in policy.purposes.one(asked.purpose, today, reader.division).agencies:
        raise Forbidden("purpose_not_yours", "本单位不得以此目的查询身份")
    async with call.runtime.pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT set_config('shouwang.division', $1, true)", reader.division)
        if await vault.asked_lately(conn, reader) + len(wanted) > limits.persons_per_minute:
            raise TooManyReads("too_many_reads", f"每分钟最多查询{limits.persons_per_minute}人")
        found = await vault.identities(conn, wanted)
        await vault.record(conn, reader, asked.purpose, asked.reference, {p.person_id: p.division for p in found}, wanted)
    return Resolution([_shown(p, policy, call) for p in found], len(wanted) - len(found))


def _shown(person: vault.Identity, policy: CertificatePolicy, call: Call) -> Resolved:
    place = policy.township(person.division, call.context.today)
    village = f"{place.county}{place.name}（村码{person.division}）" if place else f"村码{person.division}"
    return Resolved(person.person_id, person.name, village, identity.masked_id(person.citizen_id))
