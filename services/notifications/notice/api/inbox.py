"""The endpoints of notices: an office's inbox, acknowledgement, and counts."""

from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter, Response

from services.domain.divisions import inside
from services.kernel.clock import today
from services.notifications.notice import queries
from services.notifications.notice.commands import Acknowledge
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.projection import NoticeRow, NoticeState
from services.notifications.vocabulary import Channel, NoticeSeverity
from services.shell.http.call import Call, Nothing, Page, command, query
from services.shell.http.fields import Cursor, Limit, Number, Prefix

router = APIRouter()
READ, COUNT = "inbox.read", "notices.count"


@router.get("/inbox/counts")
async def inbox_counts(call: Call = query(READ)) -> Page[queries.InboxCount]:
    """The office's notices by state."""
    return Page(await call.read(queries.inbox_counts, today(call.runtime.clock)))


@router.get("/inbox")
async def inbox(
    call: Call = query(READ),
    state: NoticeState | None = None,
    subject_id: UUID | None = None,
    division: Prefix = "",
    severity: NoticeSeverity | None = None,
    overdue: bool = False,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[queries.InboxNotice]:
    """The office's notices, oldest first; `cursor` continues behind the last one, also for those yet to come.

    `division` is where the subject lives; `overdue` = only those whose time has run out; `file_number`: the one that a text or a paper
    has (编号).
    """
    late = today(call.runtime.clock) if overdue else None
    wanted = queries.Filter(state, subject_id, division, severity, late, file_number)
    return await call.page(queries.inbox, wanted, after=after, limit=limit, place=attrgetter("seq"))


@router.get("/notices/counts")
async def agency_counts(call: Call = query(COUNT), division: Prefix = "") -> Page[queries.AgencyCount]:
    """Counts by agency inside the caller's division; no content."""
    below = division if inside(division, call.principal.division) else call.principal.division
    async with call.runtime.pool.acquire() as conn:
        return Page(await queries.agency_counts(conn, below))


@router.get("/notices/{notice_id}")
async def one(notice_id: UUID, response: Response, call: Call = query(READ)) -> NoticeRow:
    """One notice; the ETag is its version."""
    found = await call.read(queries.notice, notice_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/notices/{notice_id}/acknowledge")
async def acknowledge(notice_id: UUID, _: Nothing, call: Call = command(Acknowledge.SCOPE)) -> Response:
    """The office took note."""
    return await call.execute(NOTICE, notice_id, Acknowledge(Channel.INBOX))
