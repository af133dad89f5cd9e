"""The doors of the boards: each agency's month, and the reminders of the month by stage; as data, workbook and page."""

from datetime import date
from typing import Any

from fastapi import APIRouter

from services.domain.months import first_day, month_of
from services.kernel.clock import today
from services.notifications.http_params import of_all
from services.notifications.notice.api.inbox import COUNT
from services.notifications.oversight import board_pages, queries, reminder_board
from services.notifications.oversight.reminder_board import ReminderStages
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.api import division_of, least_shown
from services.notifications.report.as_of_month import last_said
from services.notifications.report.suspended import Suspended, suspended
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Month, Prefix
from services.shell.http.published import html, published, xlsx

router = APIRouter()


@router.get("/boards")
async def boards(month: Month, call: Call = query(COUNT), division: Prefix = "") -> Page[queries.Board]:
    """Each agency's month inside the caller's division: what it was told and what became of it. Counts only."""
    first, policy = first_day(month), call.runtime.service.policy
    return Page(await of_all(call).read(queries.boards, first, division, today(call.runtime.clock), policy))


@router.get("/boards/reminders")
async def reminders(month: Month, call: Call = query(COUNT), division: Prefix = "") -> Page[ReminderStages]:
    """The reminders that became owed in the month, by stage: a line per window and county (of a prefecture) or township (of a county),
    then one of the whole. Whoever does not remind himself sees no small number, nor one it follows from."""
    asked, least = division_of(call, division), least_shown(call)
    return Page(await call.read(_lines, call, first_day(month), asked, least))


@router.get("/boards/suspended")
async def suspended_rules(month: Month, call: Call = query(COUNT), division: Prefix = "") -> Page[Suspended]:
    """What the comparisons cannot say of a month's data, by county and by the list that is missing, as far as it is known today: where a rule
    is suspended, no finding is no news."""
    return Page(await call.read(_suspended, call, first_day(month), division_of(call, division)))


async def month_boards(month: Month, call: Call = query(COUNT), division: Prefix = "") -> board_pages.MonthBoards:
    """Both boards of a month, for paper."""
    asked, first, day, least = division_of(call, division), first_day(month), today(call.runtime.clock), least_shown(call)
    policy: NoticePolicy = call.runtime.service.policy
    async with of_all(call).reading(snapshot=True) as conn:
        agencies = await queries.boards(conn, first, asked, day, policy)
        lines = await _lines(conn, call, first, asked, least)
        held_up = await _suspended(conn, call, first, asked)
    return board_pages.MonthBoards(policy.unit_name(asked, day), first, day, agencies, lines, held_up, least)


published(
    router,
    "/boards",
    month_boards,
    xlsx(
        "boards_sheet",
        "Agencies and reminders as a workbook.",
        board_pages.workbook,
        lambda boards: f"各单位办理情况{boards.month:%Y-%m}",
    ),
    html("boards_page", "Agencies and reminders as a page to print.", board_pages.paper),
)


async def _lines(conn: Any, call: Call, first: date, division: str, least: int | None) -> list[ReminderStages]:
    found = await reminder_board.by_stage(conn, first, division)
    return reminder_board.stages(found, division, today(call.runtime.clock), least, call.runtime.service.policy)


async def _suspended(conn: Any, call: Call, first: date, division: str) -> list[Suspended]:
    day = today(call.runtime.clock)
    said = await last_said(conn, division, month_of(first), day)
    return suspended(said, division, day, call.runtime.service.policy)
