"""SELECTs over rosters and their staged rows. For readers row security confines them; comparisons see one county at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.matching.roster.problem import Problem
from services.matching.roster.projection import ROSTERS, RosterRow
from services.matching.vocabulary import RosterKind, RosterState

_MOST_BEFORE = 24  # lists that a policy may ask for


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """A row that was not used, or was used although something is odd."""

    row: int
    code: str
    rejected: bool


async def roster(conn: Any, roster_id: UUID) -> RosterRow | None:
    """One roster, or None."""
    return await ROSTERS.one(conn, roster_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rosters are listed; None is any. Of counties that begin with `division`, received on the days from `since` to `until`."""

    kind: RosterKind | None
    division: str
    period: str | None
    sent_by: str | None
    state: RosterState | None
    since: date
    until: date


async def rosters(conn: Any, wanted: Wanted, newest: bool, after: Any, limit: int) -> list[RosterRow]:
    """Rosters by when they came in, behind the place (instant, id) of the one before."""
    at, roster_id = after or (None, None)
    sign, way = ("<", "DESC") if newest else (">", "ASC")
    rows = await conn.fetch(
        f"""SELECT * FROM views.roster WHERE ($1::text IS NULL OR kind = $1) AND starts_with(division, $2)
            AND ($3::text IS NULL OR period = $3) AND ($4::text IS NULL OR sent_by = $4) AND ($5::text IS NULL OR state = $5)
            AND received_on BETWEEN $6 AND $7
            AND ($8::timestamptz IS NULL OR (received_at, roster_id) {sign} ($8::timestamptz, $9::uuid))
            ORDER BY received_at {way}, roster_id {way} LIMIT $10""",  # noqa: S608
        wanted.kind,
        wanted.division,
        wanted.period,
        wanted.sent_by,
        wanted.state,
        wanted.since,
        wanted.until,
        datetime.fromisoformat(at) if at else None,
        roster_id,
        limit,
    )
    return [ROSTERS.from_record(row) for row in rows]


async def linked(conn: Any, indexes: str, division: str) -> int:
    """How many of these indexes, separated by commas, lead to a person of the county."""
    count: int = await conn.fetchval(
        """SELECT count(*) FROM unnest(string_to_array($1, ',')) found(index) JOIN views.person_index p ON p.index = found.index::uuid
           WHERE starts_with(p.division, $2)""",
        indexes,
        division,
    )
    return count


async def rows_before(conn: Any, kind: RosterKind, division: str, agency: str) -> tuple[int, ...]:
    """How many rows the lists of an agency had that count, the latest first."""
    rows = await conn.fetch(
        """SELECT rows FROM views.roster WHERE kind = $1 AND division = $2 AND sent_by = $3 AND state = 'RECEIVED'
           ORDER BY as_of DESC, received_at DESC LIMIT $4""",
        kind,
        division,
        agency,
        _MOST_BEFORE,
    )
    return tuple(row["rows"] for row in rows)


async def stage(conn: Any, roster_id: UUID, division: str, kind: RosterKind, rows: int, content: bytes) -> None:
    """Keep a roster's content, a Parquet file."""
    await conn.execute("DELETE FROM roster_content WHERE roster_id = $1", roster_id)
    await conn.execute(
        "INSERT INTO roster_content (roster_id, division, kind, rows, content) VALUES ($1, $2, $3, $4, $5)",
        roster_id,
        division,
        kind,
        rows,
        content,
    )


async def drop(conn: Any, roster_id: UUID) -> None:
    """Keep nothing of what stands in a roster's rows, nor the file; that it came, with its counts and the report of its rows, stays."""
    for table in ("roster_content", "roster_file"):
        await conn.execute(f"DELETE FROM {table} WHERE roster_id = $1", roster_id)  # noqa: S608


async def keep_problems(conn: Any, roster_id: UUID, division: str, problems: Iterable[Problem]) -> None:
    """Write down what is wrong with which row, in place of what was said of the same file before."""
    await conn.execute("DELETE FROM roster_problem WHERE roster_id = $1", roster_id)
    told = {(problem.row, problem.code): problem.rejected for problem in problems}
    await conn.execute(
        """INSERT INTO roster_problem (roster_id, division, row, code, rejected)
           SELECT $1, $2, row, code, rejected FROM unnest($3::int[], $4::text[], $5::boolean[]) told(row, code, rejected)""",
        roster_id,
        division,
        [row for row, _ in told],
        [code for _, code in told],
        list(told.values()),
    )


async def problems(conn: Any, roster_id: UUID, after: Any, limit: int) -> list[RosterProblem]:
    """The row report of a roster, behind a place in it: numbers and codes."""
    row, code = after or (-1, "")
    rows = await conn.fetch(
        """SELECT row, code, rejected FROM roster_problem WHERE roster_id = $1 AND (row, code) > ($2, $3)
           ORDER BY row, code LIMIT $4""",
        roster_id,
        row,
        code,
        limit,
    )
    return [RosterProblem(*row) for row in rows]
