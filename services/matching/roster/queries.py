"""SELECTs over rosters and their staged rows. For readers row security confines them; comparisons see one county at a time."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.matching.roster.projection import ROSTERS, RosterRow
from services.matching.roster.sheet import Problem

LATEST_ROSTER = """SELECT roster_id, as_of, period AS month FROM views.roster
    WHERE division = $1 AND state = 'RECEIVED' AND kind = $2 ORDER BY period DESC NULLS LAST, as_of DESC, roster_id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """A row that was not used, or was used although something is odd."""

    row: int
    code: str
    rejected: bool


async def roster(conn: Any, roster_id: UUID) -> RosterRow | None:
    """One roster, or None."""
    return await ROSTERS.one(conn, roster_id)


async def linked(conn: Any, roster_id: UUID) -> int:
    """How many staged rows of a roster lead to a person of its county."""
    count: int = await conn.fetchval(
        """SELECT count(*) FROM roster_row r JOIN views.person_index p USING (index)
           WHERE r.roster_id = $1 AND starts_with(p.division, r.division)""",
        roster_id,
    )
    return count


async def paid_otherwise(conn: Any, roster_id: UUID) -> list[Problem]:
    """The staged rows of a payment sheet for which another sheet of the month pays another amount. That one stays paid; people look."""
    rows = await conn.fetch(
        """SELECT DISTINCT r.row FROM roster_row r JOIN roster_row o USING (index, division, month, subsidy)
           WHERE r.roster_id = $1 AND o.roster_id <> $1 AND o.amount <> r.amount ORDER BY r.row""",
        roster_id,
    )
    return [Problem(row["row"], "paid_otherwise", rejected=False) for row in rows]


async def problems(conn: Any, roster_id: UUID) -> list[RosterProblem]:
    """The row report of a roster: numbers and codes."""
    rows = await conn.fetch("SELECT row, code, rejected FROM roster_problem WHERE roster_id = $1 ORDER BY row, code", roster_id)
    return [RosterProblem(*row) for row in rows]
