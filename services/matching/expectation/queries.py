"""What was sent of each list that is owed, what is known of it, and the report card of each agency and month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.matching.expectation.expected import Sent
from services.matching.expectation.projection import EXPECTATIONS, ExpectationRow
from services.matching.roster.projection import ROSTERS, RosterRow
from services.matching.vocabulary import RosterKind

_OWED = """SELECT kind, division, min(CASE WHEN period ~ '-' THEN period ELSE to_char(as_of, 'YYYY-MM') END) AS first_month,
    (array_agg(sent_by ORDER BY received_at DESC))[1] AS owner
FROM views.roster WHERE state <> 'REJECTED' GROUP BY kind, division ORDER BY division, kind"""
_CARDS = """
WITH came AS (
    SELECT sent_by AS agency, count(*) FILTER (WHERE state = 'RECEIVED') AS received, count(*) FILTER (WHERE state = 'REJECTED') AS rejected,
        sum(rows) FILTER (WHERE state <> 'REJECTED')::bigint AS rows, sum(identified)::bigint AS identified, sum(cells)::bigint AS cells,
        sum(empty_cells)::bigint AS empty_cells
    FROM views.roster WHERE starts_with(division, $2) AND received_on BETWEEN $3 AND $4 GROUP BY sent_by),
expected AS (
    SELECT owner AS agency, count(*) AS expected, count(*) FILTER (WHERE arrived_on IS NULL) AS missing,
        count(*) FILTER (WHERE days_late > 0) AS late, max(days_late) AS days_late
    FROM views.expectation WHERE starts_with(division, $2) AND period = $1 GROUP BY owner),
judged AS (
    SELECT owner AS agency, count(*) FILTER (WHERE verified_on IS NOT NULL) AS upheld,
        count(*) FILTER (WHERE refutation IS NOT NULL) AS refuted
    FROM views.finding WHERE starts_with(division, $2) AND opened_on BETWEEN $3 AND $4 AND $5 IN (owner, 'CGW') GROUP BY owner)
SELECT agency, coalesce(received, 0) AS received, coalesce(rejected, 0) AS rejected, coalesce(expected, 0) AS expected,
    coalesce(missing, 0) AS missing, coalesce(late, 0) AS late, days_late, rows, identified, cells, empty_cells,
    upheld, refuted
FROM came FULL JOIN expected USING (agency) FULL JOIN judged USING (agency) ORDER BY agency"""


@dataclass(frozen=True, slots=True)
class ReportCard:
    """How an agency's lists were in a month. None: nothing says so.

    Of the lists that came in it: how many count, or were refused, their rows, those with a valid citizen id, cells and empty ones. Of the
    lists that were expected for it: how many are missing or came late, and by how many calendar days at most. Of the findings that the agency
    owns and that were opened in it: how many officials verified, or refuted; for the agency itself and the committee (CGW) alone.
    """

    agency: str
    received: int
    rejected: int
    expected: int
    missing: int
    late: int
    days_late: int | None
    rows: int | None
    identified: int | None
    cells: int | None
    empty_cells: int | None
    upheld: int | None
    refuted: int | None


async def sent(conn: Any, since: date) -> list[Sent]:
    """Every list that is owed, with the rosters of it that count and came, or are as of a day, since then."""
    rows = await conn.fetch("SELECT * FROM views.roster WHERE state = 'RECEIVED' AND (received_on >= $1 OR as_of >= $1)", since)
    rosters: dict[tuple[str, str], list[RosterRow]] = defaultdict(list)
    for row in rows:
        rosters[row["kind"], row["division"]].append(ROSTERS.from_record(row))
    return [
        Sent(RosterKind(row["kind"]), row["division"], row["first_month"], row["owner"], rosters[row["kind"], row["division"]])
        for row in await conn.fetch(_OWED)
    ]


async def known(conn: Any, ids: list[UUID]) -> dict[UUID, bool]:
    """Which of these expectations were told, and whether the list had come then."""
    rows = await conn.fetch("SELECT expectation_id, arrived_on FROM views.expectation WHERE expectation_id = ANY($1::uuid[])", ids)
    return {row["expectation_id"]: row["arrived_on"] is not None for row in rows}


async def expectations(
    conn: Any, division: str, owner: str | None, period: str | None, missing: bool | None, after: Any, limit: int
) -> list[ExpectationRow]:
    """Expected lists, those that were due the soonest first."""
    due_on, expectation_id = after or (None, None)
    rows = await conn.fetch(
        """SELECT * FROM views.expectation WHERE starts_with(division, $1) AND ($2::text IS NULL OR owner = $2)
           AND ($3::text IS NULL OR period = $3) AND ($4::boolean IS NULL OR (arrived_on IS NULL) = $4)
           AND ($5::date IS NULL OR (due_on, expectation_id) > ($5::date, $6::uuid)) ORDER BY due_on, expectation_id LIMIT $7""",
        division,
        owner,
        period,
        missing,
        date.fromisoformat(due_on) if due_on else None,
        expectation_id,
        limit,
    )
    return [EXPECTATIONS.from_record(row) for row in rows]


async def report_cards(conn: Any, month: str, division: str, first: date, last: date, reader: str) -> list[ReportCard]:
    """The cards of a month, of the counties that begin with `division`, one for each agency of which there is anything to say.
    `reader`: the agency that asks."""
    return [ReportCard(**row) for row in await conn.fetch(_CARDS, month, division, first, last, reader)]
