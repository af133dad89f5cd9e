"""The doors of oversight: every agency's notices for the working committee's office, boards, why a notice was made, texts beforehand."""

from datetime import date
from operator import attrgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.kernel.clock import today
from services.kernel.errors import Forbidden
from services.notifications import oversight, queries
from services.notifications.events import NoticeSeverity
from services.notifications.parameters import Limit, Month, Prefix, of_all
from services.notifications.policy import COORDINATOR
from services.notifications.rows import NoticeState
from services.notifications.templates import Rendered, Templates
from services.readers import Receiver
from services.shell.answers import documented, sheet
from services.shell.http import Call, Page, body, query
from services.workbooks import XLSX

router = APIRouter()
OVERSEE = "notices.oversee"
Fact = Annotated[str, Query(max_length=200)]


@body
class Draft:
    """For whom a text is to be shown, and with which facts; those not given are samples."""

    receiver: Receiver
    facts: dict[str, Fact] | None = None


@router.get("/oversight")
async def overseen(
    call: Call = query(OVERSEE),
    state: NoticeState | None = None,
    subject_id: UUID | None = None,
    division: Prefix = "",
    severity: NoticeSeverity | None = None,
    overdue: bool = False,
    agency: Annotated[str, Query(pattern=r"^[A-Z0-9]{2,8}$")] | None = None,
    after: str | None = None,
    limit: Limit = 100,
) -> Page[oversight.OverseenNotice]:
    """Every agency's notices inside the caller's division, without persons; for the working committee's office alone."""
    if call.principal.agency != COORDINATOR:
        raise Forbidden("not_the_coordinator", "只有残工委办公室可以查看各单位的通知")
    late = today(call.runtime.clock) if overdue else None
    wanted = queries.Filter(state, subject_id, division, severity, late)
    return await of_all(call).page(oversight.overseen, wanted, agency, after=after, limit=limit, place=attrgetter("seq"))


@router.get("/boards")
async def boards(month: Month, call: Call = query("notices.count"), division: Prefix = "") -> Page[oversight.Board]:
    """Each agency's month inside the caller's division: what it was told and what became of it. Counts only."""
    return Page(await _boards(call, month, division))


@router.get("/boards.xlsx", **documented(XLSX))
async def boards_sheet(month: Month, call: Call = query("notices.count"), division: Prefix = "") -> Response:
    """The same as a sheet."""
    first = date.fromisoformat(f"{month}-01")
    return sheet(oversight.sheet_of(await _boards(call, month, division), first), f"各单位办理情况{month}")


@router.get("/notices/{notice_id}/explain")
async def explain(notice_id: UUID, call: Call = query("inbox.read")) -> oversight.Explanation:
    """Which row made the notice, from what, with which text, and who would be next."""
    await call.read(queries.notice, notice_id)
    async with call.reading() as conn:
        return oversight.explained((await call.runtime.store.read(conn, notice_id))[0])


@router.post("/templates/{id}/preview")
async def preview(id: str, asked: Draft, call: Call = query("templates.preview")) -> Rendered:
    """How a text reads. Changes nothing."""
    templates: Templates = call.runtime.service.policy.templates
    return templates.render(id, asked.receiver, templates.sample(id, asked.receiver) | (asked.facts or {}))


async def _boards(call: Call, month: str, division: str) -> list[oversight.Board]:
    first, policy = date.fromisoformat(f"{month}-01"), call.runtime.service.policy
    return await of_all(call).read(oversight.boards, first, division, today(call.runtime.clock), policy)
