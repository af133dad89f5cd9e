"""The endpoints of what stands of subsidies: leads by the lists and the register, and what civil affairs decided."""

from operator import attrgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi import Query as Param

from services.matching.entitlement import queries
from services.matching.entitlement.projection import StandingRow
from services.matching.entitlement.queries import Asked
from services.matching.vocabulary import READ_FINDINGS, Subsidy
from services.shell.http.call import Call, Page, query
from services.shell.http.fields import Cursor, Day, Limit, Prefix

router = APIRouter()


@router.get("/standings")
async def standings(
    subsidy: Subsidy,
    call: Call = query(READ_FINDINGS),
    division: Prefix = "",
    entitled: bool | None = None,
    reason: Annotated[str | None, Param(pattern="^[A-Z_]{2,40}$")] = None,
    at_risk_before: Day | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[StandingRow]:
    """Who may likely have a subsidy or not, and why not; or whose card ends before a day while it is paid."""
    asked = Asked(subsidy, division, entitled, reason, at_risk_before)
    return await call.page(queries.standings, asked, after=after, limit=limit, place=attrgetter("person_id"))


@router.get("/persons/{person_id}/standings")
async def of_person(person_id: UUID, call: Call = query(READ_FINDINGS)) -> Page[StandingRow]:
    """What stands of a person's subsidies."""
    return Page(await call.read(queries.of_person, person_id))
