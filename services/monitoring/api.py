"""The doors of monitoring: paths to commands and queries."""

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import Field

from services.domain.divisions import VILLAGE_PATTERN
from services.monitoring import case, queries
from services.monitoring import household as monitoring_household
from services.monitoring.case import CASE
from services.monitoring.events import Incident, RiskOutcome
from services.monitoring.household import HOUSEHOLD
from services.monitoring.projections import CaseRow, CaseState, HouseholdRow
from services.shell.http_call import Answer, Call, Nothing, Page, body, command, query
from services.shell.query_params import Limit, Prefix

router = APIRouter()
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]


@body
class NewHousehold:
    """A household of a village (twelve digits) and its persons."""

    division: Annotated[str, Field(pattern=VILLAGE_PATTERN)]
    members: Annotated[list[UUID], Field(min_length=1, max_length=50)]


@body
class Members:
    """Who belongs to the household from now on."""

    members: Annotated[list[UUID], Field(min_length=1, max_length=50)]


@body
class Visit:
    """What the officer saw; what was not asked stays out. `note` never leaves this service."""

    visited_on: date | None = None
    incidents: Annotated[list[Incident], Field(max_length=10)] = Field(default_factory=list)
    income_per_head: Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)] | None = None
    income_fell: bool | None = None
    housing_safe: bool | None = None
    water_safe: bool | None = None
    note: Annotated[str, Field(max_length=4000)] | None = None


@body
class Refutation:
    """How the lead ended."""

    outcome: RiskOutcome = RiskOutcome.REFUTED


@body
class Identification:
    """The class of the monitored household."""

    household_class: Code


@body
class NewMeasure:
    """A measure of the catalogue for an owner agency."""

    measure: Code
    owner: Code
    due_on: date


@body
class Check:
    """Whether it arrived."""

    arrived: bool


@router.post("/households", status_code=201)
async def register(asked: NewHousehold, call: Call = command("households.follow")) -> Response:
    """Follow a household."""
    made = monitoring_household.Register(asked.division, tuple(asked.members))
    return await call.execute(HOUSEHOLD, uuid5(call.context.seed, "household"), made, 201)


@router.post("/households/{household_id}/members")
async def change_members(household_id: UUID, asked: Members, call: Call = command("households.follow")) -> Response:
    """Who belongs to it."""
    return await call.execute(HOUSEHOLD, household_id, monitoring_household.ChangeMembers(tuple(asked.members)))


@router.post("/households/{household_id}/visits", status_code=201)
async def visit(household_id: UUID, asked: Visit, call: Call = command("visits.record")) -> Response:
    """Record a visit; its free text stays in a side table."""
    visit_id = uuid5(call.context.seed, "visit")
    seen = monitoring_household.RecordVisit(
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
async def household(household_id: UUID, response: Response, call: Call = query("households.read")) -> HouseholdRow:
    """One household; the ETag is its version."""
    found = await call.read(queries.household, household_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.get("/households")
async def households(
    call: Call = query("households.read"), division: Prefix = "", after: str | None = None, limit: Limit = 100
) -> Page[HouseholdRow]:
    """Households of the caller's division."""
    return await call.page(queries.households, division, after=after, limit=limit, place=attrgetter("household_id"))


@router.get("/cases/counts")
async def case_counts(call: Call = query("cases.read")) -> Page[queries.StateCount]:
    """Cases by state."""
    return Page(await call.read(queries.case_counts))


@router.get("/cases/{case_id}")
async def one_case(case_id: UUID, response: Response, call: Call = query("cases.read")) -> queries.Case:
    """One case with its measures; the ETag is its version."""
    found = await call.read(queries.case, case_id)
    response.headers["ETag"] = f'"{found.case.version}"'
    return found


@router.get("/cases")
async def cases(
    call: Call = query("cases.read"),
    state: CaseState | None = None,
    household_id: UUID | None = None,
    after: str | None = None,
    limit: Limit = 100,
) -> Page[CaseRow]:
    """Leads and cases of the caller's division."""
    return await call.page(queries.cases, state, household_id, after=after, limit=limit, place=attrgetter("case_id"))


@router.post("/cases/{case_id}/open")
async def open_case(case_id: UUID, _: Nothing, call: Call = command("cases.decide")) -> Response:
    """An official verified the lead."""
    return await call.execute(CASE, case_id, case.OpenCase())


@router.post("/cases/{case_id}/refute")
async def refute(case_id: UUID, asked: Refutation, call: Call = command("cases.decide")) -> Response:
    """An official looked, and it was not so."""
    return await call.execute(CASE, case_id, case.Refute(asked.outcome))


@router.post("/cases/{case_id}/identify")
async def identify(case_id: UUID, asked: Identification, call: Call = command("cases.decide")) -> Response:
    """识别."""
    return await call.execute(CASE, case_id, case.Identify(asked.household_class))


@router.post("/cases/{case_id}/measures", status_code=201)
async def plan(case_id: UUID, asked: NewMeasure, call: Call = command("cases.decide")) -> Response:
    """Plan a measure."""
    measure_id = uuid5(call.context.seed, "measure")
    planned = case.PlanMeasure(measure_id, asked.measure, asked.owner, asked.due_on)
    return await call.execute(CASE, case_id, planned, 201, measure_id=str(measure_id))


@router.post("/cases/{case_id}/measures/{measure_id}/deliver")
async def deliver(case_id: UUID, measure_id: UUID, _: Nothing, call: Call = command("measures.deliver")) -> Response:
    """The owner agency says: done."""
    return await call.execute(CASE, case_id, case.DeliverMeasure(measure_id))


@router.post("/cases/{case_id}/measures/{measure_id}/check")
async def check(case_id: UUID, measure_id: UUID, asked: Check, call: Call = command("measures.check")) -> Response:
    """Another office looked whether it arrived."""
    return await call.execute(CASE, case_id, case.CheckMeasure(measure_id, asked.arrived))


@router.post("/cases/{case_id}/eliminate")
async def eliminate(case_id: UUID, _: Nothing, call: Call = command("cases.decide")) -> Response:
    """风险消除."""
    return await call.execute(CASE, case_id, case.Eliminate())
