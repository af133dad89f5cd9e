"""The doors of matching: sheets in, findings and payments out."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request, Response

from services.domain import citizen_id
from services.domain.divisions import OWN_COUNTY_PATTERN
from services.kernel.errors import Malformed
from services.kernel.events import stream_id
from services.kernel.execute import Order
from services.matching.entitlement import queries as entitlement_queries
from services.matching.entitlement.decider import ENTITLEMENT, Pay, entitlement_id, paid
from services.matching.roster import queries as roster_queries
from services.matching.roster import sheet
from services.matching.roster.decider import ROSTER, Receive, Reject
from services.matching.roster.events import RosterReceived, RosterRejected
from services.matching.roster.projection import RosterRow
from services.matching.vocabulary import READ_FINDINGS, RosterKind
from services.shell.http_app import PROBLEM
from services.shell.http_call import Answer, Call, Page, command, query

router = APIRouter()
SEND = "rosters.send"
County = Annotated[str, Query(pattern=OWN_COUNTY_PATTERN)]
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


_SHEETS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/octet-stream",
)
_SHEET = {
    "requestBody": {"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _SHEETS}}
}


@router.post("/rosters", status_code=201, openapi_extra=_SHEET)
async def upload(
    kind: RosterKind,
    division: County,
    request: Request,
    call: Call = command(SEND),
    as_of: date | None = None,
    month: Month = None,
) -> Response:
    """A sheet (xlsx or xls as the body). Row problems are reported by number and code; a file that cannot be used is recorded, too."""
    data = await request.body()
    today = call.context.today
    _check(kind, as_of, month, today)
    assert as_of is not None
    roster_id = stream_id("roster", kind.value, division, as_of, month, hashlib.sha256(data).hexdigest())
    policy = call.runtime.service.policy
    limits = policy.intake.one("roster", today, division)
    columns = {
        r.id.partition(".")[2]: r.value for r in policy.columns.rows if r.id.startswith(kind.value) and r.holds(today, division)
    }

    async def work(conn: Any) -> Answer:
        try:
            read = sheet.read(data, kind, columns, today, limits.max_rows)
        except Malformed as unusable:
            return await _refuse(
                conn,
                call,
                roster_id,
                RosterRejected(kind=kind, division=division, reason=unusable.code, rows=0, rejected=0),
                unusable.detail,
            )
        bad = len({p.row for p in read.problems if p.rejected})
        if bad * 100 > limits.max_rejected_percent * (bad + len(read.rows)):
            await _keep_problems(conn, roster_id, division, read)
            refused = RosterRejected(
                kind=kind, division=division, reason="too_many_bad_rows", rows=bad + len(read.rows), rejected=bad
            )
            return await _refuse(conn, call, roster_id, refused, f"{bad} of {refused.rows} rows cannot be used", read)
        return await _receive(conn, call, roster_id, kind, division, as_of, month, read)

    return await call.transact(work)


def _check(kind: RosterKind, as_of: date | None, month: str | None, today: date) -> None:
    if kind is RosterKind.UNKNOWN:
        raise Malformed("roster_kind_unknown")
    if as_of is None:
        raise Malformed("as_of_missing", "say of which day the sheet is")
    if as_of > today:
        raise Malformed("as_of_in_future")
    if (kind is RosterKind.SUBSIDY_PAYMENT) != (month is not None):
        raise Malformed("month_missing" if month is None else "month_not_wanted", "payment sheets, and only these, are of a month")


async def _receive(
    conn: Any, call: Call, roster_id: UUID, kind: RosterKind, division: str, as_of: date, month: str | None, read: sheet.Sheet
) -> Answer:
    """Stage the rows, link them, record the roster and what its rows say was paid; all in one transaction."""
    key = call.runtime.settings.site_key.get_secret_value()
    await conn.executemany(
        """INSERT INTO roster_row (roster_id, row, division, index, month, subsidy, amount) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT DO NOTHING""",
        [(roster_id, r.number, division, citizen_id.blind_index(key, r.citizen_id), month, r.subsidy, r.amount) for r in read.rows],
    )
    await _keep_problems(conn, roster_id, division, read)
    linked = await conn.fetchval(
        """SELECT count(*) FROM roster_row r JOIN views.person_index p USING (index)
           WHERE r.roster_id = $1 AND starts_with(p.division, r.division)""",
        roster_id,
    )
    bad = len({p.row for p in read.problems if p.rejected})
    received = RosterReceived(
        kind=kind, division=division, as_of=as_of, month=month, rows=len(read.rows) + bad, linked=linked, rejected=bad
    )
    execute = call.runtime.executor
    done = await execute.execute(conn, ROSTER, roster_id, Receive(received), call.context)
    payments = await entitlement_queries.payable(conn, division, roster_id) if month else []
    orders = [
        Order(
            ENTITLEMENT,
            entitlement_id(p.person_id, p.subsidy),
            Pay(paid(p)),
            replace(call.context, seed=uuid5(call.context.seed, f"pay/{i}"), causation_id=done[0].event_id),
        )
        for i, p in enumerate(payments)
    ]
    await execute.execute_many(conn, orders)
    return await call.answered(conn, roster_id, done, 201, **_report(received.rows, bad, read), linked=linked, paid=len(orders))


async def _refuse(
    conn: Any, call: Call, roster_id: UUID, refused: RosterRejected, detail: str, read: sheet.Sheet | None = None
) -> Answer:
    """Record the refusal, and answer it as a problem."""
    await call.runtime.executor.execute(conn, ROSTER, roster_id, Reject(refused), call.context)
    problem = {"type": f"urn:shouwang:problem:{refused.reason}", "title": refused.reason, "status": 422, "detail": detail}
    report = _report(refused.rows, refused.rejected, read) if read else {}
    return Answer(422, {**problem, "id": str(roster_id), **report}, {"content-type": PROBLEM})


def _report(rows: int, rejected: int, read: sheet.Sheet) -> dict[str, Any]:
    first = [{"row": p.row, "code": p.code, "rejected": p.rejected} for p in read.problems[:200]]
    return {"rows": rows, "rejected": rejected, "problems": first}


async def _keep_problems(conn: Any, roster_id: UUID, division: str, read: sheet.Sheet) -> None:
    await conn.executemany(
        "INSERT INTO roster_problem (roster_id, division, row, code, rejected) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        [(roster_id, division, p.row, p.code, p.rejected) for p in read.problems],
    )


@router.get("/rosters/{roster_id}")
async def roster(roster_id: UUID, call: Call = query(READ_FINDINGS)) -> RosterRow:
    """One roster."""
    return await call.read(roster_queries.roster, roster_id)


@router.get("/rosters/{roster_id}/problems")
async def roster_problems(roster_id: UUID, call: Call = query(READ_FINDINGS)) -> Page[roster_queries.RosterProblem]:
    """Its row report."""
    return Page(await call.read(roster_queries.problems, roster_id))
