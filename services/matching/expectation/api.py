"""The endpoints of what is expected: the calendar, and how each agency's lists were in a month."""

from fastapi import APIRouter

from services.domain.months import first_day, last_day
from services.matching.expectation import queries
from services.matching.expectation.projection import ExpectationRow
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Agency, Cursor, Limit, Month, Prefix

router = APIRouter()


@router.get("/roster-expectations")
async def roster_expectations(
    call: Call = query(READ_FINDINGS),
    division: Prefix = "",
    owner: Agency | None = None,
    period: Month | None = None,
    missing: bool | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[ExpectationRow]:
    """Which lists were expected, and whether they came; the ones that were due the soonest first."""
    return await call.page(
        queries.expectations,
        division,
        owner,
        period,
        missing,
        after=after,
        limit=limit,
        place=lambda row: (row.due_on.isoformat(), str(row.expectation_id)),
    )


@router.get("/roster-report-cards")
async def roster_report_cards(month: Month, call: Call = query(READ_FINDINGS), division: Prefix = "") -> Page[queries.ReportCard]:
    """How the lists of each agency were in a month."""
    first, last = first_day(month), last_day(month)
    return Page(await call.read(queries.report_cards, month, division, first, last, call.principal.agency))
