"""At the window: find a person, say how far a certificate is, hand over a copy of what is held (个人信息保护法 art. 45)."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.certificates import offices
from services.certificates.certificate import queries
from services.certificates.forms.page import as_html
from services.certificates.front_desk import progress
from services.certificates.front_desk.own_copy import Dossier, compiled
from services.certificates.front_desk.own_copy_page import own_copy
from services.certificates.person import search, vault
from services.certificates.person.api import resolve
from services.certificates.person.api.registration import Name, checked
from services.certificates.policy.load import CertificatePolicy
from services.domain import divisions, names
from services.kernel.errors import Forbidden, Malformed, NotFound
from services.shell.http.call import Call, Page, body, command, query
from services.shell.http.fields import CitizenId, Number
from services.shell.http.responses import HTML, documented, page

router = APIRouter()


@router.get("/certificates/{certificate_id}/progress")
async def progress_(certificate_id: UUID, call: Call = query("progress.read")) -> progress.Progress:
    """How far it is, what comes next, until when and by whom, for the person who asks."""
    row = await call.read(queries.view_row, certificate_id)
    return progress.of(row, call.runtime.service.policy, call.context.today)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An application or card found by its number, and how far it is."""

    certificate_id: UUID
    progress: progress.Progress


@router.get("/progress")
async def progress_by_number(file_number: Number, call: Call = query("progress.read")) -> Page[Numbered]:
    """The same for somebody who comes with a paper: by the number on it (办件号), at the county, the township or the village."""
    policy, today = call.runtime.service.policy, call.context.today
    rows = await call.read(queries.numbered, file_number)
    return Page([Numbered(row.certificate_id, progress.of(row, policy, today)) for row in rows])


@body
class Search:
    """Whom to find: by citizen id, or by name in a division (by default the caller's); for which piece of work."""

    reference: resolve.Reference
    citizen_id: CitizenId | None = None
    name: Name | None = None
    division: Annotated[str, Field(pattern=divisions.PREFIX_IN_A_PREFECTURE_PATTERN)] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody found, as the caller's agency sees a person, and why (`likeness`); all but CITIZEN_ID are questions to the person."""

    person: resolve.Resolved
    likeness: search.Likeness


@dataclass(frozen=True, slots=True)
class Findings:
    """Who was found, the likeliest first. `more`: there are others; narrow the division. `findings`: `name_charset`, `name_with_text`."""

    persons: list[Found]
    more: bool
    findings: list[str]


@router.post("/persons/find")
async def find(asked: Search, response: Response, call: Call = command("persons.find")) -> Findings:
    """Find a registered person of the caller's division. Not kept under the Idempotency-Key; recorded and limited like `/resolve`."""
    response.headers["Cache-Control"] = "no-store"
    policy: CertificatePolicy = call.runtime.service.policy
    rule = policy.search.one("search", call.context.today, call.principal.division)
    resolve.permitted(call, vault.Purpose.CERTIFICATE_SERVICE)
    if (asked.citizen_id is None) == (asked.name is None):
        raise Malformed("one_of_two", "请输入身份证号或者姓名，二者之一")
    citizen_id = checked(asked.citizen_id, call.context.today) if asked.citizen_id is not None else None
    wanted, division = names.comparable_name(asked.name or ""), _division(asked, call)
    if citizen_id is None and len(wanted) < rule.min_characters:
        raise Malformed("name_too_short", f"姓名至少{rule.min_characters}个字")
    async with resolve.sight(call) as conn:
        if citizen_id:
            key = call.runtime.settings.site_key.get_secret_value()
            matches = await search.by_citizen_id(conn, key, citizen_id)
        else:
            matches = await search.by_name(conn, wanted, division, rule)
        shown = {match.person_id: match.likeness for match in matches[: rule.most]}
        purpose = vault.Purpose.CERTIFICATE_SERVICE
        found = await resolve.look(conn, call, purpose, asked.reference, list(shown) or [resolve.NOBODY])
    persons = [Found(resolve.shown(person, call), shown[person.person_id]) for person in found]
    return Findings(persons, len(matches) > rule.most, [code.lower() for code in names.name_faults(asked.name or "")])


def _division(asked: Search, call: Call) -> str:
    """Where to look; never beyond the caller's division."""
    if asked.division and not divisions.inside(asked.division, call.principal.division):
        raise Forbidden("foreign_division", "不在您的辖区")
    return asked.division or call.principal.division


@body
class Asked:
    """For which piece of work: the number under which the person's request was noted."""

    reference: resolve.Reference


@router.post("/persons/{person_id}/copy")
async def copy(person_id: UUID, asked: Asked, response: Response, call: Call = command("persons.copy")) -> Dossier:
    """Everything the register holds of a person, unmasked, for that person; this look is the last of those it lists."""
    response.headers["Cache-Control"] = "no-store"
    return await _held(person_id, asked, call)


@router.post("/persons/{person_id}/copy.html", **documented(HTML))
async def copy_page(person_id: UUID, asked: Asked, call: Call = command("persons.copy")) -> Response:
    """The same as a page to print and hand over."""
    policy: CertificatePolicy = call.runtime.service.policy
    held = await _held(person_id, asked, call)
    office = policy.offices.one(divisions.county(held.person.division), call.context.today, held.person.division)
    return page(as_html(own_copy(held, office, policy)))


async def _held(person_id: UUID, asked: Asked, call: Call) -> Dossier:
    """Only a person of the caller's division; then all of it, for cards, moves and looks may lie in several divisions."""
    offices.at_the_window("own-copy", call.context)
    async with resolve.sight(call) as conn:
        found = await resolve.look(conn, call, "OWN_COPY", asked.reference, [person_id])
        held = await _compiled(conn, call, found[0]) if found else None
    if held is None:
        raise NotFound("person_unknown", "没有此人，或不在您的辖区")
    return held


async def _compiled(conn: Any, call: Call, person: vault.Identity) -> Dossier:
    await conn.execute("SELECT set_config('shouwang.division', '*', true)")
    return await compiled(conn, call.runtime.store, call.runtime.service.policy, person, call.context.today)
