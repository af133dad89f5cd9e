"""The endpoints of rows without a usable citizen id: lists, one with the facts of both sides, and what officials say of it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from services.kernel.clock import today
from services.kernel.errors import Malformed, NotFound, Rejected
from services.matching.link import candidates, decider, queries
from services.matching.link.decider import LINK
from services.matching.link.events import Candidate
from services.matching.link.queries import LinkState, Unidentified
from services.matching.link.sight import Sight, sight
from services.matching.vocabulary import READ_FINDINGS, LinkEvidence, NotMeant, RosterKind, UnlinkReason
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Cursor, Limit, Prefix

router = APIRouter()
DECIDE = "links.decide"
MOST = 20  # persons of one request
Shown = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Persons = Annotated[tuple[UUID, ...], Field(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Facts(Unidentified):
    """A row as it is answered; `shown` stands for these very facts: whoever decides sends it back."""

    shown: str


@body
class Linking:
    """Who is meant, and by what that is known."""

    shown: Shown
    person_id: UUID
    evidence: LinkEvidence


@body
class Refusal:
    """Who is not meant, nobody named: none of those who were shown; and why."""

    shown: Shown
    persons: Persons = ()
    reason: NotMeant


@body
class Unlinking:
    """Why a link is taken back."""

    reason: UnlinkReason


@body
class Withdrawal:
    """Who may be meant after all."""

    persons: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST)]


def _facts(row: Unidentified) -> Facts:
    known = {field.name: getattr(row, field.name) for field in fields(Unidentified)}
    return Facts(**known, shown=row.digest)


def _seen(call: Call) -> Sight:
    day = today(call.runtime.clock)
    return sight(call.principal.agency, day, call.principal.division, call.runtime.service.policy.linking_offices)


@router.get("/unidentified/{link_id}")
async def unidentified_row(link_id: UUID, response: Response, call: Call = query(READ_FINDINGS)) -> Facts:
    """A row without a usable citizen id, with the facts of both sides: what agrees, and what that weighs. The ETag is its version."""
    found = await call.read(queries.unidentified_row, _seen(call), call.principal.division, link_id)
    response.headers["ETag"] = f'"{found.version}"'
    return _facts(found)


@router.get("/unidentified")
async def unidentified_rows(
    call: Call = query(READ_FINDINGS),
    division: Prefix = "",
    kind: RosterKind | None = None,
    state: LinkState | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[Facts]:
    """Rows without a usable citizen id: those that are open first, the likeliest candidates first. `kind`: of a list on which they stand."""
    about = queries.Asked(division, kind, state)
    page = await call.page(queries.unidentified_rows, _seen(call), about, after=after, limit=limit, place=queries.place)
    return Page([_facts(row) for row in page.items], page.cursor, page.more)


@router.post("/unidentified/{link_id}/link")
async def link(link_id: UUID, given: Linking, call: Call = command(DECIDE)) -> Response:
    """An official of the county knows who is meant: the next comparison says of this person what the row says."""

    def linked(row: Unidentified) -> decider.Link:
        (candidate,) = _candidates(row, given.shown, (given.person_id,))
        return decider.Link(row.row, candidate, given.evidence)

    return await _decided(call, link_id, linked)


@router.post("/unidentified/{link_id}/refuse")
async def refuse_candidates(link_id: UUID, given: Refusal, call: Call = command(DECIDE)) -> Response:
    """An official of the county knows who is not meant: one of the candidates, or none of them is."""

    def refused(row: Unidentified) -> decider.Refuse:
        return decider.Refuse(row.row, _candidates(row, given.shown, given.persons), given.reason)

    return await _decided(call, link_id, refused)


@router.post("/unidentified/{link_id}/unlink")
async def unlink(link_id: UUID, given: Unlinking, call: Call = command(DECIDE)) -> Response:
    """An official of the county takes a link back: what followed from it ends with the next comparison."""
    return await _decided(call, link_id, lambda _: decider.Unlink(given.reason), again=True)


@router.post("/unidentified/{link_id}/withdraw-refusal")
async def withdraw_refusal(link_id: UUID, given: Withdrawal, call: Call = command(DECIDE)) -> Response:
    """An official of the county takes back that somebody is not meant."""
    return await _decided(call, link_id, lambda _: decider.WithdrawRefusal(given.persons), again=True)


def _candidates(row: Unidentified, shown: str, persons: tuple[UUID, ...]) -> tuple[Candidate, ...]:
    """The candidates that are named, or all. Raises `Rejected` when others were shown than there are now."""
    if shown != row.digest:
        raise Rejected("facts_have_changed", "名单或候选人员已有变化，请重新查看后再办")
    offered = {each.person_id: each for each in row.candidates}
    if set(persons) - set(offered):
        raise Malformed("not_a_candidate", "此人不在候选人员之中")
    return tuple(offered[person] for person in dict.fromkeys(persons)) or row.candidates


async def _decided(call: Call, link_id: UUID, order: Callable[[Unidentified], decider.Command], again: bool = False) -> Response:
    """What an office may not read is not there for it. `again`: the row is to be looked at anew, before the next comparison, too."""

    async def work(conn: Any) -> Answer:
        row = await queries.unidentified_row(conn, _seen(call), call.principal.division, link_id)
        if row is None:
            raise NotFound("row_unknown", "没有这一行")
        done = await call.runtime.executor.execute(conn, LINK, link_id, order(row), call.context, call.expected_version)
        if again:
            await candidates.look_again(conn, link_id)
        return await call.answered(conn, link_id, done)

    return await call.transact(work)
