"""The endpoints of adjustment lists: which there are, one with its lines, a workbook; and the signatures of the offices in their order."""

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.domain.codes import Code
from services.kernel.clock import today
from services.kernel.errors import Malformed, NotFound
from services.matching.month_list import queries, sheet
from services.matching.month_list.decider import MONTH_LIST, Refuse, Sign
from services.matching.month_list.projection import ListRow
from services.matching.month_list.queries import Asked, Count, Line, LinesAsked
from services.matching.month_list.words import CAUTION
from services.matching.vocabulary import READ_FINDINGS, LineCheck, LineOutcome, ListPart, ListState, Subsidy
from services.shell.http.call import Answer, Call, Page, body, command, query
from services.shell.http.fields import WRITTEN, Cursor, Limit, Month, Number, Prefix
from services.shell.http.published import published, xlsx

router = APIRouter()
SIGN = "month_lists.sign"
SHEET_LINES = 20_000  # of one workbook
Edition = Annotated[int, Field(strict=True, ge=1, le=1000)]
EditionAsked = Annotated[int, Field(ge=1, le=1000), WRITTEN]


@dataclass(frozen=True, slots=True)
class MonthList(ListRow):
    """A list as its reader may read it, with how far its lines are; `caution`: what the doubts on it may not be taken for."""

    counts: tuple[Count, ...]
    caution: str


@dataclass(frozen=True, slots=True)
class ListLine(Line):
    """A line as it is answered."""

    caution: str


@body
class Signed:
    """Which edition is signed."""

    edition: Edition


@body
class Refused:
    """Which edition is refused, and why."""

    edition: Edition
    reason: Code


def _reader(call: Call) -> list[str]:
    return queries.stands_for(call.principal.agency, today(call.runtime.clock))


async def _read(conn: Any, reader: list[str], month_list_id: UUID) -> tuple[ListRow, list[Count]] | None:
    row = await queries.one(conn, reader, month_list_id)
    return (row, await queries.counts(conn, reader, month_list_id)) if row else None


def _as_read(row: ListRow, counts: list[Count]) -> ListRow:
    """The list with as many lines in each part as its reader may read."""
    of_part = {size.part: sum(count.lines for count in counts if count.part is size.part) for size in row.parts}
    return replace(row, parts=tuple(replace(size, lines=of_part[size.part]) for size in row.parts))


@router.get("/month-lists/{month_list_id}")
async def month_list(month_list_id: UUID, response: Response, call: Call = query(READ_FINDINGS)) -> MonthList:
    """One list as it stands: by which lists of agencies it was made, who signed, how far its lines are. The ETag is its version."""
    row, counts = await call.read(_read, _reader(call), month_list_id)
    response.headers["ETag"] = f'"{row.version}"'
    read = _as_read(row, counts)
    doubts = any(count.part is ListPart.STOP for count in counts)
    known = {field.name: getattr(read, field.name) for field in fields(ListRow)}
    return MonthList(**known, counts=tuple(counts), caution=CAUTION if doubts else "")


@router.get("/month-lists")
async def month_lists(
    call: Call = query(READ_FINDINGS),
    division: Prefix = "",
    month: Month | None = None,
    subsidy: Subsidy | None = None,
    state: ListState | None = None,
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[queries.Heading]:
    """The lists of the caller's division, newest month first."""
    asked = Asked(division, month, subsidy, state, file_number)
    return await call.page(queries.headings, _reader(call), asked, after=after, limit=limit, place=queries.place)


@router.get("/month-lists/{month_list_id}/lines")
async def month_list_lines(
    month_list_id: UUID,
    call: Call = query(READ_FINDINGS),
    edition: EditionAsked | None = None,
    division: Prefix = "",
    part: ListPart | None = None,
    checked: LineCheck | None = None,
    outcome: LineOutcome | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[ListLine]:
    """The lines of a list by village, of the edition that stands or of an earlier one."""
    asked = LinesAsked(edition, division, part, checked, outcome)
    about = (_reader(call), month_list_id, asked)
    page = await call.page(queries.lines, *about, after=after, limit=limit, place=queries.line_place)
    return Page([_answered(line) for line in page.items], page.cursor, page.more)


def _answered(line: Line) -> ListLine:
    known = {field.name: getattr(line, field.name) for field in fields(Line)}
    return ListLine(**known, caution=CAUTION if line.part is ListPart.STOP else "")


async def whole_list(month_list_id: UUID, call: Call = query(READ_FINDINGS)) -> sheet.MonthSheet:
    """A list with its lines, for paper. Raises `Malformed` when they are too many for one workbook."""
    reader = _reader(call)
    row = await call.read(queries.one, reader, month_list_id)
    lines = await call.read(queries.every_line, reader, month_list_id, SHEET_LINES + 1)
    if len(lines) > SHEET_LINES:
        raise Malformed("too_many_rows", f"超过{SHEET_LINES}条，请按乡镇分别查询")
    return sheet.MonthSheet(row, lines, call.runtime.service.policy.places, today(call.runtime.clock))


published(
    router,
    "/month-lists/{month_list_id}/sheet",
    whole_list,
    xlsx("month_list_sheet", "The list by township, with totals and the signatures.", sheet.workbook, lambda made: made.title),
)


@router.post("/month-lists/{month_list_id}/sign")
async def sign(month_list_id: UUID, given: Signed, call: Call = command(SIGN)) -> Response:
    """The office whose turn it is signs the edition that it has read. With civil affairs' signature the leads that were verified or
    decided by then go to whoever pays, and no other."""

    async def work(conn: Any) -> Answer:
        row = await _there(conn, call, month_list_id)
        confirmed = await queries.verified(conn, _reader(call), month_list_id, row.edition) if row.turn == row.decides else ()
        return await _done(conn, call, month_list_id, Sign(given.edition, confirmed))

    return await call.transact(work)


@router.post("/month-lists/{month_list_id}/refuse")
async def refuse(month_list_id: UUID, given: Refused, call: Call = command(SIGN)) -> Response:
    """The office whose turn it is does not sign, and says why: the list is made anew as another edition."""

    async def work(conn: Any) -> Answer:
        await _there(conn, call, month_list_id)
        return await _done(conn, call, month_list_id, Refuse(given.edition, given.reason))

    return await call.transact(work)


async def _there(conn: Any, call: Call, month_list_id: UUID) -> ListRow:
    """What an office may not read is not there for it."""
    row = await queries.one(conn, _reader(call), month_list_id)
    if row is None or not row.division.startswith(call.principal.division):
        raise NotFound("month_list_unknown", "没有这份名单")
    return row


async def _done(conn: Any, call: Call, month_list_id: UUID, asked_for: Sign | Refuse) -> Answer:
    done = await call.runtime.executor.execute(conn, MONTH_LIST, month_list_id, asked_for, call.context, call.expected_version)
    return await call.answered(conn, month_list_id, done)
