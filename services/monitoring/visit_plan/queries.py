"""SELECTs over planned visits. Row security confines them to the caller's division; nothing here filters for safety."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.monitoring.visit_plan.projection import PLANNED_VISITS, PlannedVisitRow, PlannedVisitState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which planned visits are asked for: below a division prefix; None = all. `due_before`: due sooner than that day;
    `file_number`: 走访编号."""

    division: str
    state: PlannedVisitState | None = None
    due_before: date | None = None
    file_number: str | None = None


@dataclass(frozen=True, slots=True)
class VisitCount:
    """How many planned visits of a village are in a state, and of how many of them the day for a report had passed."""

    division: str
    state: PlannedVisitState
    count: int
    missed: int


async def planned_visits(conn: Any, wanted: Wanted, after: Any, limit: int | None) -> list[PlannedVisitRow]:
    """Planned visits, soonest due first; `after`: (day, id) of the last one read; no limit: all."""
    last_due_on = date.fromisoformat(after[0]) if after else None
    last_id = UUID(after[1]) if after else None
    rows = await conn.fetch(
        """SELECT * FROM views.planned_visit WHERE starts_with(division, $1) AND ($2::text IS NULL OR state = $2)
               AND ($3::date IS NULL OR due_on < $3) AND ($4::text IS NULL OR file_number = $4)
               AND ($5::date IS NULL OR (due_on, planned_visit_id) > ($5, $6))
           ORDER BY due_on, planned_visit_id LIMIT $7""",
        wanted.division,
        wanted.state,
        wanted.due_before,
        wanted.file_number,
        last_due_on,
        last_id,
        limit,
    )
    return [PLANNED_VISITS.from_record(row) for row in rows]


async def planned_visit(conn: Any, planned_visit_id: UUID) -> PlannedVisitRow | None:
    """One planned visit, or None."""
    return await PLANNED_VISITS.one(conn, planned_visit_id)


async def counts(conn: Any, division: str) -> list[VisitCount]:
    """By village and state, below a division prefix."""
    rows = await conn.fetch(
        """SELECT division, state, count(*) AS visits, count(missed_on) AS missed FROM views.planned_visit WHERE starts_with(division, $1)
           GROUP BY division, state ORDER BY division, state""",
        division,
    )
    return [VisitCount(row["division"], PlannedVisitState(row["state"]), row["visits"], row["missed"]) for row in rows]


async def recorded(conn: Any, visit_id: UUID) -> bool | None:
    """True when the caller may see a visit that was recorded under this id, else None."""
    found: bool | None = await conn.fetchval("SELECT true FROM views.visit_view WHERE visit_id = $1", visit_id)
    return found


async def planned_by_hand(conn: Any, died: Sequence[Recorded]) -> list[list[UUID]]:
    """For each event of a person's stream: the open visits to that person which somebody planned; one round trip for all."""
    rows = await conn.fetch(
        """SELECT u.n, v.planned_visit_id FROM unnest($1::uuid[]) WITH ORDINALITY AS u(person_id, n)
           JOIN views.planned_visit v ON v.person_id = u.person_id AND v.state = 'PLANNED' AND v.reminder_id IS NULL
           ORDER BY u.n, v.planned_visit_id""",
        [recorded.stream_id for recorded in died],
    )
    return [[row["planned_visit_id"] for row in rows if row["n"] == n] for n in range(1, len(died) + 1)]
