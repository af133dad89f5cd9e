"""The endpoints of comparisons: which were run, over what, with how many findings."""

from fastapi import APIRouter

from services.matching.comparison import queries
from services.matching.comparison.projection import ComparisonRow
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Limit

router = APIRouter()


@router.get("/comparisons")
async def comparisons(call: Call = query(READ_FINDINGS), limit: Limit = 100) -> Page[ComparisonRow]:
    """What was compared, with input counts."""
    return Page(await call.read(queries.comparisons, limit))
