"""SELECTs over cases and measures. Row security confines them to the caller's division; nothing here filters for safety."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.matching.vocabulary import SubjectKind
from services.monitoring.household.home import Home
from services.monitoring.household.queries import homes
from services.monitoring.risk_case.projection import CASES, MEASURES, CaseRow, CaseState, Followed, MeasureRow


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


async def case(conn: Any, case_id: UUID) -> Case | None:
    """One case with its measures, or None."""
    found = await CASES.one(conn, case_id)
    if found is None:
        return None
    measures = await conn.fetch("SELECT * FROM views.measure_view WHERE case_id = $1 ORDER BY due_on, measure_id", case_id)
    return Case(found, [MEASURES.from_record(measure) for measure in measures])


async def cases(
    conn: Any, state: CaseState | None, household_id: UUID | None, file_number: str | None, after: str | None, limit: int
) -> list[CaseRow]:
    """Cases by state, household and number in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.case_view WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR household_id = $2)
           AND ($3::text IS NULL OR file_number = $3) AND case_id > $4::uuid ORDER BY case_id LIMIT $5""",
        state,
        household_id,
        file_number,
        after or str(UUID(int=0)),
        limit,
    )
    return [CASES.from_record(row) for row in rows]


async def case_counts(conn: Any) -> list[StateCount]:
    """Cases by state, of what the caller may see."""
    rows = await conn.fetch("SELECT state, count(*) AS n FROM views.case_view GROUP BY state ORDER BY state")
    return [StateCount(CaseState(row["state"]), row["n"]) for row in rows]


async def followed_rules(conn: Any, visits: Sequence[Recorded]) -> list[frozenset[str]]:
    """For each visit: the rules for which the household has an open lead or case; one round trip for all."""
    found = await _followed(conn, [visit.stream_id for visit in visits])
    return [found.get(visit.stream_id, frozenset()) for visit in visits]


async def followed_homes(conn: Any, verified: Sequence[Recorded]) -> list[list[Followed]]:
    """For each verified finding that is a clue: the followed households that it is about, by their member or themselves, with the rules that
    are followed there, those of findings before it in the batch too."""
    clues = [recorded.event.found if recorded.event.found.clue else None for recorded in verified]
    persons = [found.subject if found and found.subject_kind is SubjectKind.PERSON else None for found in clues]
    named = [found.subject for found in clues if found and found.subject_kind is SubjectKind.HOUSEHOLD]
    rows = await conn.fetch("SELECT household_id, division FROM views.household_view WHERE household_id = ANY($1::uuid[])", named)
    known = {row["household_id"]: Home(row["household_id"], row["division"]) for row in rows}
    about = [
        [known[found.subject]] if found and found.subject in known else lived_in
        for found, lived_in in zip(clues, await homes(conn, persons), strict=True)
    ]
    rules = await _followed(conn, [home.household_id for each in about for home in each])
    followed: list[list[Followed]] = []
    for found, each in zip(clues, about, strict=True):
        followed.append([Followed(home, rules.get(home.household_id, frozenset())) for home in each])
        if found is not None:  # what the next one of the same batch would raise again
            for home in each:
                rules[home.household_id] = rules.get(home.household_id, frozenset()) | {found.rule, f"{found.rule}.{found.object}"}
    return followed


async def _followed(conn: Any, households: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    rows = await conn.fetch(
        """SELECT household_id, array_agg(rule) AS rules FROM views.case_view
           WHERE household_id = ANY($1::uuid[]) AND closed_on IS NULL GROUP BY household_id""",
        households,
    )
    return {row["household_id"]: frozenset(row["rules"]) for row in rows}
