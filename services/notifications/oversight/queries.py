"""What the working committee's office and the heads of agencies see: every agency's notices without persons, and boards of a month.

SELECTs under row security by division. The restriction to one's own agency is lifted by the endpoint, which checks whose right that is.
"""

from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from services.domain.months import month_after
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.notifications.notice.facts import by_name
from services.notifications.notice.projection import NoticeState
from services.notifications.notice.queries import FILTERED, Filter
from services.notifications.policy.load import NoticePolicy
from services.notifications.vocabulary import NoticeSeverity


@dataclass(frozen=True, slots=True)
class OverseenNotice:
    """A notice of any agency, without the person. `seq` is its place in the order of publishing."""

    seq: int
    notice_id: UUID
    division: str
    agency: str
    route: str
    cause_type: str
    subject_id: UUID
    file_number: str
    subject_division: str
    severity: NoticeSeverity
    text: str
    stage: int
    state: NoticeState
    waiting: bool
    next_by: date | None
    reminded: int
    acknowledged_on: date | None
    accepted_on: date | None
    acted_on: date | None
    outcome: str | None
    rejected_for: str | None
    escalated_to: str | None
    lead: str | None
    answer: str | None
    trail: tuple[str, ...]


_OVERSEEN: Projection[OverseenNotice] = Projection("notice", OverseenNotice, ("notice_id",), {}, lambda *_: None)
_COLUMNS = ", ".join(f"n.{f.name}" for f in fields(OverseenNotice) if f.name != "seq")


async def overseen(conn: Any, wanted: Filter, agency: str | None, after: int | None, limit: int) -> list[OverseenNotice]:
    """Notices of every agency of the division, in the order of publishing."""
    rows = await conn.fetch(
        f"""SELECT f.seq, {_COLUMNS} FROM views.notice n JOIN events e ON e.stream_id = n.notice_id AND e.version = 1
            JOIN feed f USING (position) WHERE {FILTERED} AND ($7::text IS NULL OR n.agency = $7) AND f.seq > $8
            ORDER BY f.seq LIMIT $9""",  # noqa: S608
        *astuple(wanted),
        agency,
        after or 0,
        limit,
    )
    return [_OVERSEEN.from_record(r) for r in rows]


@dataclass(frozen=True, slots=True)
class Board:
    """What an agency was told in a month and what became of it. Medians are calendar days; None = nothing to count.

    `open`: something is asked of it; `overdue`: and the time has run out. `reminders`: by stage, "stage:reminders".
    """

    agency: str
    name: str
    told: int
    open: int
    overdue: int
    acknowledged: int
    accepted: int
    acted: int
    verified: int
    sent_back: int
    escalated: int
    days_to_note: int | None
    days_to_act: int | None
    reminders: tuple[str, ...]


_BOARD = """
WITH told AS (SELECT n.*, (n.queued_at AT TIME ZONE 'Asia/Shanghai')::date AS queued_on FROM views.notice n
    WHERE n.queued_at >= $1::date::timestamp AT TIME ZONE 'Asia/Shanghai' AND n.queued_at < $2::date::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND starts_with(n.division, $3)),
reminders AS (SELECT agency, jsonb_agg(stage || ':' || n ORDER BY stage) AS by_stage
    FROM (SELECT agency, stage, sum(reminded) AS n FROM told GROUP BY agency, stage HAVING sum(reminded) > 0) r GROUP BY agency)
SELECT t.agency, count(*) AS told, count(*) FILTER (WHERE waiting) AS open,
    count(*) FILTER (WHERE waiting AND next_by < $4) AS overdue, count(acknowledged_on) AS acknowledged, count(accepted_on) AS accepted,
    count(acted_on) AS acted, count(*) FILTER (WHERE state = 'VERIFIED') AS verified,
    count(*) FILTER (WHERE state = 'REJECTED') AS sent_back, count(escalated_to) AS escalated,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY acknowledged_on - queued_on) AS days_to_note,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY acted_on - queued_on) AS days_to_act,
    coalesce(min(r.by_stage::text), '[]') AS reminders
FROM told t LEFT JOIN reminders r ON r.agency = t.agency GROUP BY t.agency ORDER BY t.agency"""
_BOARDS: Projection[Board] = Projection("notice", Board, ("agency",), {}, lambda *_: None)


async def boards(conn: Any, month: date, division: str, today: date, policy: NoticePolicy) -> list[Board]:
    """One line per agency for what was told in the month that begins on `month`, inside the division."""
    rows = await conn.fetch(_BOARD, month, month_after(month), division, today)
    return [_BOARDS.from_record({**r, "name": policy.agencies.name(r["agency"], today)}) for r in rows]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an office was told: the row as it was then, what the event said, the text, and the chain."""

    notice_id: UUID
    row: str
    row_since: date | None
    row_until: date | None
    row_source: str
    policy_version: str
    cause_type: str
    cause_id: UUID
    facts: tuple[str, ...]
    rung: str | None  # of a reminder's ladder
    severity: NoticeSeverity
    template: str
    acknowledge_by: date
    accept_days: int
    act_days: int
    remind_days: tuple[int, ...]
    channels: tuple[str, ...]
    sender: str | None
    trail: tuple[str, ...]
    chain: tuple[str, ...]


def explained(first: Recorded) -> Explanation:
    """The explanation in a notice's first event; nothing is looked up in the rows of today."""
    event = first.event
    return Explanation(
        notice_id=first.stream_id,
        row=event.route,
        row_since=event.row_since,
        row_until=event.row_until,
        row_source=event.row_source,
        policy_version=first.policy_version,
        cause_type=event.cause_type,
        cause_id=event.cause_id,
        facts=event.facts,
        rung=by_name(event.facts).get("rung"),
        severity=event.severity,
        template=event.template,
        acknowledge_by=event.acknowledge_by,
        accept_days=event.accept_days,
        act_days=event.act_days,
        remind_days=event.remind_days,
        channels=tuple(channel.value for channel in event.channels),
        sender=event.sender,
        trail=event.trail,
        chain=event.chain,
    )
