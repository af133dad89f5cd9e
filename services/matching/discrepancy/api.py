"""The endpoints of findings: lists, counts, one finding, and its refutation by the owner."""

from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter, Response

from services.matching.discrepancy import queries
from services.matching.discrepancy.decider import DISCREPANCY, Refute
from services.matching.discrepancy.projection import DiscrepancyRow, FindingState
from services.matching.vocabulary import READ_FINDINGS
from services.shell.http.call import Call, Nothing, Page, command, query
from services.shell.http.fields import Cursor, Limit, Number

router = APIRouter()
DECIDE = "findings.decide"


# Above `/discrepancies/{discrepancy_id}`, which would take `counts` for an id.
@router.get("/discrepancies/counts")
async def finding_counts(call: Call = query(READ_FINDINGS)) -> Page[queries.FindingCount]:
    """Findings by rule and state."""
    return Page(await call.read(queries.finding_counts))


@router.get("/discrepancies/{discrepancy_id}")
async def discrepancy(discrepancy_id: UUID, response: Response, call: Call = query(READ_FINDINGS)) -> DiscrepancyRow:
    """One finding; the ETag is its version."""
    found = await call.read(queries.discrepancy, discrepancy_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/discrepancies")
async def discrepancies(
    call: Call = query(READ_FINDINGS),
    state: FindingState | None = None,
    person_id: UUID | None = None,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[DiscrepancyRow]:
    """Findings of the caller's division; `file_number`: the one in a notice (编号)."""
    about = (state, person_id, file_number)
    return await call.page(queries.discrepancies, *about, after=after, limit=limit, place=attrgetter("discrepancy_id"))


@router.post("/discrepancies/{discrepancy_id}/refute")
async def refute(discrepancy_id: UUID, _: Nothing, call: Call = command(DECIDE)) -> Response:
    """A named official looked, and it was not so."""
    return await call.execute(DISCREPANCY, discrepancy_id, Refute())
