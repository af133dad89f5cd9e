"""The endpoints of announcements: what a division was told of the policy, and for those who visit, whom it may concern (pseudonyms).

Names are asked of the register's own endpoint, which records it.
"""

from dataclasses import replace
from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter

from services.kernel.errors import Forbidden
from services.matching.announcement import queries
from services.matching.announcement.projection import AnnouncementRow, AnnouncementState, ConcernedRow
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Cursor, Limit, Number, Prefix
from services.shell.http.small_numbers import smallest_cell

router = APIRouter()
READ = "announcements.read"
TELLING = frozenset({"CL", "MZ", "CUN"})  # who tells people and helps them to apply


@router.get("/announcements")
async def announcements(
    call: Call = query(READ),
    state: AnnouncementState | None = None,
    division: Prefix = "",
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[AnnouncementRow]:
    """What the counties and villages of the caller's division were told; whoever does not tell people sees no small number of them."""
    about = (state, division, file_number)
    page = await call.page(queries.announcements, *about, after=after, limit=limit, place=attrgetter("announcement_id"))
    if call.principal.agency in TELLING:
        return page
    least = smallest_cell(call, call.runtime.service.policy.counting, "announcements")
    return replace(page, items=[row if (row.persons or 0) >= least else replace(row, persons=None) for row in page.items])


@router.get("/announcements/{announcement_id}/persons")
async def persons(
    announcement_id: UUID,
    call: Call = query(READ),
    division: Prefix = "",
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[ConcernedRow]:
    """Whom it may concern, of a village's announcement or of all of a county's: leads, to be told and helped, never decisions."""
    if call.principal.agency not in TELLING:
        raise Forbidden("not_your_duty", "名单由残联、民政和村（社区）使用")
    return await call.page(queries.concerned, announcement_id, division, after=after, limit=limit, place=attrgetter("person_id"))
