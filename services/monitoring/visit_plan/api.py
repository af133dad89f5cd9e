"""The endpoints of planned visits: the week's list of a village, counts, planning and withdrawing by hand, the report of what came of it."""

from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response

from services.documents.workbook import XLSX
from services.kernel.errors import Forbidden
from services.monitoring.household.home import village_home
from services.monitoring.household.queries import homes
from services.monitoring.register_copy.queries import require_person
from services.monitoring.visit_plan import queries
from services.monitoring.visit_plan.decider import PLANNED_VISIT, VISITING, CallOff, Close, Plan
from services.monitoring.visit_plan.projection import PlannedVisitRow, PlannedVisitState
from services.monitoring.visit_plan.sheet import sheet_of
from services.monitoring.vocabulary import ToldWhom, VisitOutcome, VisitPurpose, VisitWithdrawal
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Cursor, Day, Limit, Number, Prefix, Village
from services.shell.http.responses import documented, sheet

router = APIRouter()
READ, PLAN, CLOSE = "planned_visits.read", "planned_visits.plan", "planned_visits.close"


@body
class NewVisit:
    """Whom somebody of the village (twelve digits) is to visit, for what, and until when."""

    person_id: UUID
    division: Village
    purpose: VisitPurpose
    due_on: Day


@body
class Report:
    """What came of the visit and who was told. `visited_on`: today where nothing is said; `visit_id`: a recorded visit on that occasion."""

    outcome: VisitOutcome
    told: ToldWhom
    visited_on: Day | None = None
    visit_id: UUID | None = None


@body
class Withdrawal:
    """Why nobody has to go there: PLANNED_IN_ERROR or NOT_NEEDED."""

    reason: VisitWithdrawal


@router.get("/planned-visits")
async def planned_visits(
    call: Call = query(READ),
    division: Prefix = "",
    state: PlannedVisitState | None = None,
    due_before: Day | None = None,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[PlannedVisitRow]:
    """Planned visits of the caller's division, soonest due first; what is open: `state=PLANNED`, the missed ones included;
    `file_number`: the one on the list (走访编号)."""
    _visits(call)
    wanted = queries.Wanted(_within(call, division), state, due_before, file_number)
    return await call.page(
        queries.planned_visits,
        wanted,
        after=after,
        limit=limit,
        place=lambda row: (row.due_on.isoformat(), str(row.planned_visit_id)),
    )


# Above `/planned-visits/{planned_visit_id}`, which would take `counts` for an id.
@router.get("/planned-visits/counts")
async def counts(call: Call = query(READ), division: Prefix = "") -> Page[queries.VisitCount]:
    """By village and state inside the caller's division."""
    _visits(call)
    return Page(await call.read(queries.counts, _within(call, division)))


@router.get("/planned-visits.xlsx", **documented(XLSX))
async def listed(due_before: Day, call: Call = query(READ), division: Prefix = "") -> Response:
    """What is open and due before a day, to take along: pseudonyms, no names."""
    _visits(call)
    wanted = queries.Wanted(_within(call, division), PlannedVisitState.PLANNED, due_before)
    visits = await call.read(queries.planned_visits, wanted, None, None)
    places = call.runtime.service.policy.places
    return sheet(sheet_of(visits, places, call.context.today), f"入户走访安排表{due_before}")


@router.get("/planned-visits/{planned_visit_id}")
async def one(planned_visit_id: UUID, response: Response, call: Call = query(READ)) -> PlannedVisitRow:
    """One planned visit; the ETag is its version."""
    _visits(call)
    found = await call.read(queries.planned_visit, planned_visit_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.post("/planned-visits", status_code=201)
async def plan(asked: NewVisit, call: Call = command(PLAN)) -> Response:
    """Plan a visit in a village to a person of its county; the household that is followed there is found by its member."""
    (known,) = await call.read(homes, [asked.person_id])
    planned = Plan(village_home(known, asked.division), asked.person_id, asked.division, asked.purpose, asked.due_on)
    visit_id = uuid5(call.context.seed, "planned-visit")

    async def work(conn: Any) -> Answer:
        done = await call.runtime.executor.execute(conn, PLANNED_VISIT, visit_id, planned, call.context, call.expected_version)
        await require_person(conn, asked.person_id, asked.division)
        return await call.answered(conn, visit_id, done, 201)

    return await call.transact(work)


@router.post("/planned-visits/{planned_visit_id}/close")
async def close(planned_visit_id: UUID, asked: Report, call: Call = command(CLOSE)) -> Response:
    """Somebody was there; told in person, holder or guardian count as reminded."""
    if asked.visit_id is not None:
        await call.read(queries.recorded, asked.visit_id)
    report = Close(asked.outcome, asked.told, asked.visited_on or call.context.today, asked.visit_id)
    return await call.execute(PLANNED_VISIT, planned_visit_id, report)


@router.post("/planned-visits/{planned_visit_id}/withdraw")
async def withdraw(planned_visit_id: UUID, asked: Withdrawal, call: Call = command(PLAN)) -> Response:
    """Nobody has to go there: for what the own office planned, or one below it; a reminder's visit ends with its reminder."""
    return await call.execute(PLANNED_VISIT, planned_visit_id, CallOff(asked.reason))


def _within(call: Call, division: str) -> str:
    """The caller's division where no other is asked for, so that a village's few rows are found by its code."""
    return division or call.principal.division


def _visits(call: Call) -> None:
    """Whose card ends is for those who go there. Raises `Forbidden`."""
    if call.principal.agency not in VISITING:
        raise Forbidden("not_your_duty", "入户走访安排由残联、乡镇（街道）和村（社区）使用")
