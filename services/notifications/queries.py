"""SELECTs over notices. Row security confines them to the caller's division and agency; nothing here filters for safety."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.notifications.following import Matter, Past
from services.notifications.projections import NOTICES
from services.notifications.rows import NoticeRow, NoticeState, SettlingRow
from services.notifications.terms import NoticeSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxNotice(NoticeRow):
    """A notice in an inbox; `seq` is its place in the order of publishing."""

    seq: int


Row = TypeVar("Row")
_INBOX: Projection[Any] = replace(NOTICES, row=InboxNotice)
_SETTLING: Projection[SettlingRow] = Projection("settling", SettlingRow, ("event_id",), {}, lambda *_: None)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which notices are asked for; None and "" = all. `subject_within`: a division prefix; `overdue_on`: those whose time had run out."""

    state: NoticeState | None = None
    subject_id: UUID | None = None
    subject_within: str = ""
    severity: NoticeSeverity | None = None
    overdue_on: date | None = None


# The WHERE of a Filter, whose fields are the first arguments.
FILTERED = """($1::text IS NULL OR n.state = $1) AND ($2::uuid IS NULL OR n.subject_id = $2) AND starts_with(n.subject_division, $3)
    AND ($4::text IS NULL OR n.severity = $4) AND ($5::date IS NULL OR (n.waiting AND n.next_by < $5))"""


@dataclass(frozen=True, slots=True)
class InboxCount:
    """How many notices are in a state, and of how many of them the time has run out."""

    state: NoticeState
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class AgencyCount:
    """What became of an agency's notices. `escalated` were not acknowledged in time, whoever acknowledged later."""

    agency: str
    queued: int
    sent: int
    acknowledged: int
    escalated: int
    suppressed: int


async def inbox(conn: Any, wanted: Filter, after: int | None, limit: int) -> list[InboxNotice]:
    """Notices of the caller's office in the order in which they were published.

    Not in the order of their times: of two transactions the one with the earlier time may commit later, and an office that has read
    on would never see its notice.
    """
    rows = await conn.fetch(
        f"""SELECT f.seq, n.* FROM views.notice n JOIN events e ON e.stream_id = n.notice_id AND e.version = 1
            JOIN feed f USING (position) WHERE {FILTERED} AND f.seq > $6 ORDER BY f.seq LIMIT $7""",  # noqa: S608
        *astuple(wanted),
        after or 0,
        limit,
    )
    return [_INBOX.from_record(r) for r in rows]


async def notice(conn: Any, notice_id: UUID) -> NoticeRow | None:
    """One notice, or None."""
    row = await conn.fetchrow("SELECT * FROM views.notice WHERE notice_id = $1", notice_id)
    return NOTICES.from_record(row) if row else None


async def inbox_counts(conn: Any, today: date) -> list[InboxCount]:
    """The caller's notices by state."""
    rows = await conn.fetch(
        """SELECT state, count(*) AS n, count(*) FILTER (WHERE waiting AND next_by < $1) AS overdue
           FROM views.notice GROUP BY state ORDER BY state""",
        today,
    )
    return [InboxCount(NoticeState(r["state"]), r["n"], r["overdue"]) for r in rows]


async def agency_counts(conn: Any, division: str) -> list[AgencyCount]:
    """By agency, for operators: counts only."""
    rows = await conn.fetch(
        """SELECT agency, count(*) AS queued, count(*) FILTER (WHERE sent <> '[]') AS sent,
               count(*) FILTER (WHERE acknowledged_on IS NOT NULL) AS acknowledged,
               count(*) FILTER (WHERE escalated_to IS NOT NULL) AS escalated,
               count(*) FILTER (WHERE state = 'SUPPRESSED') AS suppressed
           FROM views.notice WHERE starts_with(division, $1) GROUP BY agency ORDER BY agency""",
        division,
    )
    return [AgencyCount(*r) for r in rows]


async def past(conn: Any, caused: Sequence[Recorded]) -> list[Past]:
    """For each event: whether what it says was over already when it came (both in one batch, or late), and what may have settled it."""
    rows = await conn.fetch(
        """SELECT o.over_at IS NOT NULL AS over FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, version, n)
           LEFT JOIN views.over o ON o.subject_id = u.subject_id AND o.over_at > u.version ORDER BY u.n""",
        [r.stream_id for r in caused],
        [r.version for r in caused],
    )
    later = await _later(conn, [(r.stream_id, r.version) for r in caused])
    return [Past(row["over"], found) for row, found in zip(rows, later, strict=True)]


async def _later(conn: Any, subjects: Sequence[tuple[UUID, int]]) -> list[tuple[SettlingRow, ...]]:
    """For each subject: the events after that version which may settle something, in order."""
    if not subjects:
        return []
    rows = await conn.fetch(
        """SELECT u.n, s.* FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, version, n)
           JOIN views.settling s ON s.subject_id = u.subject_id AND s.at_version > u.version ORDER BY u.n, s.at_version""",
        [subject for subject, _ in subjects],
        [version for _, version in subjects],
    )
    return [tuple(found) for found in by_number(rows, _SETTLING, len(subjects))]


def by_number(rows: Sequence[Any], projection: Projection[Row], count: int) -> list[list[Row]]:
    """The rows of each of `count` things asked about in one round trip; a record's `n` says which, from 1."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["n"], []).append(projection.from_record(row))
    return [found.get(n, []) for n in range(1, count + 1)]


async def open_about(conn: Any, ended: Sequence[Recorded]) -> list[list[UUID]]:
    """For each event: the open notices of what its stream said before; one round trip for all."""
    return [[row.notice_id for row in rows] for rows in await about(conn, ended)]


async def about(conn: Any, happened: Sequence[Recorded]) -> list[list[NoticeRow]]:
    """For each event: the notices of what its stream said before that nothing has closed yet; one round trip for all."""
    rows = await conn.fetch(
        """SELECT u.n, v.* FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, seen, n)
           JOIN views.notice v USING (subject_id) WHERE v.cause_version < u.seen AND (v.waiting OR v.state = 'ACTED')
           ORDER BY u.n, v.notice_id""",
        [r.stream_id for r in happened],
        [r.version for r in happened],
    )
    return by_number(rows, NOTICES, len(happened))


async def matters(conn: Any, said: Sequence[Recorded]) -> list[Matter | None]:
    """For each event of a notice: its row with what may have settled it, or None when what it says is over or was withdrawn."""
    rows = await conn.fetch(
        """SELECT v.* FROM views.notice v LEFT JOIN views.over o ON o.subject_id = v.subject_id AND o.over_at > v.cause_version
           WHERE v.notice_id = ANY($1::uuid[]) AND v.state NOT IN ('SUPPRESSED', 'VERIFIED') AND o.subject_id IS NULL""",
        [r.stream_id for r in said],
    )
    found = [NOTICES.from_record(r) for r in rows]
    later = await _later(conn, [(row.subject_id, row.cause_version) for row in found])
    known = {row.notice_id: Matter(row, events) for row, events in zip(found, later, strict=True)}
    return [known.get(r.stream_id) for r in said]


async def same_matter(conn: Any, acted: Sequence[Recorded]) -> list[list[NoticeRow]]:
    """For each event of a notice: every notice that came of the same cause by the same row; one round trip for all."""
    rows = await conn.fetch(
        """SELECT m.notice_id AS acted, v.* FROM views.notice m JOIN views.notice v USING (cause_id, route)
           WHERE m.notice_id = ANY($1::uuid[]) ORDER BY v.notice_id""",
        [r.stream_id for r in acted],
    )
    found: dict[UUID, list[NoticeRow]] = {}
    for row in rows:
        found.setdefault(row["acted"], []).append(NOTICES.from_record(row))
    return [found.get(r.stream_id, []) for r in acted]
