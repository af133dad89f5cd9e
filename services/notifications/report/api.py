"""The doors of the monthly report and the two-monthly list of a county or the prefecture: data, paper, page, workbook. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.documents.paper import DOCX, page, written
from services.documents.workbook import XLSX
from services.domain import divisions
from services.kernel.errors import Forbidden, Malformed
from services.notifications.http_params import Month, of_all
from services.notifications.policy.load import NoticePolicy
from services.notifications.report import meeting_pages, monthly_pages
from services.notifications.report.as_of_month import lists, reminded, standing
from services.notifications.report.meeting import Dispatch, both, dispatch, meeting
from services.notifications.report.monthly import Monthly, monthly
from services.notifications.statistics.months import period
from services.shell import responses
from services.shell.http_call import Call, query
from services.shell.responses import documented

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
    return await _made(call, month, division)


@router.get("/reports/monthly.docx", **documented(DOCX))
async def report_paper(month: Month, call: Call = query(READ), division: Unit = "") -> Response:
    """The report to print and send round."""
    said = await _made(call, month, division)
    return responses.download(written(monthly_pages.paper(said)), DOCX, f"{monthly_pages.title(said)}.docx")


@router.get("/reports/monthly.xlsx", **documented(XLSX))
async def report_sheet(month: Month, call: Call = query(READ), division: Unit = "") -> Response:
    """The tables of the report."""
    said = await _made(call, month, division)
    return responses.sheet(monthly_pages.workbook(said), monthly_pages.title(said))


@router.get("/reports/monthly.html", **documented(responses.HTML))
async def report_page(month: Month, call: Call = query(READ), division: Unit = "") -> Response:
    """The report as a page."""
    return responses.page(page(monthly_pages.paper(await _made(call, month, division))))


@router.get("/reports/dispatch")
async def agenda(month: Month, call: Call = query(READ), division: Unit = "") -> Dispatch:
    """双月调度: what the meeting after this month and the one before must decide, longest waiting first; references, no names."""
    return await _listed(call, month, division)


@router.get("/reports/dispatch.docx", **documented(DOCX))
async def agenda_paper(month: Month, call: Call = query(READ), division: Unit = "") -> Response:
    """The list to lay before the meeting, with room for what it decides."""
    said = await _listed(call, month, division)
    return responses.download(written(meeting_pages.paper(said)), DOCX, f"{meeting_pages.title(said)}.docx")


@router.get("/reports/dispatch.xlsx", **documented(XLSX))
async def agenda_sheet(month: Month, call: Call = query(READ), division: Unit = "") -> Response:
    """The list as a workbook."""
    said = await _listed(call, month, division)
    return responses.sheet(meeting_pages.workbook(said), meeting_pages.title(said))


@router.get("/reports/dispatch.html", **documented(responses.HTML))
async def agenda_page(month: Month, call: Call = query(READ), division: Unit = "") -> Response:
    """The list as a page."""
    return responses.page(page(meeting_pages.paper(await _listed(call, month, division))))


async def _listed(call: Call, month: str, division: str) -> Dispatch:
    policy: NoticePolicy = call.runtime.service.policy
    asked = unit(call, division)
    within = meeting(month, call.runtime.clock(), asked, policy)
    months = both(within)
    async with of_all(call).reading(snapshot=True) as conn:
        stood = await standing(conn, call.runtime.store, asked, months.begins, months.begins, within.until)
        tried = await reminded(conn, call.runtime.store, asked, within)
        known = await lists(conn, asked, months.first, months.last)
    return dispatch(stood.now, tried, known.arrived, within, asked, policy)


async def _made(call: Call, month: str, division: str) -> Monthly:
    asked, within = unit(call, division), period(month, call.runtime.clock())
    policy: NoticePolicy = call.runtime.service.policy
    async with of_all(call).reading(snapshot=True) as conn:
        stood = await standing(conn, call.runtime.store, asked, within.before.begins, within.begins, within.until)
        tried = await reminded(conn, call.runtime.store, asked, within)
        known = await lists(conn, asked, within.first, within.last)
    return monthly(stood, tried, known, within, asked, policy)
