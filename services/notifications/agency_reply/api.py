"""The endpoint by which an agency's programmer sees what became of the replies that came by its topic."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.notifications.notice.api.inbox import READ
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Cursor, Limit

router = APIRouter()


class ReplyState(StrEnum):
    """What became of a reply."""

    DONE = "DONE"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One reply; `reason` is the code of the refusal. An unreadable one has an id made from its place, and no notice."""

    reply_id: UUID
    notice_id: UUID | None
    agency: str
    division: str
    state: ReplyState
    reason: str | None
    at: datetime
    seq: int


@router.get("/replies")
async def replies(
    call: Call = query(READ),
    state: ReplyState | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[ReplyRow]:
    """The replies of the caller's office that came by topic, oldest first."""
    return await call.page(listed, state, after=after, limit=limit, place=attrgetter("seq"))


async def listed(conn: Any, state: ReplyState | None, after: int | None, limit: int) -> list[ReplyRow]:
    """Replies that the connection may see, in the order of their handling."""
    rows = await conn.fetch(
        """SELECT reply_id, notice_id, agency, division, state, reason, at, seq FROM reply
           WHERE ($1::text IS NULL OR state = $1) AND agency = current_setting('shouwang.agency') AND seq > $2 ORDER BY seq LIMIT $3""",
        state,
        after or 0,
        limit,
    )
    return [ReplyRow(**dict(r) | {"state": ReplyState(r["state"])}) for r in rows]
