"""Notices and reminders as they stood at an instant, folded again from their events: a past month is reported as it was. SELECTs, folds.

Row security confines the notices, and what a caller does not see is not folded. Nothing here depends on when it is asked, but for
offices' divisions and names, which are those of the rows.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.domain.divisions import inside
from services.domain.months import add_months, month_of
from services.kernel.events import Recorded
from services.kernel.period import Period
from services.kernel.projection import fold_into
from services.notifications.notice.projection import NOTICES, NoticeRow
from services.notifications.reminder.events import ReminderMissed
from services.notifications.reminder.projection import REMINDERS, ReminderRow
from services.notifications.report.projection import ARRIVALS, COMPARISONS, HELD, Compared, ComparisonRow, Lists
from services.notifications.report.reminder_figures import Reminded
from services.notifications.report.tally import Standing

BATCH = 500
# Every notice of a matter of which something is open, or happened since $2: whoever reports a matter knows all of it.
_LIVE = """
WITH moved AS MATERIALIZED (SELECT DISTINCT stream_id FROM events WHERE occurred_at >= $2),
live AS MATERIALIZED (SELECT DISTINCT cause_id FROM views.notice n
    WHERE starts_with(division, $1) AND (waiting OR EXISTS (SELECT FROM moved m WHERE m.stream_id = n.notice_id)))
SELECT notice_id FROM views.notice JOIN live USING (cause_id)
WHERE starts_with(division, $1) AND queued_at < $3 ORDER BY notice_id"""
# Those here now, and those that were moved since the month began: whoever left is not seen any more, and counts where it was.
_REMINDED = """
SELECT reminder_id FROM views.reminder WHERE starts_with(division, $1) AND (valid_to BETWEEN $2 AND $3
    OR reminder_id IN (SELECT stream_id FROM events WHERE category = 'reminder' AND occurred_at >= $4 AND occurred_at < $6))
UNION SELECT stream_id FROM events WHERE type = 'ReminderMoved' AND occurred_at >= $5 ORDER BY 1"""
_PAST = "SELECT * FROM events WHERE stream_id = ANY($1::uuid[]) AND occurred_at < $2 ORDER BY stream_id, version"


async def standing(conn: Any, store: Any, division: str, since: datetime, before: datetime, until: datetime) -> Standing:
    """Notices of a division's offices at `before` and at `until`; those whose matter was over before `since` are left out."""
    ids = [row["notice_id"] for row in await conn.fetch(_LIVE, division, since, until)]
    then: dict[Any, NoticeRow | None] = {}
    now: dict[Any, NoticeRow | None] = {}
    async for recorded in _past(conn, store, ids, until):
        fold_into(NOTICES, now, recorded)
        if recorded.occurred_at < before:
            fold_into(NOTICES, then, recorded)
    return Standing([r for r in then.values() if r is not None], [r for r in now.values() if r is not None])


async def reminded(conn: Any, store: Any, division: str, within: Period) -> Reminded:
    """Reminders of a division's cards as the month before ended and as this one did: those due in the two months, and those to which
    something happened in them. A card counts where it was then: this query filters in code (DECISIONS D24)."""
    before = within.before
    ids = await conn.fetch(_REMINDED, division, before.first, within.last, before.begins, within.begins, within.until)
    then: dict[Any, ReminderRow | None] = {}
    now: dict[Any, ReminderRow | None] = {}
    missed: dict[UUID, date] = {}
    async for recorded in _past(conn, store, [row["reminder_id"] for row in ids], within.until):
        fold_into(REMINDERS, now, recorded)
        if recorded.occurred_at < within.begins:
            fold_into(REMINDERS, then, recorded)
        if isinstance(recorded.event, ReminderMissed):
            missed[recorded.stream_id] = recorded.event.missed_on
    then_here, now_here = ([r for r in rows.values() if r and inside(r.division, division)] for rows in (then, now))
    return Reminded(then_here, now_here, missed)


async def _past(conn: Any, store: Any, ids: Sequence[UUID], until: datetime) -> AsyncIterator[Recorded]:
    """The events of these streams before an instant, stream by stream, in order."""
    for start in range(0, len(ids), BATCH):
        for record in await conn.fetch(_PAST, ids[start : start + BATCH], until):
            yield store.recorded(record)


async def lists(conn: Any, division: str, first: date, last: date) -> Lists:
    """The lists that came in for a division from `first` to `last`, oldest first, without those that had been taken back by then; where they
    were compared in that time, and what each rule had last said by then of the month before."""
    came = await conn.fetch(
        """SELECT roster_id, division, kind, arrived_on, confirmed_on, withdrawn_on,
               CASE WHEN refused = $4 AND confirmed_on <= $3 THEN NULL ELSE refused END AS refused
           FROM views.arrival WHERE arrived_on BETWEEN $2 AND $3 AND starts_with(division, $1)
           AND coalesce(withdrawn_on > $3, true) ORDER BY arrived_on, roster_id""",
        division,
        first,
        last,
        HELD,
    )
    ran = await conn.fetch(
        """SELECT division, kind, ran_on, bool_or(lacking = '[]') AS whole FROM views.comparison, jsonb_array_elements_text(lists) AS kind
           WHERE ran_on BETWEEN $2 AND $3 AND starts_with(division, $1) GROUP BY division, kind, ran_on""",
        division,
        first,
        last,
    )
    said = await last_said(conn, division, month_of(add_months(last, -1)), last)
    return Lists(tuple(map(ARRIVALS.from_record, came)), tuple(Compared(**row) for row in ran), tuple(said))


async def last_said(conn: Any, division: str, month: str, day: date) -> list[ComparisonRow]:
    """What each rule had said last of a month of the division's counties by the end of a day."""
    rows = await conn.fetch(
        """SELECT DISTINCT ON (comparison_id) * FROM views.comparison
           WHERE period = $2 AND ran_on <= $3 AND starts_with(division, $1) ORDER BY comparison_id, version DESC""",
        division,
        month,
        day,
    )
    return [COMPARISONS.from_record(row) for row in rows]
