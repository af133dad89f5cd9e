"""The endpoints of oversight: every agency's notices for the working committee's office, why a notice was made, texts beforehand."""

from operator import attrgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from services.domain.audience import Receiver
from services.kernel.clock import today
from services.kernel.errors import Forbidden
from services.notifications.http_params import of_all
from services.notifications.notice import queries as notice_queries
from services.notifications.notice.api.inbox import READ
from services.notifications.notice.projection import NoticeState
from services.notifications.oversight import queries as oversight_queries
from services.notifications.policy.load import COORDINATOR
from services.notifications.policy.templates import Rendered, Templates
from services.notifications.vocabulary import NoticeSeverity
from services.shell.http.call import Call, Page, body, query
from services.shell.http.fields import Agency, Cursor, Limit, Number, Prefix, line

router = APIRouter()
OVERSEE, PREVIEW = "notices.oversee", "templates.preview"
Fact = Annotated[str, line(200)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,60}$")]


@body
class Draft:
    """For whom a text is to be shown, and with which facts; those not given are samples."""

    receiver: Receiver
    facts: Annotated[dict[Key, Fact], Field(max_length=50)] | None = None


@router.get("/oversight")
async def overseen(
    call: Call = query(OVERSEE),
    state: NoticeState | None = None,
    subject_id: UUID | None = None,
    division: Prefix = "",
    severity: NoticeSeverity | None = None,
    overdue: bool = False,
    file_number: Number | None = None,
    agency: Agency | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[oversight_queries.OverseenNotice]:
    """Every agency's notices inside the caller's division, without persons; for the working committee's office alone."""
    if call.principal.agency != COORDINATOR:
        raise Forbidden("not_the_coordinator", "只有残工委办公室可以查看各单位的通知")
    late = today(call.runtime.clock) if overdue else None
    wanted = notice_queries.Filter(state, subject_id, division, severity, late, file_number)
    return await of_all(call).page(oversight_queries.overseen, wanted, agency, after=after, limit=limit, place=attrgetter("seq"))


@router.get("/notices/{notice_id}/explain")
async def explain(notice_id: UUID, call: Call = query(READ)) -> oversight_queries.Explanation:
    """Which row made the notice, from what, with which text, and who would be next."""
    await call.read(notice_queries.notice, notice_id)
    async with call.reading() as conn:
        return oversight_queries.explained((await call.runtime.store.read(conn, notice_id))[0])


@router.post("/templates/{id}/preview")
async def preview(id: Key, asked: Draft, call: Call = query(PREVIEW)) -> Rendered:
    """How a text reads. Changes nothing."""
    templates: Templates = call.runtime.service.policy.templates
    return templates.render(id, asked.receiver, templates.sample(id, asked.receiver) | (asked.facts or {}))
