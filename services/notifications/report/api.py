"""The doors of the monthly report and the two-monthly list of a county or the prefecture: data, paper, page, workbook. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.domain import divisions
from services.kernel.errors import Forbidden, Malformed
from services.kernel.period import period
from services.notifications.http_params import of_all
from services.notifications.policy.load import NoticePolicy
from services.notifications.report import meeting_pages, monthly_pages
from services.notifications.report.as_of_month import lists, reminded, standing
from services.notifications.report.meeting import Dispatch, both, dispatch, meeting
from services.notifications.report.monthly import Monthly, monthly
from services.shell.http.call import Call, query
from services.shell.http.fields import Month
from services.shell.http.published import docx, html, published, xlsx

router = APIRouter()
READ = "reports.read"
Unit = Annotated[
    str,
    Query(
        pattern=divisions.COUNTY_PREFECTURE_OR_NOTHING_PATTERN,
        description="A county or the prefecture; the caller's own where nothing is said",
    ),
]


def unit(call: Call, division: str) -> str:
    """The county or prefecture that is reported. Raises `Forbidden` for what the caller may not see, `Malformed` for what is none."""
    asked, policy = division or call.principal.division, call.runtime.service.policy
    if not divisions.inside(asked, call.principal.division):
        raise Forbidden("outside_your_division", "只能查看本辖区的通报")
    if asked not in {row.id for row in policy.units.rows}:
        raise Malformed("not_a_county_or_prefecture", "通报按州和县（市）编制")
    return asked


@router.get("/reports/monthly")
async def report(month: Month, call: Call = query(READ), division: Unit = "") -> Monthly:
    """一月一通报 of a county or the prefecture: as the month ended, or as far as it has come."""
    asked, within = unit(call, division), period(month, call.runtime.clock())
    policy: NoticePolicy = call.runtime.service.policy
    async with of_all(call).reading(snapshot=True) as conn:
        stood = await standing(conn, call.runtime.store, asked, within.before.begins, within.begins, within.until)
        tried = await reminded(conn, call.runtime.store, asked, within)
        known = await lists(conn, asked, within.first, within.last)
    return monthly(stood, tried, known, within, asked, policy)


published(
    router,
    "/reports/monthly",
    report,
    docx("report_paper", "The report to print and send round.", monthly_pages.paper, monthly_pages.title),
    xlsx("report_sheet", "The tables of the report.", monthly_pages.workbook, monthly_pages.title),
    html("report_page", "The report as a page.", monthly_pages.paper),
)


@router.get("/reports/dispatch")
async def agenda(month: Month, call: Call = query(READ), division: Unit = "") -> Dispatch:
    """双月调度: what the meeting after this month and the one before must decide, longest waiting first; references, no names."""
    policy: NoticePolicy = call.runtime.service.policy
    asked = unit(call, division)
    within = meeting(month, call.runtime.clock(), asked, policy)
    months = both(within)
    async with of_all(call).reading(snapshot=True) as conn:
        stood = await standing(conn, call.runtime.store, asked, months.begins, months.begins, within.until)
        tried = await reminded(conn, call.runtime.store, asked, within)
        known = await lists(conn, asked, months.first, months.last)
    return dispatch(stood.now, tried, known.arrived, within, asked, policy)


published(
    router,
    "/reports/dispatch",
    agenda,
    docx(
        "agenda_paper",
        "The list to lay before the meeting, with room for what it decides.",
        meeting_pages.paper,
        meeting_pages.title,
    ),
    xlsx("agenda_sheet", "The list as a workbook.", meeting_pages.workbook, meeting_pages.title),
    html("agenda_page", "The list as a page.", meeting_pages.paper),
)
