"""SELECTs over notices. Row security confines them to the caller's division and agency; nothing here filters for safety."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.project import Projection
from services.notifications.projections import NOTICES, NoticeRow, NoticeState


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxNotice(NoticeRow):
    """A notice in an inbox; `seq` is its place in the order of publishing."""

    seq: int


_INBOX: Projection[Any] = replace(NOTICES, row=InboxNotice)


@dataclass(frozen=True, slots=True)
class InboxCount:
    """How many notices are in a state."""

    state: NoticeState
    count: int


@dataclass(frozen=True, slots=True)
class AgencyCount:
    """What became of an agency's notices. `escalated` were not acknowledged in time, whoever acknowledged later."""

    agency: str
    queued: int
    sent: int
    acknowledged: int
    escalated: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class ReminderCount:
    """Renewal reminders by window: certificates due, reminders sent, certificates where somebody acknowledged, escalated."""

    window: str
    due: int
    sent: int
    acknowledged: int
    escalated: int
    withdrawn: int


async def inbox(conn: Any, state: NoticeState | None, subject_id: UUID | None, after: int | None, limit: int) -> list[InboxNotice]:
    """Notices of the caller's office in the order in which they were published.

    Not in the order of their times: of two transactions the one with the earlier time may commit later, and an office that has read
    on would never see its notice.
    """
    rows = await conn.fetch(
        """SELECT f.seq, n.* FROM views.notice n JOIN events e ON e.stream_id = n.notice_id AND e.version = 1 JOIN feed f USING (position)
           WHERE ($1::text IS NULL OR n.state = $1) AND ($2::uuid IS NULL OR n.subject_id = $2) AND f.seq > $3
           ORDER BY f.seq LIMIT $4""",
        state,
        subject_id,
        after or 0,
        limit,
    )
    return [_INBOX.from_record(r) for r in rows]


async def notice(conn: Any, notice_id: UUID) -> NoticeRow | None:
    """One notice, or None."""
    row = await conn.fetchrow("SELECT * FROM views.notice WHERE notice_id = $1", notice_id)
    return NOTICES.from_record(row) if row else None


async def inbox_counts(conn: Any) -> list[InboxCount]:
    """The caller's notices by state."""
    rows = await conn.fetch("SELECT state, count(*) AS n FROM views.notice GROUP BY state ORDER BY state")
    return [InboxCount(NoticeState(r["state"]), r["n"]) for r in rows]


async def agency_counts(conn: Any, division: str) -> list[AgencyCount]:
    """By agency, for operators: counts only."""
    rows = await conn.fetch(
        """SELECT agency, count(*) AS queued, count(*) FILTER (WHERE sent <> '[]') AS sent,
               count(*) FILTER (WHERE state = 'ACKNOWLEDGED') AS acknowledged,
               count(*) FILTER (WHERE escalated_to IS NOT NULL) AS escalated,
               count(*) FILTER (WHERE state = 'SUPPRESSED') AS suppressed
           FROM views.notice WHERE starts_with(division, $1) GROUP BY agency ORDER BY agency""",
        division,
    )
    return [AgencyCount(*r) for r in rows]


async def reminder_counts(conn: Any, division: str) -> list[ReminderCount]:
    """The reminder ledger in numbers: one line per window, one count per certificate and validity period."""
    rows = await conn.fetch(
        """SELECT reminder, count(*) AS due, sum(sent)::bigint AS sent, count(*) FILTER (WHERE acknowledged) AS acknowledged,
               count(*) FILTER (WHERE escalated) AS escalated, count(*) FILTER (WHERE withdrawn) AS withdrawn
           FROM (SELECT reminder, cause_id, count(*) FILTER (WHERE sent <> '[]') AS sent, bool_or(state = 'ACKNOWLEDGED') AS acknowledged,
                     bool_or(escalated_to IS NOT NULL) AS escalated, bool_or(state = 'SUPPRESSED') AS withdrawn
                 FROM views.notice WHERE reminder IS NOT NULL AND starts_with(subject_division, $1) GROUP BY reminder, cause_id) r
           GROUP BY reminder ORDER BY reminder""",
        division,
    )
    return [ReminderCount(*r) for r in rows]


async def over(conn: Any, caused: Sequence[Recorded]) -> list[bool]:
    """For each event: whether what it says was over already when it came (both in one batch, or late); one round trip for all."""
    rows = await conn.fetch(
        """SELECT o.over_at IS NOT NULL AS over FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, version, n)
           LEFT JOIN views.over o ON o.subject_id = u.subject_id AND o.over_at > u.version ORDER BY u.n""",
        [r.stream_id for r in caused], [r.version for r in caused],
    )  # fmt: skip
    return [r["over"] for r in rows]


async def open_about(conn: Any, ended: Sequence[Recorded]) -> list[list[UUID]]:
    """For each event: the open notices of what its stream said before; one round trip for all."""
    rows = await conn.fetch(
        """SELECT u.n, array_agg(notice_id ORDER BY notice_id) AS ids
           FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(subject_id, version, n) JOIN views.notice v USING (subject_id)
           WHERE v.cause_version < u.version AND v.state IN ('QUEUED', 'SENT', 'FAILED') GROUP BY u.n""",
        [r.stream_id for r in ended], [r.version for r in ended],
    )  # fmt: skip
    found = {r["n"]: list(r["ids"]) for r in rows}
    return [found.get(n, []) for n in range(1, len(ended) + 1)]


async def still_true(conn: Any, escalated: Sequence[Recorded]) -> list[NoticeRow | None]:
    """For each event: the row of its notice, or None when what it says is over; one round trip for all."""
    rows = await conn.fetch(
        """SELECT v.* FROM views.notice v LEFT JOIN views.over o ON o.subject_id = v.subject_id AND o.over_at > v.cause_version
           WHERE v.notice_id = ANY($1::uuid[]) AND v.state <> 'SUPPRESSED' AND o.subject_id IS NULL""",
        [r.stream_id for r in escalated],
    )
    found = {r["notice_id"]: NOTICES.from_record(r) for r in rows}
    return [found.get(r.stream_id) for r in escalated]
