"""The doors by which a file comes in, and at which its sender sees how far it is."""

from hashlib import sha256
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.documents.workbook import XLSX
from services.domain.divisions import OWN_COUNTY_PATTERN
from services.kernel.errors import Forbidden, NotFound, ShouwangError
from services.matching.intake import jobs, reading, refusals
from services.matching.intake.jobs import JobRow, JobState
from services.matching.intake.refusals import Upload
from services.matching.intake.sent import Sent, sent
from services.matching.policy.problem_words import words_of
from services.matching.roster import queries
from services.matching.roster.api import SEND, Period
from services.matching.vocabulary import READ_FINDINGS, RosterKind
from services.shell.http import responses
from services.shell.http.call import Answer, Call, Page, command, query
from services.shell.http.fields import Cursor, Day, Limit
from services.shell.http.responses import documented

router = APIRouter()
_MOST_MARKS = 1_000_000  # rows of the report that a copy shows
County = Annotated[str, Query(pattern=OWN_COUNTY_PATTERN)]
_SHEETS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "text/csv",
    "application/octet-stream",
)
_SHEET = {
    "requestBody": {"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _SHEETS}}
}


@router.post("/rosters", status_code=202, openapi_extra=_SHEET)
async def upload(
    kind: RosterKind,
    division: County,
    request: Request,
    call: Call = command(SEND),
    as_of: Day | None = None,
    period: Period | None = None,
) -> Response:
    """A list (xlsx, xls, csv as the body) is kept, and read soon: `/roster-jobs/{job_id}` says how far that is and what came of it. Every
    refusal is recorded."""
    data = await request.body()
    try:
        file = sent(kind, division, as_of, period, data, call.runtime.service.policy, call.context)
        return await _asked(call, file, data)
    except ShouwangError as refused:
        said = Upload(kind, division, as_of, period, sha256(data).hexdigest(), len(data))
        async with call.runtime.pool.acquire() as conn, conn.transaction():
            await refusals.keep(conn, said, refused.code, call.context)
        raise


async def _asked(call: Call, file: Sent, data: bytes) -> Response:
    site_key = call.runtime.settings.site_key.get_secret_value()

    async def work(conn: Any) -> Answer:
        job_id = await jobs.ask(conn, file, data, site_key, call.context)
        said = {"job_id": str(job_id), "roster_id": str(file.roster_id), "state": JobState.WAITING.value}
        return Answer(202, said, {"Location": f"/roster-jobs/{job_id}"})

    return await call.transact(work)


@router.get("/roster-jobs/{job_id}")
async def roster_job(job_id: UUID, call: Call = query(READ_FINDINGS)) -> JobRow:
    """How far the reading of a file is, and how it ended."""
    return await call.read(jobs.job_row, job_id)


@router.get("/roster-refusals")
async def roster_refusals(
    call: Call = query(READ_FINDINGS), after: Cursor | None = None, limit: Limit = 100
) -> Page[refusals.Refusal]:
    """Uploads that were refused, in the order of their coming: who sent what when, its digest, and the code of the refusal."""
    return await call.page(refusals.refusals, after=after, limit=limit, place=attrgetter("refusal_id"))


@router.get("/rosters/{roster_id}/copy.xlsx", **documented(XLSX))
async def roster_copy(roster_id: UUID, call: Call = query(SEND)) -> Response:
    """The list as it was sent, with what is wrong beside each row, for the agency that sent it alone; for some days, then it is gone."""
    found = await call.read(queries.roster, roster_id)
    if found.sent_by != call.principal.agency:
        raise Forbidden("not_the_sender", "只有报送单位可以下载")
    async with call.reading() as conn:
        told = await queries.problems(conn, roster_id, None, _MOST_MARKS)
        data = await jobs.file(conn, roster_id, call.runtime.settings.site_key.get_secret_value())
    if data is None:
        raise NotFound("file_gone", "原文件已按规定删除")
    policy, today = call.runtime.service.policy, call.context.today
    roster, most = (
        policy.rosters.one(found.kind, today, found.division),
        policy.intake.one("roster", today, found.division).max_rows,
    )
    marks = [(problem.row, words_of(problem.code, roster)) for problem in told]
    content = await reading.annotated(data, found.kind, found.division, today, marks, most)
    return responses.sheet(content, f"{roster.title}（已标注）")
