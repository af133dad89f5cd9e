"""The endpoints of households: follow one, change who lives there, record a visit, read them."""

from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import Field

from services.monitoring.household import decider, queries
from services.monitoring.household.decider import HOUSEHOLD
from services.monitoring.household.projection import HouseholdRow
from services.monitoring.vocabulary import Incident
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Cursor, Day, Limit, Money, Prefix, Village, lines

router = APIRouter()
READ, FOLLOW, RECORD = "households.read", "households.follow", "visits.record"


@body
class NewHousehold:
    """A household of a village (twelve digits) and its persons."""

    division: Village
    members: Annotated[list[UUID], Field(min_length=1, max_length=50)]


@body
class Members:
    """Who belongs to the household from now on."""

    members: Annotated[list[UUID], Field(min_length=1, max_length=50)]


@body
class Visit:
    """What the officer saw; what was not asked stays out. `note` never leaves this service."""

    visited_on: Day | None = None
    incidents: Annotated[list[Incident], Field(max_length=10)] = Field(default_factory=list)
    income_per_head: Money | None = None
    income_fell: bool | None = None
    housing_safe: bool | None = None
    water_safe: bool | None = None
    note: Annotated[str, lines(4000)] | None = None


@router.post("/households", status_code=201)
async def register(asked: NewHousehold, call: Call = command(FOLLOW)) -> Response:
    """Follow a household."""
    made = decider.Register(asked.division, tuple(asked.members))
    return await call.execute(HOUSEHOLD, uuid5(call.context.seed, "household"), made, 201)


@router.post("/households/{household_id}/members")
async def change_members(household_id: UUID, asked: Members, call: Call = command(FOLLOW)) -> Response:
    """Who belongs to it."""
    return await call.execute(HOUSEHOLD, household_id, decider.ChangeMembers(tuple(asked.members)))


@router.post("/households/{household_id}/visits", status_code=201)
async def visit(household_id: UUID, asked: Visit, call: Call = command(RECORD)) -> Response:
    """Record a visit; its free text stays in a side table."""
    visit_id = uuid5(call.context.seed, "visit")
    seen = decider.RecordVisit(
        visit_id=visit_id,
        visited_on=asked.visited_on or call.context.today,
        incidents=tuple(asked.incidents),
        income_per_head=asked.income_per_head,
        income_fell=asked.income_fell,
        housing_safe=asked.housing_safe,
        water_safe=asked.water_safe,
    )

    async def work(conn: Any) -> Answer:
        execute = call.runtime.executor.execute
        done = await execute(conn, HOUSEHOLD, household_id, seen, call.context, call.expected_version)
        if asked.note:
            await conn.execute(
                "INSERT INTO visit_note (visit_id, division, note) VALUES ($1, $2, $3)", visit_id, done[0].division, asked.note
            )
        return await call.answered(conn, household_id, done, 201, visit_id=str(visit_id))

    return await call.transact(work)


@router.get("/households/{household_id}")
async def household(household_id: UUID, response: Response, call: Call = query(READ)) -> HouseholdRow:
    """One household; the ETag is its version."""
    found = await call.read(queries.household, household_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/households")
async def households(
    call: Call = query(READ), division: Prefix = "", after: Cursor | None = None, limit: Limit = 100
) -> Page[HouseholdRow]:
    """Households of the caller's division."""
    return await call.page(queries.households, division, after=after, limit=limit, place=attrgetter("household_id"))
