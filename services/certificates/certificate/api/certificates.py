"""What may be read of certificates: one, lists, and every event of one in words."""

from operator import attrgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates.certificate import history, queries
from services.certificates.http_params import past
from services.certificates.vocabulary import Category, Grade
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import WRITTEN, Cursor, Day, Limit, Number, Prefix

router = APIRouter()


@router.get("/certificates/{certificate_id}")
async def one(certificate_id: UUID, response: Response, call: Call = query("certificates.read")) -> queries.Certificate:
    """One certificate or application; the ETag is its version."""
    found = await call.read(queries.certificate, certificate_id, call.context.today)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/certificates/{certificate_id}/history")
async def told(certificate_id: UUID, call: Call = query("certificates.read")) -> Page[history.Told]:
    """Every event of this certificate in words, oldest first."""
    return Page(await call.read(history.events_in_words, certificate_id, call.runtime.store, call.runtime.service.policy))


@router.get("/certificates/{certificate_id}/as-of")
async def as_of(certificate_id: UUID, on: Day, call: Call = query("certificates.read")) -> history.AsOf:
    """What was known of this certificate at the end of a past day (Asia/Shanghai)."""
    return await call.read(history.as_of, certificate_id, past(call, on), call.runtime.store)


@router.get("/certificates")
async def some(
    call: Call = query("certificates.read"),
    division: Prefix = "",
    status: queries.Status | None = None,
    category: Category | None = None,
    grade: Annotated[Grade, WRITTEN] | None = None,
    valid_to_from: Day | None = None,
    valid_to_until: Day | None = None,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[queries.Certificate]:
    """Certificates of the caller's division by division, status, category, grade and last valid day, in a stable order.

    `file_number`: the one on a form, in a ledger or in a message (办件号, 证件编号).
    """
    wanted = queries.Wanted(division, status, category, grade, valid_to_from, valid_to_until, None, file_number)
    about = (call.context.today, wanted)
    return await call.page(queries.certificates, *about, after=after, limit=limit, place=attrgetter("certificate_id"))


@router.get("/persons/{person_id}/certificates")
async def of_person(
    person_id: UUID, call: Call = query("certificates.read"), after: Cursor | None = None, limit: Limit = 100
) -> Page[queries.Certificate]:
    """Everything the register holds about one person's certificates, ended ones included."""
    about = (call.context.today, queries.Wanted(person_id=person_id))
    return await call.page(queries.certificates, *about, after=after, limit=limit, place=attrgetter("certificate_id"))
