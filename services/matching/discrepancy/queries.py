"""Findings: one, a page of them, counts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.matching.discrepancy.projection import DISCREPANCIES, DiscrepancyRow, FindingState


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of a rule are in a state."""

    rule: str
    state: FindingState
    count: int


async def discrepancy(conn: Any, discrepancy_id: UUID) -> DiscrepancyRow | None:
    """One finding, or None."""
    return await DISCREPANCIES.one(conn, discrepancy_id)


async def discrepancies(
    conn: Any, state: FindingState | None, person_id: UUID | None, file_number: str | None, after: str | None, limit: int
) -> list[DiscrepancyRow]:
    """Findings in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.discrepancy WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR person_id = $2)
           AND ($3::text IS NULL OR file_number = $3) AND discrepancy_id > $4::uuid ORDER BY discrepancy_id LIMIT $5""",
        state,
        person_id,
        file_number,
        after or str(UUID(int=0)),
        limit,
    )
    return [DISCREPANCIES.from_record(row) for row in rows]


async def finding_counts(conn: Any) -> list[FindingCount]:
    """Findings by rule and state."""
    rows = await conn.fetch("SELECT rule, state, count(*) AS n FROM views.discrepancy GROUP BY rule, state ORDER BY rule, state")
    return [FindingCount(row["rule"], FindingState(row["state"]), row["n"]) for row in rows]
