"""Findings: one, a page of them soonest due first, counts, and all of them for a sheet. Everybody sees what `sight.py` says."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.matching.finding.precision import Decided
from services.matching.finding.projection import FINDINGS, FindingRow
from services.matching.finding.sight import Seen
from services.matching.vocabulary import Finding, FindingState


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are asked for; None is any. `due_by`: what is owed by the end of that day; `opened_by`: opened on that day or before."""

    owner: str | None = None
    division: str = ""
    finding: Finding | None = None
    rule: str | None = None
    state: FindingState | None = None
    subject: UUID | None = None
    file_number: str | None = None
    due_by: date | None = None
    opened_by: date | None = None


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of an owner, type and rule are in a state, and of how many the day has passed."""

    owner: str
    finding: Finding
    rule: str
    state: FindingState
    count: int
    overdue: int


_SEEN = "(owner = ANY($1::text[]) OR finding = ANY($2::text[]) OR finding = ANY($3::text[]) AND verified_on IS NOT NULL)"
_ASKED = """($4::text IS NULL OR owner = $4) AND starts_with(division, $5) AND ($6::text IS NULL OR finding = $6)
    AND ($7::text IS NULL OR rule = $7) AND ($8::text IS NULL OR state = $8) AND ($9::uuid IS NULL OR subject = $9)
    AND ($10::text IS NULL OR file_number = $10) AND ($11::date IS NULL OR due_on <= $11) AND ($12::date IS NULL OR opened_on <= $12)"""
_MEANT = f"FROM views.finding WHERE {_SEEN} AND {_ASKED}"
_ONE = f"SELECT * FROM views.finding WHERE {_SEEN} AND finding_id = $4"  # noqa: S608
_PAGE = f"""SELECT * {_MEANT} AND (coalesce(due_on, 'infinity'), finding_id) > (coalesce($13::date, '-infinity'), $14::uuid)
    ORDER BY coalesce(due_on, 'infinity'), finding_id LIMIT $15"""
_ALL = f"SELECT * {_MEANT} ORDER BY division, finding, rule, period, finding_id LIMIT $13"
_COUNTS = f"""SELECT owner, finding, rule, state, count(*) AS count, count(*) FILTER (WHERE overdue) AS overdue {_MEANT}
    GROUP BY owner, finding, rule, state ORDER BY owner, finding, rule, state"""

# That somebody declines says that the rule was right.
_DECIDED = f"""SELECT rule, owner, left(division, 9) AS township,
        count(*) FILTER (WHERE verified_on IS NOT NULL AND state <> 'REFUTED' OR settled = 'FACT_ARRIVED'
            OR refutation = 'PERSON_DECLINES') AS upheld,
        count(*) FILTER (WHERE state = 'REFUTED' AND refutation <> 'PERSON_DECLINES') AS refuted
    FROM views.finding WHERE {_SEEN} AND starts_with(division, $4) GROUP BY rule, owner, township ORDER BY rule, owner, township"""  # noqa: S608


def _values(seen: Seen, asked: Asked) -> tuple[Any, ...]:
    """The arguments of a question, in the order of their numbers."""
    about = (asked.owner, asked.division, asked.finding, asked.rule, asked.state, asked.subject, asked.file_number)
    return (list(seen.owners), list(seen.types), list(seen.verified_types), *about, asked.due_by, asked.opened_by)


def place(row: FindingRow) -> tuple[str, str]:
    """Where a finding stands in the list."""
    return str(row.due_on or date.max), str(row.finding_id)


async def finding(conn: Any, seen: Seen, finding_id: UUID) -> FindingRow | None:
    """One finding, or None."""
    row = await conn.fetchrow(_ONE, list(seen.owners), list(seen.types), list(seen.verified_types), finding_id)
    return FINDINGS.from_record(row) if row else None


async def findings(conn: Any, seen: Seen, asked: Asked, after: tuple[str, str] | None, limit: int) -> list[FindingRow]:
    """Findings, soonest due first; what nobody owes anything of comes last."""
    due_on, last = after or (None, UUID(int=0))
    rows = await conn.fetch(_PAGE, *_values(seen, asked), date.fromisoformat(due_on) if due_on else None, last, limit)
    return [FINDINGS.from_record(row) for row in rows]


async def every_finding(conn: Any, seen: Seen, asked: Asked, limit: int) -> list[FindingRow]:
    """At most so many findings by place."""
    return [FINDINGS.from_record(row) for row in await conn.fetch(_ALL, *_values(seen, asked), limit)]


async def finding_counts(conn: Any, seen: Seen, asked: Asked) -> list[FindingCount]:
    """Findings by owner, type, rule and state."""
    rows = await conn.fetch(_COUNTS, *_values(seen, asked))
    return [
        FindingCount(row["owner"], Finding(row["finding"]), row["rule"], FindingState(row["state"]), row["count"], row["overdue"])
        for row in rows
    ]


async def decided(conn: Any, seen: Seen, division: str) -> list[Decided]:
    """What officials and facts have decided, by rule, owner and township."""
    rows = await conn.fetch(_DECIDED, list(seen.owners), list(seen.types), list(seen.verified_types), division)
    return [Decided(**row) for row in rows]
