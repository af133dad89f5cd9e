"""The endpoints of risk cases: a lead is verified or refuted, measures are planned, delivered and checked, the risk is eliminated."""

from operator import attrgetter
from uuid import UUID, uuid5

from fastapi import APIRouter, Response

from services.domain.codes import Code
from services.monitoring.risk_case import decider, queries
from services.monitoring.risk_case.decider import CASE
from services.monitoring.risk_case.projection import CaseRow, CaseState
from services.monitoring.vocabulary import RiskOutcome
from services.shell.http.call import Call, Nothing, Page, body, command, query
from services.shell.http.fields import Cursor, Day, Limit, Number

router = APIRouter()
READ, DECIDE, DELIVER, CHECK = "cases.read", "cases.decide", "measures.deliver", "measures.check"


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
    due_on: Day


@body
class Check:
    """Whether it arrived."""

    arrived: bool


# Above `/cases/{case_id}`, which would take `counts` for an id.
@router.get("/cases/counts")
async def case_counts(call: Call = query(READ)) -> Page[queries.StateCount]:
    """Cases by state."""
    return Page(await call.read(queries.case_counts))


@router.get("/cases/{case_id}")
async def one_case(case_id: UUID, response: Response, call: Call = query(READ)) -> queries.Case:
    """One case with its measures; the ETag is its version."""
    found = await call.read(queries.case, case_id)
    response.headers["ETag"] = f'"{found.case.version}"'
    return found


@router.get("/cases")
async def cases(
    call: Call = query(READ),
    state: CaseState | None = None,
    household_id: UUID | None = None,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[CaseRow]:
    """Leads and cases of the caller's division; `file_number`: the one in a notice (编号)."""
    return await call.page(queries.cases, state, household_id, file_number, after=after, limit=limit, place=attrgetter("case_id"))


@router.post("/cases/{case_id}/open")
async def open_case(case_id: UUID, _: Nothing, call: Call = command(DECIDE)) -> Response:
    """An official verified the lead."""
    return await call.execute(CASE, case_id, decider.OpenCase())


@router.post("/cases/{case_id}/refute")
async def refute(case_id: UUID, asked: Refutation, call: Call = command(DECIDE)) -> Response:
    """An official looked, and it was not so."""
    return await call.execute(CASE, case_id, decider.Refute(asked.outcome))


@router.post("/cases/{case_id}/identify")
async def identify(case_id: UUID, asked: Identification, call: Call = command(DECIDE)) -> Response:
    """识别."""
    return await call.execute(CASE, case_id, decider.Identify(asked.household_class))


@router.post("/cases/{case_id}/measures", status_code=201)
async def plan(case_id: UUID, asked: NewMeasure, call: Call = command(DECIDE)) -> Response:
    """Plan a measure."""
    measure_id = uuid5(call.context.seed, "measure")
    planned = decider.PlanMeasure(measure_id, asked.measure, asked.owner, asked.due_on)
    return await call.execute(CASE, case_id, planned, 201, measure_id=str(measure_id))


@router.post("/cases/{case_id}/measures/{measure_id}/deliver")
async def deliver(case_id: UUID, measure_id: UUID, _: Nothing, call: Call = command(DELIVER)) -> Response:
    """The owner agency says: done."""
    return await call.execute(CASE, case_id, decider.DeliverMeasure(measure_id))


@router.post("/cases/{case_id}/measures/{measure_id}/check")
async def check(case_id: UUID, measure_id: UUID, asked: Check, call: Call = command(CHECK)) -> Response:
    """Another office looked whether it arrived."""
    return await call.execute(CASE, case_id, decider.CheckMeasure(measure_id, asked.arrived))


@router.post("/cases/{case_id}/eliminate")
async def eliminate(case_id: UUID, _: Nothing, call: Call = command(DECIDE)) -> Response:
    """风险消除."""
    return await call.execute(CASE, case_id, decider.Eliminate())
