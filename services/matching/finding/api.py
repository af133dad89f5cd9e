"""The endpoints of findings: lists, counts, a workbook, one; and what an official of the owner agency says of one."""

from dataclasses import dataclass, fields
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import StringConstraints

from services.domain.codes import Code
from services.kernel.clock import today
from services.kernel.errors import Malformed, NotFound
from services.matching.finding import decider, precision, queries, sheet
from services.matching.finding.decider import FINDING
from services.matching.finding.projection import FindingRow
from services.matching.finding.sight import Seen, seen
from services.matching.finding.words import CAUTIONS
from services.matching.http_params import Rule
from services.matching.vocabulary import READ_FINDINGS, Finding, FindingState, Refutation
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import Agency, Cursor, Day, Limit, Number, Prefix
from services.shell.http.published import published, xlsx

router = APIRouter()
DECIDE = "findings.decide"
SHEET_ROWS = 20_000  # of one workbook
Official = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._@+-]+$", min_length=1, max_length=80)
]  # a pseudonym, as tokens carry it


@dataclass(frozen=True, slots=True)
class Lead(FindingRow):
    """A finding as it is answered; `caution`: what it may not be taken for."""

    caution: str


@body
class Assignment:
    """Who looks after it: the pseudonym of an official."""

    to: Official


@body
class Verification:
    """By what it was verified."""

    evidence: Code


@body
class Refuted:
    """Why it is not so; `until`: the last day on which that holds, nothing: for this period for good."""

    reason: Refutation
    until: Day | None = None


@body
class Transfer:
    """To which agency, and why."""

    to: Agency
    reason: Code


def lead(row: FindingRow) -> Lead:
    """A finding with what it may not be taken for."""
    known = {field.name: getattr(row, field.name) for field in fields(FindingRow)}
    return Lead(**known, caution=CAUTIONS.get(row.finding, ""))


async def asked(
    owner: Agency | None = None,
    division: Prefix = "",
    finding: Annotated[Finding | None, Query(alias="type")] = None,
    rule: Rule | None = None,
    state: FindingState | None = None,
    subject: UUID | None = None,
    file_number: Number | None = None,
    due_by: Day | None = None,
    opened_by: Day | None = None,
) -> queries.Asked:
    """Which findings are asked for; `file_number`: the one in a notice (编号)."""
    return queries.Asked(owner, division, finding, rule, state, subject, file_number, due_by, opened_by)


def _seen(call: Call) -> Seen:
    return seen(call.principal.agency, today(call.runtime.clock), call.runtime.service.policy.sights)


# Above `/findings/{finding_id}`, which would take `counts` for an id.
@router.get("/findings/counts")
async def finding_counts(call: Call = query(READ_FINDINGS), about: queries.Asked = Depends(asked)) -> Page[queries.FindingCount]:
    """Findings by owner, type, rule and state, and how many are overdue."""
    return Page(await call.read(queries.finding_counts, _seen(call), about))


@router.get("/findings/precision")
async def finding_precision(call: Call = query(READ_FINDINGS), division: Prefix = "") -> Page[precision.Precision]:
    """How often officials found that a rule was right, by rule, owner and township; a rule that is right too seldom is to be looked at."""
    day = today(call.runtime.clock)
    decided = await call.read(queries.decided, _seen(call), division)
    return Page(precision.judged(decided, call.runtime.service.policy.precisions, day))


@router.get("/findings/{finding_id}")
async def finding(finding_id: UUID, response: Response, call: Call = query(READ_FINDINGS)) -> Lead:
    """One finding; the ETag is its version."""
    found = await call.read(queries.finding, _seen(call), finding_id)
    response.headers["ETag"] = f'"{found.version}"'
    return lead(found)


@router.get("/findings")
async def findings(
    call: Call = query(READ_FINDINGS),
    about: queries.Asked = Depends(asked),
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[Lead]:
    """Findings of the caller's division, soonest due first; what nobody owes anything of comes last."""
    page = await call.page(queries.findings, _seen(call), about, after=after, limit=limit, place=queries.place)
    return Page([lead(row) for row in page.items], page.cursor, page.more)


async def whole_list(call: Call = query(READ_FINDINGS), about: queries.Asked = Depends(asked)) -> sheet.Findings:
    """All findings that are asked for, for paper. Raises `Malformed` when they are too many for one workbook."""
    rows = await call.read(queries.every_finding, _seen(call), about, SHEET_ROWS + 1)
    if len(rows) > SHEET_ROWS:
        raise Malformed("too_many_rows", f"超过{SHEET_ROWS}条，请按辖区、类型或状态分别导出")
    place = about.division if len(about.division) > len(call.principal.division) else call.principal.division
    return sheet.Findings(place, rows, call.runtime.service.policy.places, today(call.runtime.clock))


published(
    router,
    "/findings",
    whole_list,
    xlsx(
        "findings_sheet", "Findings by township, with totals, to be filled in and signed.", sheet.workbook, lambda made: made.title
    ),
)


@router.post("/findings/{finding_id}/assign")
async def assign(finding_id: UUID, given: Assignment, call: Call = command(DECIDE)) -> Response:
    """An official of the owner agency gives it to somebody there."""
    return await _decided(call, finding_id, decider.Assign(given.to))


@router.post("/findings/{finding_id}/verify")
async def verify(finding_id: UUID, given: Verification, call: Call = command(DECIDE)) -> Response:
    """An official of the owner agency looked, and it is so."""
    return await _decided(call, finding_id, decider.Verify(given.evidence))


@router.post("/findings/{finding_id}/refute")
async def refute(finding_id: UUID, given: Refuted, call: Call = command(DECIDE)) -> Response:
    """An official of the owner agency looked, and it is not so."""
    return await _decided(call, finding_id, decider.Refute(given.reason, given.until))


@router.post("/findings/{finding_id}/transfer")
async def transfer(finding_id: UUID, given: Transfer, call: Call = command(DECIDE)) -> Response:
    """Another agency answers for it."""
    return await _decided(call, finding_id, decider.Transfer(given.to, given.reason))


async def _decided(call: Call, finding_id: UUID, asked_for: decider.Command) -> Response:
    """What an office may not read is not there for it. Who asks again after a transfer has the answer of before."""

    async def work(conn: Any) -> Answer:
        if await queries.finding(conn, _seen(call), finding_id) is None:
            raise NotFound("finding_unknown", "没有这条线索")
        execute = call.runtime.executor.execute
        done = await execute(conn, FINDING, finding_id, asked_for, call.context, call.expected_version)
        return await call.answered(conn, finding_id, done)

    return await call.transact(work)
