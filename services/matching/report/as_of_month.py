"""Findings, lists and comparisons as they stood at an instant: a past month is reported as it was. SELECTs, folds.

A finding of which nothing was said since then is its row of today; the others are folded again from their events, as lists, what was
expected of them and comparisons are. The log knows no row security: what is read of it is confined here to the division that is reported.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from services.domain.divisions import inside
from services.domain.months import add_months, month_of
from services.kernel.events import Recorded
from services.kernel.period import Period
from services.kernel.projection import fold_into
from services.matching.comparison.projection import COMPARISONS, ComparisonRow
from services.matching.expectation.projection import EXPECTATIONS, ExpectationRow
from services.matching.finding.projection import FINDINGS, FindingRow
from services.matching.roster.projection import ROSTERS, RosterRow
from services.matching.vocabulary import Finding, FindingState, Refutation, Settled

BATCH = 500
_SAID_SINCE = "SELECT DISTINCT stream_id FROM events WHERE category = 'finding' AND occurred_at >= $1"
_SAID_WITHIN = """SELECT DISTINCT stream_id FROM events WHERE category = 'roster' AND starts_with(division, $1)
    AND occurred_at >= $2 AND occurred_at < $3 ORDER BY stream_id"""
_PAST = "SELECT * FROM events WHERE stream_id = ANY($1::uuid[]) AND occurred_at < $2 ORDER BY stream_id, version"
_LAST = """SELECT DISTINCT ON (stream_id) * FROM events WHERE stream_id = ANY($1::uuid[]) AND occurred_at < $2
    ORDER BY stream_id, version DESC"""


@dataclass(frozen=True, slots=True)
class Stood:
    """What a report asks of a finding as it stood: fields of its row."""

    finding_id: UUID
    division: str
    rule: str
    title: str
    finding: Finding
    owner: str
    state: FindingState
    overdue: bool
    opened_on: date
    verified_on: date | None
    refutation: Refutation | None
    settled: Settled | None
    closed_on: date | None


_FIELDS = tuple(field.name for field in fields(Stood))
# Those that a report of the month, or of the one before, counts: open ones, those that began or ended since, and what was decided ever.
_STILL = f"""SELECT {", ".join(_FIELDS)} FROM views.finding WHERE starts_with(division, $1)
    AND NOT EXISTS (SELECT FROM unnest($2::uuid[]) said(id) WHERE said.id = finding_id)
    AND (state = 'OPEN' OR opened_on >= $3 OR closed_on >= $3 OR verified_on IS NOT NULL OR refutation IS NOT NULL
        OR settled = 'FACT_ARRIVED')"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of a division at the end of the month before, and at that of what is reported."""

    before: Sequence[Stood] = ()
    now: Sequence[Stood] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists that came in the month, those that were due in it, and what each rule had said last of the month before, whose lists they
    are."""

    came: Sequence[RosterRow] = ()
    due: Sequence[ExpectationRow] = ()
    said: Sequence[ComparisonRow] = ()


def stood(row: FindingRow) -> Stood:
    """A finding's row as a report asks it."""
    return Stood(**{name: getattr(row, name) for name in _FIELDS})


async def findings(conn: Any, store: Any, division: str, within: Period) -> Findings:
    """The findings of a division. One counts where it was then, whoever it is about has moved since: this query filters in code (DECISIONS
    D24)."""
    touched = [row["stream_id"] for row in await conn.fetch(_SAID_SINCE, within.begins)]
    still = [_still(row) for row in await conn.fetch(_STILL, division, touched, within.before.first)]
    then: dict[Any, FindingRow | None] = {}
    now: dict[Any, FindingRow | None] = {}
    async for recorded in _past(conn, store, touched, within):
        fold_into(FINDINGS, now, recorded)
        if recorded.occurred_at < within.begins:
            fold_into(FINDINGS, then, recorded)
    before, after = ([stood(row) for row in rows.values() if row and inside(row.division, division)] for rows in (then, now))
    return Findings([*still, *before], [*still, *after])


def _still(record: Any) -> Stood:
    """A record as a value."""
    row = dict(record)
    row |= {"finding": Finding(row["finding"]), "state": FindingState(row["state"])}
    row["refutation"] = Refutation(row["refutation"]) if row["refutation"] else None
    row["settled"] = Settled(row["settled"]) if row["settled"] else None
    return Stood(**row)


async def lists(conn: Any, store: Any, division: str, within: Period) -> Lists:
    """The lists of a division's counties, and what was said of the month whose lists they are."""
    rosters: dict[Any, RosterRow | None] = {}
    expected: dict[Any, ExpectationRow | None] = {}
    said: dict[Any, ComparisonRow | None] = {}
    came = await conn.fetch(_SAID_WITHIN, division, within.begins, within.until)
    async for recorded in _past(conn, store, _ids(came), within):
        fold_into(ROSTERS, rosters, recorded)
    due = await conn.fetch(
        "SELECT expectation_id FROM views.expectation WHERE starts_with(division, $1) AND due_on BETWEEN $2 AND $3",
        division,
        within.first,
        within.last,
    )
    async for recorded in _past(conn, store, _ids(due), within):
        fold_into(EXPECTATIONS, expected, recorded)
    streams = await conn.fetch(
        "SELECT comparison_id FROM views.comparison WHERE period = $2 AND starts_with(division, $1)",
        division,
        month_of(add_months(within.first, -1)),
    )
    for record in await conn.fetch(_LAST, _ids(streams), within.until):
        fold_into(COMPARISONS, said, store.recorded(record))
    return Lists(
        [row for row in _there(rosters) if within.holds(row.received_on)],
        _there(expected),
        sorted(_there(said), key=lambda row: (row.division, row.rule)),
    )


def _there(rows: dict[Any, Any]) -> list[Any]:
    return [row for row in rows.values() if row is not None]


def _ids(records: Iterable[Any]) -> list[UUID]:
    return [record[0] for record in records]


async def _past(conn: Any, store: Any, ids: Sequence[UUID], within: Period) -> AsyncIterator[Recorded]:
    """The events of these streams before the end of what is reported, stream by stream, in order."""
    for start in range(0, len(ids), BATCH):
        for record in await conn.fetch(_PAST, ids[start : start + BATCH], within.until):
            yield store.recorded(record)
