"""How a holder is reached: what he chose, whose phone it is, and, for a purpose, the ways to call or write to him."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates import offices
from services.certificates.person import contact_queries, vault
from services.certificates.person.api import resolve
from services.certificates.person.contact_rules import Contact, contacts
from services.certificates.person.decider import PERSON, ChooseContact, ConfirmPhone
from services.certificates.vocabulary import ContactChoice, Language, PhoneOwner
from services.kernel.errors import Malformed
from services.shell.http.call import Answer, Call, body, command

router = APIRouter()


@body
class Choosing:
    """How the person wants to be reached, and in which language."""

    choice: ContactChoice
    language: Language = Language.MANDARIN


@body
class Confirming:
    """Whose number it is."""

    owner: PhoneOwner


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to one person, the first one first; none: somebody must go there."""

    person_id: UUID
    contacts: list[Contact]


@dataclass(frozen=True, slots=True)
class Answered:
    """The persons of the caller's division; `refused` counts the others, known or not."""

    persons: list[Ways]
    refused: int


@router.post("/persons/{person_id}/contact")
async def choose(person_id: UUID, asked: Choosing, call: Call = command("certificates.apply")) -> Response:
    """What the person said outranks the rule by category."""
    offices.at_the_window("contact", call.context)

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        wanted = ChooseContact(asked.choice, asked.language)
        done = await call.runtime.executor.execute(conn, PERSON, person_id, wanted, call.context, call.expected_version)
        await contact_queries.chosen(conn, person_id, asked.choice, asked.language)
        return await call.answered(conn, person_id, done)

    return await call.transact(work)


@router.post("/persons/{person_id}/phone-confirmed")
async def confirm(person_id: UUID, asked: Confirming, call: Call = command("certificates.apply")) -> Response:
    """An officer called the number, and its owner answered."""
    offices.at_the_window("contact", call.context)

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        wanted = ConfirmPhone(asked.owner, await contact_queries.has_phone(conn, person_id, asked.owner))
        done = await call.runtime.executor.execute(conn, PERSON, person_id, wanted, call.context, call.expected_version)
        await contact_queries.confirmed(conn, person_id, asked.owner)
        return await call.answered(conn, person_id, done)

    return await call.transact(work)


@router.post("/contacts")
async def ways(asked: resolve.Question, response: Response, call: Call = command("persons.reach")) -> Answered:
    """Through whom and how to reach these persons; the category that decides it is not told. Recorded and kept nowhere, as `/resolve`."""
    response.headers["Cache-Control"] = "no-store"
    wanted, most = list(dict.fromkeys(asked.person_ids)), resolve.limits(call).persons_per_request
    if len(wanted) > most:
        raise Malformed("too_many_persons", f"一次最多查询{most}人")
    resolve.permitted(call, asked.purpose)
    policy, today = call.runtime.service.policy, call.context.today
    async with call.runtime.pool.acquire() as conn, conn.transaction():
        await resolve.unhurried(conn, call, len(wanted))
        site_key = call.runtime.settings.site_key.get_secret_value()
        found = await contact_queries.reachable(conn, wanted, call.principal.division, site_key)
        granted = {known.person_id: known.division for known in found}
        await vault.record(conn, call.principal, asked.purpose, asked.reference, granted, wanted)
    ways = [Ways(known.person_id, contacts(known, policy, today)) for known in found]
    return Answered(ways, len(wanted) - len(found))
