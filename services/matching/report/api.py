"""The doors of the monthly report of comparisons: data, paper, page, workbook. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.domain import divisions
from services.kernel.errors import Forbidden, Malformed
from services.kernel.period import period
from services.matching.report import as_of_month, monthly_pages
from services.matching.report.monthly import MonthlyComparisons, counties_of, monthly
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, query
from services.shell.http.fields import Month
from services.shell.http.published import docx, html, published, xlsx

router = APIRouter()
Unit = Annotated[
    str,
    Query(
        pattern=divisions.COUNTY_PREFECTURE_OR_NOTHING_PATTERN,
        description="A county or the prefecture; the caller's own where nothing is said",
    ),
]


@router.get("/reports/comparisons")
async def comparisons_report(month: Month, call: Call = query(READ_FINDINGS), division: Unit = "") -> MonthlyComparisons:
    """What was compared in a month of a county or the prefecture, what could not be and why, and what became of what was found: as the month
    ended, or as far as it has come. Small numbers are kept back from everybody."""
    within, policy = period(month, call.runtime.clock()), call.runtime.service.policy
    asked = division or call.principal.division
    if not divisions.inside(asked, call.principal.division):
        raise Forbidden("outside_your_division", "只能查看本辖区的通报")
    if asked != divisions.OWN_PREFECTURE and asked not in counties_of(divisions.OWN_PREFECTURE, within.last, policy):
        raise Malformed("not_a_county_or_prefecture", "通报按州和县（市）编制")
    async with call.reading(snapshot=True) as conn:
        found = await as_of_month.findings(conn, call.runtime.store, asked, within)
        known = await as_of_month.lists(conn, call.runtime.store, asked, within)
    return monthly(found, known, within, asked, policy)


published(
    router,
    "/reports/comparisons",
    comparisons_report,
    docx("comparisons_paper", "The report to print and send round.", monthly_pages.paper, monthly_pages.title),
    xlsx("comparisons_sheet", "The tables and charts of the report.", monthly_pages.workbook, monthly_pages.title),
    html("comparisons_page", "The report as a page.", monthly_pages.paper),
)
