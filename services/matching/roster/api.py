"""The endpoints of rosters: which came and what became of each and of its rows; held ones confirmed, wrong ones taken back."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.matching.roster import queries
from services.matching.roster.decider import ROSTER, Confirm, Withdraw
from services.matching.roster.projection import RosterRow
from services.matching.vocabulary import READ_FINDINGS, RosterKind, RosterState, WithdrawalReason
from services.shell.http.call import Answer, Call, Nothing, Page, body, command, query
from services.shell.http.fields import Agency, Cursor, Day, Limit, Prefix

router = APIRouter()
SEND = "rosters.send"
Period = Annotated[str, Query(pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2]))?$")]  # a month (2026-03) or a year, by the kind of list


class Order(StrEnum):
    """In which order rosters are listed."""

    NEWEST = "NEWEST"  # the one that came last comes first
    OLDEST = "OLDEST"


@body
class Withdrawal:
    """Why a roster is taken back."""

    reason: WithdrawalReason


@router.get("/rosters")
async def rosters(
    call: Call = query(READ_FINDINGS),
    kind: RosterKind | None = None,
    division: Prefix = "",
    period: Period | None = None,
    sent_by: Agency | None = None,
    state: RosterState | None = None,
    received_from: Day | None = None,
    received_until: Day | None = None,
    order: Order = Order.NEWEST,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[RosterRow]:
    """Who sent what when, and what became of it. Days are those of Asia/Shanghai, both included."""
    wanted = queries.Wanted(kind, division, period, sent_by, state, received_from or date.min, received_until or date.max)
    newest = order is Order.NEWEST
    return await call.page(
        queries.rosters,
        wanted,
        newest,
        after=after,
        limit=limit,
        place=lambda row: (row.received_at.isoformat(), str(row.roster_id)),
    )


@router.get("/rosters/{roster_id}")
async def roster(roster_id: UUID, call: Call = query(READ_FINDINGS)) -> RosterRow:
    """One roster."""
    return await call.read(queries.roster, roster_id)


@router.get("/rosters/{roster_id}/problems")
async def roster_problems(
    roster_id: UUID, call: Call = query(READ_FINDINGS), after: Cursor | None = None, limit: Limit = 500
) -> Page[queries.RosterProblem]:
    """Its row report: the numbers of rows in which something is wrong (0: the file as a whole), and codes; nothing of what stands there."""
    return await call.page(queries.problems, roster_id, after=after, limit=limit, place=lambda problem: (problem.row, problem.code))


@router.post("/rosters/{roster_id}/confirm")
async def confirm_roster(roster_id: UUID, asked: Nothing, call: Call = command(SEND)) -> Response:
    """The agency that sent a roster that is held says that it is right: it counts from now on."""

    async def work(conn: Any) -> Answer:
        order = Confirm(call.principal.agency)
        done = await call.runtime.executor.execute(conn, ROSTER, roster_id, order, call.context, call.expected_version)
        return await call.answered(conn, roster_id, done)

    return await call.transact(work)


@router.post("/rosters/{roster_id}/withdraw")
async def withdraw(roster_id: UUID, asked: Withdrawal, call: Call = command(SEND)) -> Response:
    """The agency that sent a roster takes it back: its rows go at once, what followed from it is undone soon, and the same file may come
    again."""

    async def work(conn: Any) -> Answer:
        order = Withdraw(call.principal.agency, asked.reason)
        done = await call.runtime.executor.execute(conn, ROSTER, roster_id, order, call.context, call.expected_version)
        await queries.drop(conn, roster_id)
        return await call.answered(conn, roster_id, done)

    return await call.transact(work)
