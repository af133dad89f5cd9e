"""Notices as they stood at an instant: folded again from their events, so that a past month is reported as it was. SELECTs and a fold.

Row security confines the notices, and what a caller does not see is not folded. Nothing here depends on when it is asked, but for
offices' divisions and names, which are those of the rows.
"""

from datetime import date, datetime
from typing import Any

from services.kernel.project import fold_into
from services.notifications.arrivals import ARRIVALS
from services.notifications.projections import NOTICES
from services.notifications.rows import ArrivalRow, NoticeRow
from services.notifications.tallying import Standing

BATCH = 500
# Every notice of a matter of which something is open, or happened since $2: whoever reports a matter knows all of it.
_LIVE = """
WITH moved AS MATERIALIZED (SELECT DISTINCT stream_id FROM events WHERE occurred_at >= $2),
live AS MATERIALIZED (SELECT DISTINCT cause_id FROM views.notice n
    WHERE starts_with(division, $1) AND (waiting OR EXISTS (SELECT FROM moved m WHERE m.stream_id = n.notice_id)))
SELECT notice_id FROM views.notice JOIN live USING (cause_id)
WHERE starts_with(division, $1) AND queued_at < $3 ORDER BY notice_id"""
_PAST = "SELECT * FROM events WHERE stream_id = ANY($1::uuid[]) AND occurred_at < $2 ORDER BY stream_id, version"


async def standing(conn: Any, store: Any, division: str, since: datetime, before: datetime, until: datetime) -> Standing:
    """Notices of a division's offices at `before` and at `until`; those whose matter was over before `since` are left out."""
    ids = [row["notice_id"] for row in await conn.fetch(_LIVE, division, since, until)]
    then: dict[Any, NoticeRow | None] = {}
    now: dict[Any, NoticeRow | None] = {}
    for start in range(0, len(ids), BATCH):
        for record in await conn.fetch(_PAST, ids[start : start + BATCH], until):
            recorded = store.recorded(record)
            fold_into(NOTICES, now, recorded)
            if recorded.occurred_at < before:
                fold_into(NOTICES, then, recorded)
    return Standing([r for r in then.values() if r is not None], [r for r in now.values() if r is not None])


async def arrivals(conn: Any, division: str, first: date, last: date) -> list[ArrivalRow]:
    """The lists that came in for a division from `first` to `last`, oldest first."""
    rows = await conn.fetch(
        """SELECT * FROM views.arrival WHERE arrived_on BETWEEN $2 AND $3 AND starts_with(division, $1)
           ORDER BY arrived_on, roster_id""",
        division, first, last,
    )  # fmt: skip
    return [ARRIVALS.from_record(r) for r in rows]
