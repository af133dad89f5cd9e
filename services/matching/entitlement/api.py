"""The endpoints of what stands of subsidies: leads by the lists and the register, and what civil affairs decided or decides here."""

from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi import Query as Param

from services.domain.codes import Code
from services.kernel.errors import NotFound
from services.matching.entitlement import queries
from services.matching.entitlement.decider import STANDING, DecideHere, standing_id
from services.matching.entitlement.projection import StandingRow
from services.matching.entitlement.queries import Asked
from services.matching.vocabulary import READ_FINDINGS, Decision, Subsidy
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Cursor, Day, Limit, Month, Prefix

router = APIRouter()
DECIDE = "subsidies.decide"


@body
class Decided:
    """What civil affairs decides: granted for months from `from_month` on, to before `until_month` where it has an end; or ended from
    `until_month` on; and why."""

    decision: Decision
    reason: Code
    from_month: Month | None = None
    until_month: Month | None = None
    applied_on: Day | None = None


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


@router.post("/persons/{person_id}/standings/{subsidy}/decide")
async def decide(person_id: UUID, subsidy: Subsidy, given: Decided, call: Call = command(DECIDE)) -> Response:
    """审定: an official of civil affairs decides on a person's subsidy. A list of approvals as of a later day may say otherwise again."""

    async def work(conn: Any) -> Answer:
        village = await queries.lives_in(conn, person_id, call.principal.division)
        if village is None:
            raise NotFound("not_found", "没有您可以查看的内容")
        said = DecideHere(
            person_id, subsidy, village, given.decision, given.from_month, given.until_month, given.applied_on, given.reason
        )
        stream = standing_id(person_id, subsidy)
        done = await call.runtime.executor.execute(conn, STANDING, stream, said, call.context, call.expected_version)
        return await call.answered(conn, stream, done)

    return await call.transact(work)
