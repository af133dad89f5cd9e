"""SELECTs over the read models. Row security confines them to the caller's division; nothing here filters for safety."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.monitoring.projections import CASES, HOUSEHOLDS, MEASURES, CaseRow, CaseState, HouseholdRow, MeasureRow
from services.monitoring.risk import Home


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its measures."""

    case: CaseRow
    measures: list[MeasureRow]


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many cases are in a state."""

    state: CaseState
    count: int


async def household(conn: Any, household_id: UUID) -> HouseholdRow | None:
    """One household, or None."""
    row = await conn.fetchrow("SELECT * FROM views.household_view WHERE household_id = $1", household_id)
    return HOUSEHOLDS.from_record(row) if row else None


async def households(conn: Any, division: str, after: str | None, limit: int) -> list[HouseholdRow]:
    """Households below a division prefix in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.household_view WHERE starts_with(division, $1) AND household_id > $2::uuid
           ORDER BY household_id LIMIT $3""",
        division,
        after or str(UUID(int=0)),
        limit,
    )
    return [HOUSEHOLDS.from_record(r) for r in rows]


async def case(conn: Any, case_id: UUID) -> Case | None:
    """One case with its measures, or None."""
    row = await conn.fetchrow("SELECT * FROM views.case_view WHERE case_id = $1", case_id)
    if row is None:
        return None
    measures = await conn.fetch("SELECT * FROM views.measure_view WHERE case_id = $1 ORDER BY due_on, measure_id", case_id)
    return Case(CASES.from_record(row), [MEASURES.from_record(m) for m in measures])


async def cases(conn: Any, state: CaseState | None, household_id: UUID | None, after: str | None, limit: int) -> list[CaseRow]:
    """Cases by state and household in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.case_view WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR household_id = $2)
           AND case_id > $3::uuid ORDER BY case_id LIMIT $4""",
        state,
        household_id,
        after or str(UUID(int=0)),
        limit,
    )
    return [CASES.from_record(r) for r in rows]


async def case_counts(conn: Any) -> list[StateCount]:
    """Cases by state, of what the caller may see."""
    rows = await conn.fetch("SELECT state, count(*) AS n FROM views.case_view GROUP BY state ORDER BY state")
    return [StateCount(CaseState(r["state"]), r["n"]) for r in rows]


async def followed_rules(conn: Any, visits: Sequence[Recorded]) -> list[frozenset[str]]:
    """For each visit: the rules for which the household has an open lead or case; one round trip for all."""
    rows = await conn.fetch(
        """SELECT household_id, array_agg(rule) AS rules FROM views.case_view
           WHERE household_id = ANY($1::uuid[]) AND closed_on IS NULL GROUP BY household_id""",
        [v.stream_id for v in visits],
    )
    found = {r["household_id"]: frozenset(r["rules"]) for r in rows}
    return [found.get(v.stream_id, frozenset()) for v in visits]


async def homes_of(conn: Any, about: Sequence[Recorded]) -> list[list[Home]]:
    """For each event: the followed households to which the person belongs whom it names; none for an event that names nobody."""
    return await homes(conn, [getattr(r.event, "person_id", None) for r in about])


async def homes(conn: Any, persons: Sequence[UUID | None]) -> list[list[Home]]:
    """For each person: the followed households to which the person belongs; one round trip for all."""
    rows = await conn.fetch("SELECT * FROM views.homes_of($1)", [str(person) for person in persons])
    found: dict[int, list[Home]] = {}
    for row in rows:
        found.setdefault(row["n"], []).append(Home(row["household_id"], row["division"]))
    return [found.get(n, []) for n in range(1, len(persons) + 1)]
