"""Persons: registration, and the one audited step from pseudonyms to names."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Response
from pydantic import Field

from services import identity
from services.certificates import outreach, vault
from services.certificates.commands import Code
from services.certificates.events import PersonIndexState
from services.certificates.outreach import OUTREACH, FollowMove
from services.certificates.person import PERSON, CorrectIdentity, Move, NameGuardian, Register, RevertIdentity
from services.certificates.policy import CertificatePolicy
from services.kernel.errors import Forbidden, Malformed, ShouwangError
from services.kernel.events import Gone, Recorded, topic_of
from services.kernel.store import Outgoing
from services.shell.http import Answer, Call, body, command

router = APIRouter()
Name = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]
_LINE = r"^[^\x00-\x1f\x7f]*$"  # one line of text, nothing that a database or a printer would choke on


class TooManyReads(ShouwangError):
    """A principal asked for more persons per minute than the policy allows. HTTP 429."""

    status = 429


@body
class Nothing:
    """An empty body."""


@body
class NewPerson:
    """A person to register; `division` is the village (twelve digits)."""

    citizen_id: Annotated[str, Field(max_length=40)]
    name: Name
    division: Annotated[str, Field(max_length=20)]
    phone: Annotated[str, Field(max_length=30, pattern=_LINE)] | None = None
    address: Annotated[str, Field(max_length=200, pattern=_LINE)] | None = None


@router.post("/persons", status_code=201)
async def register(asked: NewPerson, call: Call = command("persons.register")) -> Response:
    """Register a person; the answer's `id` is the pseudonym that every other service knows."""
    today = call.context.today
    citizen_id = _checked(asked.citizen_id, today)
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
class Guardian:
    """The guardian (监护人); `relationship` is a code."""

    name: Name
    relationship: Code
    citizen_id: Annotated[str, Field(max_length=40)]
    phone: Annotated[str, Field(max_length=30, pattern=_LINE)] | None = None


@router.post("/persons/{person_id}/guardian")
async def name_guardian(person_id: UUID, asked: Guardian, call: Call = command("persons.register")) -> Response:
    """Name the guardian; the latest one counts."""
    citizen_id = _checked(asked.citizen_id, call.context.today)

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        done = await _execute(conn, call, person_id, NameGuardian(asked.relationship))
        await vault.name_guardian(conn, person_id, asked.name.strip(), asked.relationship, citizen_id, asked.phone)
        return await call.answered(conn, person_id, done)

    return await call.transact(work)


@body
class Correction:
    """The right citizen id."""

    citizen_id: Annotated[str, Field(max_length=40)]


@router.post("/persons/{person_id}/citizen-id")
async def correct(person_id: UUID, asked: Correction, call: Call = command("persons.register")) -> Response:
    """Correct a citizen id; the answer's `link_id` takes the correction back."""
    citizen_id, link_id = _checked(asked.citizen_id, call.context.today), uuid4()

    async def work(conn: Any) -> Answer:
        key = call.runtime.settings.site_key.get_secret_value()
        await vault.known(conn, person_id, call.principal.division)
        done = await _execute(conn, call, person_id, CorrectIdentity(link_id))
        changed = await vault.correct(conn, person_id, link_id, citizen_id, key, call.context.today)
        await _reindex(conn, call, changed, done[0])
        return await call.answered(conn, person_id, done, link_id=str(link_id))

    return await call.transact(work)


@router.post("/persons/{person_id}/citizen-id/{link_id}/revert")
async def revert(person_id: UUID, link_id: UUID, _: Nothing, call: Call = command("persons.register")) -> Response:
    """Take a correction back: the earlier citizen id holds again."""

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        done = await _execute(conn, call, person_id, RevertIdentity(link_id))
        await _reindex(conn, call, await vault.revert(conn, person_id, link_id, call.context.today), done[0])
        return await call.answered(conn, person_id, done)

    return await call.transact(work)


@body
class NewVillage:
    """The village (twelve digits) of the new hukou."""

    to_division: Annotated[str, Field(pattern=r"^\d{12}$")]


@router.post("/persons/{person_id}/move")
async def move(person_id: UUID, asked: NewVillage, call: Call = command("persons.register")) -> Response:
    """The hukou moved inside the prefecture; certificates are transferred on their own (办法 art. 23)."""

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        done = await _execute(conn, call, person_id, Move(asked.to_division))
        follow = replace(call.context, seed=uuid5(call.context.seed, "outreach"))
        await call.runtime.executor.execute(conn, OUTREACH, outreach.of(person_id), FollowMove(asked.to_division), follow)
        await vault.moved(conn, person_id, asked.to_division)
        return await call.answered(conn, person_id, done)

    return await call.transact(work)


async def _execute(conn: Any, call: Call, person_id: UUID, asked: Any) -> list[Recorded]:
    return await call.runtime.executor.execute(conn, PERSON, person_id, asked, call.context, call.expected_version)


async def _reindex(conn: Any, call: Call, changed: vault.Reindexed, because: Recorded) -> None:
    """Tell who finds persons by their blind index: the old one is gone, the new one is there."""
    topic, key = topic_of(PersonIndexState), identity.key_id(call.runtime.settings.site_key.get_secret_value())
    state = PersonIndexState(person_id=because.stream_id, key_id=key)
    gone = Outgoing(topic, str(changed.old), Gone(PersonIndexState), because)
    await call.runtime.store.publish_many(conn, [gone, Outgoing(topic, str(changed.new), state, because)])


def _checked(given: str, today: date) -> str:
    """A citizen id in its normal form. Raises `Malformed` with the name of the first hard finding (§8.1)."""
    citizen_id = identity.normalised(given)
    if wrong := identity.faults(citizen_id, today):
        raise Malformed(wrong[0].lower(), "身份证号不合规")
    return citizen_id


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
