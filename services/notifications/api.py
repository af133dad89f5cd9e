"""The doors of notices: an office's inbox, acknowledgement, and counts."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.notifications import queries
from services.notifications.events import Channel
from services.notifications.notice import NOTICE, Acknowledge
from services.notifications.projections import NoticeRow, NoticeState
from services.shell.http import Call, body, command, query

router = APIRouter()
Prefix = Annotated[str, Query(pattern=r"^\d{0,12}$")]
Limit = Annotated[int, Query(ge=1, le=500)]


@body
class Nothing:
    """No field."""


@router.get("/inbox/counts")
async def inbox_counts(call: Call = query("inbox.read")) -> dict[str, Any]:
    """The office's notices by state."""
    return {"counts": await call.read(queries.inbox_counts)}


@router.get("/inbox")
async def inbox(
    request: Request,
    call: Call = query("inbox.read"),
    state: NoticeState | None = None,
    subject_id: UUID | None = None,
    after: str | None = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The office's notices, oldest first; `cursor` (always given) continues behind the last one."""
    cursors = request.app.state.cursors
    since = cursors.take(after)
    found = await call.read(queries.inbox, state, subject_id, since, limit)
    position = [found[-1].queued_at.isoformat(), str(found[-1].notice_id)] if found else since
    return {"notices": found, "cursor": cursors.give(position), "more": len(found) == limit}


@router.get("/notices/counts")
async def agency_counts(call: Call = query("notices.count"), division: Prefix = "") -> dict[str, Any]:
    """Counts by agency inside the caller's division; no content."""
    below = division if division.startswith(call.principal.division) else call.principal.division
    async with call.runtime.pool.acquire() as conn:
        return {"counts": await queries.agency_counts(conn, below)}


@router.get("/reminders")
async def reminders(call: Call = query("notices.count"), division: Prefix = "") -> dict[str, Any]:
    """Renewal reminders by window inside the caller's division."""
    below = division if division.startswith(call.principal.division) else call.principal.division
    async with call.runtime.pool.acquire() as conn:
        return {"reminders": await queries.reminder_counts(conn, below)}


@router.get("/notices/{notice_id}")
async def one(notice_id: UUID, response: Response, call: Call = query("inbox.read")) -> NoticeRow:
    """One notice; the ETag is its version."""
    found = await call.read(queries.notice, notice_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/notices/{notice_id}/acknowledge")
async def acknowledge(notice_id: UUID, _: Nothing, call: Call = command("inbox.acknowledge")) -> Response:
    """The office took note."""
    return await call.execute(NOTICE, notice_id, Acknowledge(Channel.INBOX))
