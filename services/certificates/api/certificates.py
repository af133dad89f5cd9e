"""Issued certificates: issue, renewal, cancellation, and every read."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.certificates import application as a
from services.certificates import queries, vault
from services.certificates.api.applications import Nothing
from services.certificates.certificate import CERTIFICATE
from services.certificates.events import CancellationReason
from services.kernel.errors import Malformed
from services.shell.http import Answer, Call, body, command, query

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


@dataclass(frozen=True, slots=True)
class Page:
    """Some certificates; `cursor` asks for the next ones (as `after`), None at the end."""

    certificates: list[queries.Certificate]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by township and status."""

    counts: list[queries.Count]


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
async def counts(call: Call = query("certificates.read"), division: Prefix = "") -> Counts:
    """Counts by township and status; small cells carry no number."""
    today = call.context.today
    least = call.runtime.service.policy.reading.one("reading", today, call.principal.division).smallest_cell
    return Counts(await call.read(queries.counts, today, division, least))


@router.get("/certificates/{certificate_id}")
async def one(certificate_id: UUID, response: Response, call: Call = query("certificates.read")) -> queries.Certificate:
    """One certificate or application; the ETag is its version."""
    found = await call.read(queries.certificate, certificate_id, call.context.today)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/certificates")
async def some(
    request: Request,
    call: Call = query("certificates.read"),
    division: Prefix = "",
    status: queries.Status | None = None,
    after: str | None = None,
    limit: Limit = 100,
) -> Page:
    """Certificates of the caller's division, in a stable order."""
    return await _page(request, call, division, status, None, after, limit)


@router.get("/persons/{person_id}/certificates")
async def of_person(
    person_id: UUID, request: Request, call: Call = query("certificates.read"), after: str | None = None, limit: Limit = 100
) -> Page:
    """Everything the register holds about one person's certificates, ended ones included."""
    return await _page(request, call, "", None, person_id, after, limit)


async def _page(
    request: Request, call: Call, division: str, status: queries.Status | None, person: UUID | None, after: str | None, limit: int
) -> Page:
    cursors = request.app.state.cursors
    since = _since(cursors.take(after))
    found = await call.read(queries.certificates, call.context.today, division, status, person, since, limit)
    return Page(found, cursors.give(found[-1].certificate_id) if len(found) == limit else None)


def _since(position: Any) -> UUID | None:
    """The id behind a cursor; a cursor that another list gave is as unknown as a forged one."""
    try:
        return None if position is None else UUID(str(position))
    except ValueError:
        raise Malformed("cursor_unknown", "use the cursor as it was given") from None
