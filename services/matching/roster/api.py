"""The endpoints of rosters: a sheet in, what became of it and of each of its rows out."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request, Response

from services.domain.divisions import OWN_COUNTY_PATTERN
from services.kernel.errors import Malformed, ShouwangError
from services.kernel.execute import Order
from services.matching.entitlement.decider import ENTITLEMENT, Pay, entitlement_id
from services.matching.entitlement.payment import Payment, paid
from services.matching.entitlement.queries import payable
from services.matching.roster import queries, refusals
from services.matching.roster.decider import ROSTER, Receive, Reject, Withdraw, check_may_send
from services.matching.roster.events import RosterReceived, RosterRejected
from services.matching.roster.intake import Sent, StagedRow, Unusable, Usable, judged
from services.matching.roster.period import check_period
from services.matching.roster.projection import RosterRow
from services.matching.roster.refusals import Upload
from services.matching.roster.sheet import Problem
from services.matching.vocabulary import READ_FINDINGS, RosterKind, WithdrawalReason
from services.shell.http.app import PROBLEM
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Cursor, Day, Limit

router = APIRouter()
SEND = "rosters.send"
Period = Annotated[str, Query(pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2]))?$")]  # a month (2026-03) or a year, by the kind of list
County = Annotated[str, Query(pattern=OWN_COUNTY_PATTERN)]
_REPORTED = 200  # problems of rows that an answer shows; all of them are at /problems


_SHEETS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "text/csv",
    "application/octet-stream",
)
_SHEET = {
    "requestBody": {"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _SHEETS}}
}


@body
class Withdrawal:
    """Why a roster is taken back."""

    reason: WithdrawalReason


@router.post("/rosters", status_code=201, openapi_extra=_SHEET)
async def upload(
    kind: RosterKind,
    division: County,
    request: Request,
    call: Call = command(SEND),
    as_of: Day | None = None,
    period: Period | None = None,
) -> Response:
    """A sheet (xlsx, xls, csv as the body). Row problems are told by number and code (row 0: of the file); every refusal is recorded."""
    data = await request.body()
    upload = Upload(kind, division, as_of, period, sha256(data).hexdigest(), len(data))
    try:
        return await _taken(call, upload, data)
    except ShouwangError as refused:
        async with call.runtime.pool.acquire() as conn, conn.transaction():
            await refusals.keep(conn, upload, refused.code, call.context)
        raise


async def _taken(call: Call, upload: Upload, data: bytes) -> Response:
    sent = _sent(upload, call)
    site_key = call.runtime.settings.site_key.get_secret_value()
    found = await judged(data, sent, call.runtime.service.policy, site_key, call.context.today)
    roster_id = sent.roster_id(data)

    async def work(conn: Any) -> Answer:
        if isinstance(found, Unusable):
            await refusals.keep(conn, upload, found.reason, call.context)
            return await _refuse(conn, call, roster_id, sent, found)
        return await _receive(conn, call, roster_id, sent, found)

    return await call.transact(work)


def _sent(upload: Upload, call: Call) -> Sent:
    """What the office says of its file. Raises `Malformed`, `Forbidden`."""
    if upload.as_of is None:
        raise Malformed("as_of_missing", "须写明名单截至哪一天")
    policy, today, county = call.runtime.service.policy, call.context.today, upload.county
    check_may_send(upload.kind, call.principal.agency, county, policy, call.context)
    earliest = policy.intake.one("roster", today, county).earliest_month
    check_period(policy.rosters.one(upload.kind, today, county).period, upload.as_of, upload.period, today, earliest)
    return Sent(upload.kind, county, upload.as_of, upload.period, call.principal.agency)


async def _receive(conn: Any, call: Call, roster_id: UUID, sent: Sent, found: Usable) -> Answer:
    """Stage the rows, link them, record the roster and what its rows say was paid; all in one transaction."""
    await _stage(conn, roster_id, sent, found.staged)
    problems = [*found.problems, *await queries.paid_otherwise(conn, roster_id)]
    await _keep_problems(conn, roster_id, sent.division, problems)
    linked = await queries.linked(conn, roster_id)
    received = RosterReceived(
        kind=sent.kind,
        division=sent.division,
        as_of=sent.as_of,
        period=sent.period,
        sent_by=sent.agency,
        rows=found.rows,
        linked=linked,
        rejected=found.rejected,
        identified=len(found.staged),
        cells=len(found.staged),
        empty_cells=0,
    )
    executor = call.runtime.executor
    done = await executor.execute(conn, ROSTER, roster_id, Receive(received), call.context)
    payments = await payable(conn, sent.division, roster_id) if sent.kind is RosterKind.SUBSIDY_PAYMENT else []
    orders = [_pay(call, number, payment, done[0].event_id) for number, payment in enumerate(payments)]
    await executor.execute_many(conn, orders)
    report = _report(found.rows, found.rejected, problems) | {"left_out": found.left_out}
    return await call.answered(conn, roster_id, done, 201, **report, linked=linked, paid=len(orders))


def _pay(call: Call, number: int, payment: Payment, cause: UUID) -> Order:
    context = replace(call.context, seed=uuid5(call.context.seed, f"pay/{number}"), causation_id=cause)
    return Order(ENTITLEMENT, entitlement_id(payment.person_id, payment.subsidy), Pay(paid(payment)), context)


async def _refuse(conn: Any, call: Call, roster_id: UUID, sent: Sent, found: Unusable) -> Answer:
    """Record the refusal, and answer it as a problem."""
    report: dict[str, Any] = {}
    if found.problems is not None:
        await _keep_problems(conn, roster_id, sent.division, found.problems)
        report = _report(found.rows, found.rejected, found.problems)
    refused = RosterRejected(
        kind=sent.kind,
        division=sent.division,
        as_of=sent.as_of,
        period=sent.period,
        sent_by=sent.agency,
        reason=found.reason,
        rows=found.rows,
        rejected=found.rejected,
    )
    await call.runtime.executor.execute(conn, ROSTER, roster_id, Reject(refused), call.context)
    problem = {"type": f"urn:shouwang:problem:{found.reason}", "title": found.reason, "status": 422, "detail": found.detail}
    return Answer(422, {**problem, "id": str(roster_id), **report}, {"content-type": PROBLEM})


def _report(rows: int, rejected: int, problems: Sequence[Problem]) -> dict[str, Any]:
    first = [{"row": problem.row, "code": problem.code, "rejected": problem.rejected} for problem in problems[:_REPORTED]]
    return {"rows": rows, "rejected": rejected, "problems": first}


@router.post("/rosters/{roster_id}/withdraw")
async def withdraw(roster_id: UUID, asked: Withdrawal, call: Call = command(SEND)) -> Response:
    """The agency that sent a sheet takes it back: its rows go at once, what followed from it is undone soon, and the same file may come
    again."""

    async def work(conn: Any) -> Answer:
        order = Withdraw(call.principal.agency, asked.reason)
        done = await call.runtime.executor.execute(conn, ROSTER, roster_id, order, call.context, call.expected_version)
        await conn.execute("DELETE FROM roster_row WHERE roster_id = $1", roster_id)
        return await call.answered(conn, roster_id, done)

    return await call.transact(work)


async def _stage(conn: Any, roster_id: UUID, sent: Sent, staged: Sequence[StagedRow]) -> None:
    await conn.executemany(
        """INSERT INTO roster_row (roster_id, row, division, index, month, subsidy, amount) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT DO NOTHING""",
        [(roster_id, row.number, sent.division, row.index, sent.period, row.subsidy, row.amount) for row in staged],
    )


async def _keep_problems(conn: Any, roster_id: UUID, division: str, problems: Sequence[Problem]) -> None:
    await conn.executemany(
        "INSERT INTO roster_problem (roster_id, division, row, code, rejected) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        [(roster_id, division, problem.row, problem.code, problem.rejected) for problem in problems],
    )


@router.get("/roster-refusals")
async def roster_refusals(
    call: Call = query(READ_FINDINGS), after: Cursor | None = None, limit: Limit = 100
) -> Page[refusals.Refusal]:
    """Uploads that were refused, in the order of their coming: who sent what when, its digest, and the code of the refusal."""
    return await call.page(refusals.refusals, after=after, limit=limit, place=attrgetter("refusal_id"))


@router.get("/rosters/{roster_id}")
async def roster(roster_id: UUID, call: Call = query(READ_FINDINGS)) -> RosterRow:
    """One roster."""
    return await call.read(queries.roster, roster_id)


@router.get("/rosters/{roster_id}/problems")
async def roster_problems(roster_id: UUID, call: Call = query(READ_FINDINGS)) -> Page[queries.RosterProblem]:
    """Its row report."""
    return Page(await call.read(queries.problems, roster_id))
