"""SELECTs over notices. Row security confines them to the caller's division and agency; nothing here filters for safety."""

from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.projection import Projection
from services.notifications.notice.projection import NOTICES, NoticeRow, NoticeState
from services.notifications.vocabulary import NoticeSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxNotice(NoticeRow):
    """A notice in an inbox; `seq` is its place in the order of publishing."""

    seq: int


_INBOX: Projection[Any] = replace(NOTICES, row=InboxNotice)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which notices are asked for; None and "" = all. `subject_within`: a division prefix; `overdue_on`: those whose time had run out;
    `file_number`: that of the subject."""

    state: NoticeState | None = None
    subject_id: UUID | None = None
    subject_within: str = ""
    severity: NoticeSeverity | None = None
    overdue_on: date | None = None
    file_number: str | None = None


# The WHERE of a Filter, whose fields are the first arguments.
FILTERED = """($1::text IS NULL OR n.state = $1) AND ($2::uuid IS NULL OR n.subject_id = $2) AND starts_with(n.subject_division, $3)
    AND ($4::text IS NULL OR n.severity = $4) AND ($5::date IS NULL OR (n.waiting AND n.next_by < $5))
    AND ($6::text IS NULL OR n.file_number = $6)"""


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
            JOIN feed f USING (position) WHERE {FILTERED} AND f.seq > $7 ORDER BY f.seq LIMIT $8""",  # noqa: S608
        *astuple(wanted),
        after or 0,
        limit,
    )
    return [_INBOX.from_record(r) for r in rows]


async def notice(conn: Any, notice_id: UUID) -> NoticeRow | None:
    """One notice, or None."""
    return await NOTICES.one(conn, notice_id)


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
