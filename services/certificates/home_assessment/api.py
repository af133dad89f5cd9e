"""Rounds of home assessment: planned, moved, cancelled, closed, filled. Every change of a round begins with the lock on its row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import Field

from services.certificates.certificate import commands
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.states import RoundFacts
from services.certificates.certificate.who_may import scope_of
from services.certificates.home_assessment import queries
from services.certificates.home_assessment.decider import ROUND, CancelRound, CloseRound, MoveRound, PlanRound, RoundState
from services.certificates.person.api.registration import Nothing
from services.domain.codes import Code
from services.domain.divisions import TOWNSHIP_OR_VILLAGE_PATTERN
from services.domain.months import first_day
from services.kernel.errors import NotFound
from services.kernel.events import Recorded
from services.kernel.execute import Order
from services.shell.http.call import Answer, Call, Page, body, command, query, uuid7
from services.shell.http.fields import Cursor, Day, Limit, Month, Number, Prefix

router = APIRouter()


@body
class NewRound:
    """A round: to which township (nine digits) or village (twelve), when, who comes (codes), for how many persons at most."""

    division: Annotated[str, Field(pattern=TOWNSHIP_OR_VILLAGE_PATTERN)]
    on: Day
    institution: Code
    doctor: Code
    quota: Annotated[int, Field(strict=True, ge=1, le=200)]


@body
class Moving:
    """The new day, and why (code)."""

    on: Day
    reason: Code


@body
class Cancelling:
    """Why (code)."""

    reason: Code


@body
class IntoRound:
    """The round that the request is put into."""

    round_id: UUID


@router.post("/rounds", status_code=201)
async def plan(asked: NewRound, call: Call = command("certificates.schedule")) -> Response:
    """上门评残批次: plan a round; the answer's `id` is the round's."""
    wanted = PlanRound(asked.division, asked.on, asked.institution, asked.doctor, asked.quota)
    return await call.execute(ROUND, uuid7(), wanted, 201)


@router.post("/rounds/{round_id}/move")
async def move(round_id: UUID, asked: Moving, call: Call = command("certificates.schedule")) -> Response:
    """Another day for the round and for everybody in it, in one transaction."""

    async def work(conn: Any) -> Answer:
        facts = replace(await _locked(conn, call, round_id), on=asked.on)
        return await _together(conn, call, round_id, MoveRound(asked.on, asked.reason), commands.ScheduleVisit(facts))

    return await call.transact(work)


@router.post("/rounds/{round_id}/cancel")
async def cancel(round_id: UUID, asked: Cancelling, call: Call = command("certificates.schedule")) -> Response:
    """The round does not come: everybody in it waits for another one again."""

    async def work(conn: Any) -> Answer:
        await _locked(conn, call, round_id)
        first = CancelRound(asked.reason, await queries.tally(conn, round_id))
        return await _together(conn, call, round_id, first, commands.NoteMissed("round_cancelled"))

    return await call.transact(work)


@router.post("/rounds/{round_id}/close")
async def close(round_id: UUID, asked: Nothing, call: Call = command("certificates.schedule")) -> Response:
    """The round is over: once everybody in it has a conclusion or a reason why there is none."""

    async def work(conn: Any) -> Answer:
        await _locked(conn, call, round_id)
        wanted = CloseRound(await queries.tally(conn, round_id))
        done = await call.runtime.executor.execute(conn, ROUND, round_id, wanted, call.context, call.expected_version)
        return await call.answered(conn, round_id, done)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/schedule-visit")
async def schedule(certificate_id: UUID, asked: IntoRound, call: Call = command(scope_of(commands.ScheduleVisit))) -> Response:
    """上门评残: put the request into a round that comes to its village and has a seat."""

    async def work(conn: Any) -> Answer:
        wanted = commands.ScheduleVisit(await _locked(conn, call, asked.round_id))
        execute = call.runtime.executor.execute
        done = await execute(conn, CERTIFICATE, certificate_id, wanted, call.context, call.expected_version)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.get("/rounds")
async def some(
    call: Call = query("certificates.read"),
    division: Prefix = "",
    month: Month | None = None,
    state: RoundState | None = None,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[queries.Round]:
    """Rounds by division, month (YYYY-MM) and state in the order of their days, with the seats taken;
    `file_number`: the one on a list (批次号)."""
    wanted = queries.Wanted(division, _first(month), state, file_number)
    return await call.page(queries.rounds, wanted, after=after, limit=limit, place=lambda round_: (round_.on_day, round_.round_id))


@router.get("/rounds/requests")
async def requests(call: Call = query("certificates.schedule"), division: Prefix = "") -> Page[queries.Request]:
    """Where home assessments wait for a round: by village, the most urgent first."""
    return Page(await call.read(queries.requests, division))


@router.get("/rounds/{round_id}")
async def one(round_id: UUID, response: Response, call: Call = query("certificates.read")) -> queries.RoundWithVisits:
    """A round and everybody who was put into it, by pseudonym; the ETag is its version."""
    found = await call.read(queries.one, round_id)
    response.headers["ETag"] = f'"{found.round.version}"'
    return found


def _first(month: str | None) -> date | None:
    return None if month is None else first_day(month)


async def _locked(conn: Any, call: Call, round_id: UUID) -> RoundFacts:
    found = await queries.locked(conn, round_id, call.principal.division)
    if found is None:
        raise NotFound("round_unknown", "没有这个上门批次，或不在您的辖区")
    return found


async def _together(conn: Any, call: Call, round_id: UUID, first: Any, then: commands.Command) -> Answer:
    """One command on the round; when it changes something, one on each certificate that waits in it."""
    executor = call.runtime.executor
    done: list[Recorded] = await executor.execute(conn, ROUND, round_id, first, call.context, call.expected_version)
    inside: Sequence[UUID] = await queries.waiting_in(conn, round_id) if done else ()
    orders = [
        Order(CERTIFICATE, certificate_id, then, replace(call.context, seed=uuid5(call.context.seed, str(certificate_id))))
        for certificate_id in inside
    ]
    await executor.execute_many(conn, orders)
    return await call.answered(conn, round_id, done, certificates=[str(certificate_id) for certificate_id in inside])
