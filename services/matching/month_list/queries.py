"""Adjustment lists and their lines, as far as an agency reads them: whoever pays reads a list once civil affairs has signed it, and of it
what is certain, verified or decided; whoever neither signs nor reads it has none."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from services.domain.agencies import AGENCIES
from services.matching.month_list.projection import LINES, LISTS, LineRow, ListRow
from services.matching.vocabulary import LineCheck, LineOutcome, ListPart, ListState, Subsidy

# $1: the codes for which the reader stands.
_READ = "(list.signers ?| $1::text[] OR list.readers ?| $1::text[]) AND (list.pays <> ALL($1::text[]) OR list.confirmed)"
_PAGE = f"""SELECT list.* FROM views.subsidy_list list WHERE {_READ} AND starts_with(division, $2) AND ($3::text IS NULL OR month = $3)
    AND ($4::text IS NULL OR subsidy = $4) AND ($5::text IS NULL OR state = $5) AND ($6::text IS NULL OR file_number = $6)
    AND ($7::text IS NULL OR (month, list_id) < ($7::text, $8::uuid)) ORDER BY month DESC, list_id DESC LIMIT $9"""  # noqa: S608
_ONE = f"SELECT list.* FROM views.subsidy_list list WHERE {_READ} AND list_id = $2"  # noqa: S608
# A lead is verified by the finding behind it, or by a decision of civil affairs that says the same. What civil affairs has signed stays so.
_CHECKED = f"""
SELECT line.*, CASE WHEN line.part IN ('GRADE', 'RENEWING', 'RETURNED') THEN 'CERTAIN'
        WHEN line.confirmed THEN 'VERIFIED'
        WHEN finding.state = 'REFUTED' THEN 'REFUTED'
        WHEN list.confirmed AND line.edition = list.edition THEN 'PENDING'
        WHEN line.decided OR finding.verified_on IS NOT NULL THEN 'VERIFIED'
        WHEN line.part = 'STOP' AND standing.decided_until <= list.month THEN 'VERIFIED'
        WHEN line.part = 'ADD' AND standing.decided_from <= list.month AND coalesce(standing.decided_until > list.month, true)
            THEN 'VERIFIED'
        WHEN line.part = 'ARREARS' AND standing.decided_from <= line.months ->> 0 THEN 'VERIFIED'
        ELSE 'PENDING' END AS checked
FROM views.subsidy_list_line line JOIN views.subsidy_list list USING (list_id)
LEFT JOIN views.finding finding USING (finding_id)
LEFT JOIN views.standing standing ON standing.person_id = line.person_id AND standing.subsidy = list.subsidy
WHERE {_READ} AND list_id = $2 AND line.edition = coalesce($3, list.edition)
    AND (list.pays <> ALL($1::text[]) OR line.confirmed OR line.part IN ('GRADE', 'RENEWING', 'RETURNED'))"""  # noqa: S608
_LINES = f"""SELECT * FROM ({_CHECKED}) line WHERE starts_with(division, $4) AND ($5::text IS NULL OR part = $5)
    AND ($6::text IS NULL OR checked = $6) AND ($7::text IS NULL OR outcome = $7)
    AND ($8::text IS NULL OR (division, line_id) > ($8::text, $9::uuid)) ORDER BY division, line_id LIMIT $10"""  # noqa: S608
_ALL = f"SELECT * FROM ({_CHECKED}) line ORDER BY part, division, line_id LIMIT $4"  # noqa: S608
_COUNTS = f"""SELECT part, checked, outcome, count(*) AS lines FROM ({_CHECKED}) line GROUP BY part, checked, outcome
    ORDER BY part, checked, outcome"""  # noqa: S608
_CONFIRMED = f"SELECT line_id FROM ({_CHECKED}) line WHERE checked = 'VERIFIED' ORDER BY line_id"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Line(LineRow):
    """A line as it is read; `checked`: whether somebody looked, by now or when civil affairs signed."""

    checked: LineCheck


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines of a part were looked at, and what became of them."""

    part: ListPart
    checked: LineCheck
    outcome: LineOutcome
    lines: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A list among others: how far it is, and whose turn it is to sign."""

    list_id: UUID
    file_number: str
    division: str
    subsidy: Subsidy
    month: str
    edition: int
    title: str
    pay_day: date
    state: ListState
    turn: str | None
    again_on: date | None
    frozen_on: date
    version: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lists are asked for; None is any."""

    division: str = ""
    month: str | None = None
    subsidy: Subsidy | None = None
    state: ListState | None = None
    file_number: str | None = None


@dataclass(frozen=True, slots=True)
class LinesAsked:
    """Which lines of a list are asked for; None is any, and the edition that stands."""

    edition: int | None = None
    division: str = ""
    part: ListPart | None = None
    checked: LineCheck | None = None
    outcome: LineOutcome | None = None


def stands_for(agency: str, day: date) -> list[str]:
    """An agency, and those from which it has taken over by a day."""
    return [agency, *sorted(code for code in AGENCIES.codes if code != agency and AGENCIES.successor(code, day) == agency)]


def place(heading: Heading) -> tuple[str, str]:
    """Where a list stands among the lists."""
    return heading.month, str(heading.list_id)


def line_place(line: Line) -> tuple[str, str]:
    """Where a line stands in its list."""
    return line.division, str(line.line_id)


async def headings(conn: Any, reader: Sequence[str], asked: Asked, after: tuple[str, str] | None, limit: int) -> list[Heading]:
    """Lists, newest month first."""
    about = (asked.division, asked.month, asked.subsidy, asked.state, asked.file_number)
    month, last = after or (None, None)
    rows = await conn.fetch(_PAGE, reader, *about, month, UUID(last) if last else None, limit)
    found = [LISTS.from_record(row) for row in rows]
    return [Heading(**{field.name: getattr(row, field.name) for field in fields(Heading)}) for row in found]


async def one(conn: Any, reader: Sequence[str], list_id: UUID) -> ListRow | None:
    """One list, or None."""
    row = await conn.fetchrow(_ONE, reader, list_id)
    return LISTS.from_record(row) if row else None


async def lines(
    conn: Any, reader: Sequence[str], list_id: UUID, asked: LinesAsked, after: tuple[str, str] | None, limit: int
) -> list[Line]:
    """Lines of a list by village."""
    about = (asked.edition, asked.division, asked.part, asked.checked, asked.outcome)
    division, last = after or (None, None)
    rows = await conn.fetch(_LINES, reader, list_id, *about, division, UUID(last) if last else None, limit)
    return [_line(row) for row in rows]


async def every_line(conn: Any, reader: Sequence[str], list_id: UUID, limit: int) -> list[Line]:
    """At most so many lines of the edition that stands, by part and village."""
    return [_line(row) for row in await conn.fetch(_ALL, reader, list_id, None, limit)]


async def counts(conn: Any, reader: Sequence[str], list_id: UUID) -> list[Count]:
    """Lines of the edition that stands, by part, check and outcome."""
    return [
        Count(ListPart(row["part"]), LineCheck(row["checked"]), LineOutcome(row["outcome"]), row["lines"])
        for row in await conn.fetch(_COUNTS, reader, list_id, None)
    ]


async def verified(conn: Any, reader: Sequence[str], list_id: UUID, edition: int) -> tuple[UUID, ...]:
    """The leads of an edition that were verified or decided by now."""
    return tuple(row["line_id"] for row in await conn.fetch(_CONFIRMED, reader, list_id, edition))


def _line(row: Any) -> Line:
    kept = LINES.from_record(row)
    return Line(**{field.name: getattr(kept, field.name) for field in fields(LineRow)}, checked=LineCheck(row["checked"]))
