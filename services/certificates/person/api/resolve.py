"""The one audited way from pseudonyms to names: for a purpose, in the caller's division, limited, recorded, kept nowhere."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.certificates.person import masking, vault
from services.certificates.policy.load import CertificatePolicy
from services.certificates.policy.rows import Reading
from services.domain.file_number import file_number
from services.kernel.errors import Forbidden, Malformed, ShouwangError
from services.shell.http.call import Call, body, command
from services.shell.http.fields import Number

router = APIRouter()
Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z_㐀-鿿./:#〔〕-]{1,80}$")]  # \w would take digits of any script
NOBODY = UUID(int=0)  # stands in the record of a search that found nobody, so that it counts and can be seen


class TooManyReads(ShouwangError):
    """A principal asked for more persons per minute than the policy allows. HTTP 429."""

    status = 429


def limits(call: Call) -> Reading:
    """How much the caller may read; the service that reminds has a row of its own, for it may ask how to reach persons and nothing else."""
    policy: CertificatePolicy = call.runtime.service.policy
    return policy.reading.one(
        "reminding" if call.principal.roles == {"reminding"} else "reading", call.context.today, call.principal.division
    )


def permitted(call: Call, purpose: vault.Purpose) -> None:
    """Raises `Forbidden("purpose_not_yours")` unless the caller's agency may ask for names for this purpose."""
    policy: CertificatePolicy = call.runtime.service.policy
    if call.principal.agency not in policy.purposes.one(purpose, call.context.today, call.principal.division).agencies:
        raise Forbidden("purpose_not_yours", "本单位不得以此目的查询身份")


@asynccontextmanager
async def sight(call: Call) -> AsyncIterator[Any]:
    """A transaction that sees the caller's division; what is recorded in it is kept when it ends."""
    async with call.runtime.pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT set_config('shouwang.division', $1, true)", call.principal.division)
        yield conn


async def unhurried(conn: Any, call: Call, persons: int) -> None:
    """Raises `TooManyReads` when that many more persons would be too many in a minute."""
    most = limits(call).persons_per_minute
    if await vault.asked_lately(conn, call.principal) + persons > most:
        raise TooManyReads("too_many_reads", f"每分钟最多查询{most}人")


async def look(conn: Any, call: Call, purpose: str, reference: str, wanted: Sequence[UUID]) -> list[vault.Identity]:
    """The persons of `wanted` that the caller may see, in their order; every one asked for is recorded, shown or not."""
    await unhurried(conn, call, len(wanted))
    found = await vault.identities(conn, wanted)
    await vault.record(conn, call.principal, purpose, reference, {person.person_id: person.division for person in found}, wanted)
    return found


@body
class Question:
    """Whose names are needed, what for, and for which piece of work (`reference`: a case, notice or list number).

    Persons are named by their ids, or by the numbers that lists have on paper (人员编号)."""

    purpose: vault.Purpose
    reference: Reference
    person_ids: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    file_numbers: Annotated[tuple[Number, ...], Field(max_length=500)] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A person as an official's task needs it: village in words, or its code; name, citizen id and phone as far as the agency
    sees them (`[[display]]` rows): a citizen id at most masked, what is not shown is empty or null."""

    person_id: UUID
    file_number: str
    name: str = field(repr=False)
    village: str
    citizen_id: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The persons of the caller's division; `refused` counts the others, known or not."""

    persons: list[Resolved]
    refused: int


@router.post("/resolve")
async def resolve(asked: Question, response: Response, call: Call = command("persons.resolve")) -> Resolution:
    """Names for a task. Not kept under the Idempotency-Key: names stand in one table only, and every look is a look."""
    response.headers["Cache-Control"] = "no-store"
    found, refused = await looked(call, asked, asked.reference)
    return Resolution([shown(person, call) for person in found], refused)


async def looked(call: Call, asked: Question, reference: str) -> tuple[list[vault.Identity], int]:
    """Whom the question may see, and how many it may not; recorded under `reference`."""
    ids, numbers = list(dict.fromkeys(asked.person_ids)), list(dict.fromkeys(asked.file_numbers))
    if not ids and not numbers:
        raise Malformed("nobody_asked_for", "请写明人员标识或者人员编号")
    if len(ids) + len(numbers) > (most := limits(call).persons_per_request):
        raise Malformed("too_many_persons", f"一次最多查询{most}人")
    permitted(call, asked.purpose)
    async with sight(call) as conn:
        numbered = await vault.numbered(conn, numbers)
        unknown = [NOBODY] * (len(numbers) - len(numbered))
        wanted = list(dict.fromkeys((*ids, *numbered))) + unknown
        found = await look(conn, call, asked.purpose, reference, wanted)
    return found, len(wanted) - len(found)


def shown(person: vault.Identity, call: Call) -> Resolved:
    """A person as far as the caller's agency sees it."""
    policy: CertificatePolicy = call.runtime.service.policy
    today = call.context.today
    rule = policy.shown_to(call.principal.agency, person.division, today)
    return Resolved(
        person.person_id,
        file_number(person.person_id),
        masking.name(person.name, rule.name),
        policy.place(person.division, today),
        masking.citizen_id(person.citizen_id, rule.citizen_id),
        masking.phone(person.phone, rule.phone),
    )
