"""What each rule last said of a county and a period; an office sees the rules whose findings it may read."""

from dataclasses import dataclass
from typing import Any

from services.matching.comparison.projection import COMPARISONS, ComparisonRow
from services.matching.finding.sight import Seen

_PAGE = """SELECT * FROM views.comparison WHERE (owner = ANY($1::text[]) OR finding = ANY($2::text[]))
    AND starts_with(division, $3) AND ($4::text IS NULL OR period = $4) AND ($5::text IS NULL OR rule = $5)
    AND ($6::boolean IS NULL OR $6 = (suspended <> '[]'))
    AND ($7::text IS NULL OR period < $7 OR period = $7 AND (division, rule) > ($8, $9))
    ORDER BY period DESC, division, rule LIMIT $10"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which comparisons are asked for; None is any. `suspended`: only those that could, or could not, be compared."""

    division: str = ""
    period: str | None = None
    rule: str | None = None
    suspended: bool | None = None


def place(row: ComparisonRow) -> tuple[str, str, str]:
    """Where a comparison stands in the list."""
    return row.period, row.division, row.rule


async def comparisons(conn: Any, seen: Seen, asked: Asked, after: tuple[str, str, str] | None, limit: int) -> list[ComparisonRow]:
    """Comparisons, newest period first."""
    about = (asked.division, asked.period, asked.rule, asked.suspended)
    behind = after or (None, "", "")
    rows = await conn.fetch(_PAGE, list(seen.owners), list(seen.types), *about, *behind, limit)
    return [COMPARISONS.from_record(row) for row in rows]
