"""The endpoint of comparisons: what each rule said of a county and a month, by which lists, or for want of which it says nothing."""

from fastapi import APIRouter

from services.kernel.clock import today
from services.matching.comparison import queries
from services.matching.comparison.projection import ComparisonRow
from services.matching.finding.sight import seen
from services.matching.http_params import Rule
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Cursor, Limit, Month, Prefix

router = APIRouter()


@router.get("/comparisons")
async def comparisons(
    call: Call = query(READ_FINDINGS),
    division: Prefix = "",
    period: Month | None = None,
    rule: Rule | None = None,
    suspended: bool | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[ComparisonRow]:
    """What each rule last said of a county and a month, newest month first, and by which lists. One that is suspended says for want of
    which list, and is no zero."""
    sight = seen(call.principal.agency, today(call.runtime.clock), call.runtime.service.policy.sights)
    asked = queries.Asked(division, period, rule, suspended)
    return await call.page(queries.comparisons, sight, asked, after=after, limit=limit, place=queries.place)
