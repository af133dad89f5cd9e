"""Issued certificates: issue, renewal, cancellation, and every read."""

from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.certificates import application as a
from services.certificates import queries, vault
from services.certificates.api.applications import Nothing
from services.certificates.certificate import CERTIFICATE
from services.certificates.events import CancellationReason
from services.shell.http import Answer, Call, Page, body, command, query

router = APIRouter()
Prefix = Annotated[str, Query(pattern=r"^\d{0,12}$")]
Limit = Annotated[int, Query(ge=1, le=500)]


@body
class Card:
    """The card; `number` as printed, by default composed of citizen id, category and grade."""

    number: Annotated[str, Field(max_length=40)] | None = None


@body
class Cancellation:
    """Why it is cancelled."""

    reason: CancellationReason


@router.post("/certificates/{certificate_id}/issue")
async def issue(certificate_id: UUID, asked: Card, call: Call = command("certificates.decide")) -> Response:
    """发证."""

    async def work(conn: Any) -> Answer:
        execute = call.runtime.executor.execute
        done = await execute(conn, CERTIFICATE, certificate_id, a.Issue(), call.context, call.expected_version)
        await vault.number_issued(conn, certificate_id, done[0].event, done[0].division, asked.number, call.principal)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/renew")
async def renew(certificate_id: UUID, _: Nothing, call: Call = command("certificates.decide")) -> Response:
    """换领."""
    return await call.execute(CERTIFICATE, certificate_id, a.Renew())


@router.post("/certificates/{certificate_id}/cancel")
async def cancel(certificate_id: UUID, asked: Cancellation, call: Call = command("certificates.decide")) -> Response:
    """注销."""

    async def work(conn: Any) -> Answer:
        execute = call.runtime.executor.execute
        done = await execute(conn, CERTIFICATE, certificate_id, a.Cancel(asked.reason), call.context, call.expected_version)
        await vault.number_ended(conn, certificate_id, call.context.today)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.get("/certificates/counts")
async def counts(call: Call = query("certificates.read"), division: Prefix = "") -> Page[queries.Count]:
    """Counts by township and status; small cells carry no number."""
    today = call.context.today
    least = call.runtime.service.policy.reading.one("reading", today, call.principal.division).smallest_cell
    return Page(await call.read(queries.counts, today, division, least))


@router.get("/certificates/{certificate_id}")
async def one(certificate_id: UUID, response: Response, call: Call = query("certificates.read")) -> queries.Certificate:
    """One certificate or application; the ETag is its version."""
    found = await call.read(queries.certificate, certificate_id, call.context.today)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/certificates")
async def some(
    call: Call = query("certificates.read"),
    division: Prefix = "",
    status: queries.Status | None = None,
    after: str | None = None,
    limit: Limit = 100,
) -> Page[queries.Certificate]:
    """Certificates of the caller's division, in a stable order."""
    about = (call.context.today, division, status, None)
    return await call.page(queries.certificates, *about, after=after, limit=limit, place=attrgetter("certificate_id"))


@router.get("/persons/{person_id}/certificates")
async def of_person(
    person_id: UUID, call: Call = query("certificates.read"), after: str | None = None, limit: Limit = 100
) -> Page[queries.Certificate]:
    """Everything the register holds about one person's certificates, ended ones included."""
    about = (call.context.today, "", None, person_id)
    return await call.page(queries.certificates, *about, after=after, limit=limit, place=attrgetter("certificate_id"))
