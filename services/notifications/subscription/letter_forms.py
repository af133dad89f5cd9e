"""What a letter says by its channel: notices in full, with links where an office reads them, a day for a bureau, counts for a group.

`letter.composed` is the plain form. Here stand the others, and what they need from the read models at the moment of sending. A text
carries no link: texts with links are what frauds look like. Groups get no word and no link from any notice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.notifications.channels.bundle import DAY, Case, Day
from services.notifications.channels.letter import Letter
from services.notifications.delivery.letter import Group, composed
from services.notifications.delivery.source import Content
from services.notifications.notice.escalation_chain import trail_in_words
from services.notifications.vocabulary import Channel

# `new`: of what this letter is about, what nobody has taken note of and was not told for being reminded of.
_WORKLOAD = """
SELECT count(*) FILTER (WHERE acknowledged_on IS NULL AND EXISTS (
        SELECT FROM events e WHERE e.event_id = ANY($3::uuid[]) AND e.stream_id = n.notice_id AND e.version = 1)) AS new,
    count(*) AS open, count(*) FILTER (WHERE next_by BETWEEN $4 AND $5) AS due_soon,
    count(*) FILTER (WHERE next_by < $4) AS overdue, count(*) FILTER (WHERE escalated_to IS NOT NULL) AS escalated
FROM views.notice n WHERE waiting AND agency = $1 AND division = $2"""
_DAY = """
SELECT f.seq, n.subject_id, n.route, n.cause_type, n.acknowledge_by
FROM events e JOIN feed f USING (position) JOIN views.notice n ON n.notice_id = e.stream_id
WHERE e.event_id = ANY($1::uuid[]) ORDER BY f.seq"""


async def compose(runtime: Runtime, conn: Any, channel: Channel, group: Group, contents: Sequence[Content]) -> Letter:
    """The letter of deliveries that go out together. One conversation with the database at most; nothing is written."""
    match channel:
        case Channel.MAIL:
            return composed(group, _apart([_with_link(_with_trail(c, runtime)) for c in contents]))
        case Channel.WEBHOOK:
            return composed(group, [replace(c, item={**c.item, "link": c.link}) if c.link else c for c in contents])
        case Channel.DROP:
            rows = await conn.fetch(_DAY, [d.cause_id for d in group.parts])
            return _bare(composed(group, contents), DAY.dump_python(day(rows, today(runtime.clock))))
        case Channel.WECOM | Channel.DINGTALK:
            return _bare(composed(group, contents), await _workload(runtime, conn, group))
    return composed(group, contents)


def _with_trail(content: Content, runtime: Runtime) -> Content:
    """A text names the office before it; a mail has room for all of them."""
    if not (trail := content.item["trail"]):
        return content
    trail_text = trail_in_words(trail, today(runtime.clock), runtime.service.policy)
    return replace(content, text=f"{content.text}\n经过：{trail_text}。")


def _with_link(content: Content) -> Content:
    return replace(content, text=f"{content.text}\n签收：{content.link}") if content.link else content


def _apart(contents: list[Content]) -> list[Content]:
    """Several notices of one mail, numbered and with a line between them."""
    if len(contents) == 1:
        return contents
    return [replace(content, text=f"{number}. {content.text}\n") for number, content in enumerate(contents, 1)]


def _bare(letter: Letter, data: dict[str, Any]) -> Letter:
    """The letter with this data and without a word of its notices."""
    return replace(letter, subject="", text="", data=data)


def day(rows: Sequence[Any], on: date) -> Day:
    """The matters of a day: one line per subject and route, in the order in which they were first told.

    `rows`: seq in the order of publishing, subject, route, event, and the day by which note is to be taken. A sample has none.
    """
    lines: dict[Any, Case] = {}
    for row in rows:
        key, due = (row["subject_id"], row["route"], row["cause_type"]), row["acknowledge_by"]
        known = lines.get(key)
        lines[key] = Case(*key, min(due, known.due_on), known.count + 1) if known else Case(*key, due)
    places = [row["seq"] for row in rows] or [0]
    return Day(on, places[0], places[-1], tuple(lines.values()))


async def _workload(runtime: Runtime, conn: Any, group: Group) -> dict[str, Any]:
    """Whose counts, and how much waits there now by the names of `channels/robot.WORDS`; nothing of what is nothing, but for `open`."""
    first, now, policy = group.parts[0], today(runtime.clock), runtime.service.policy
    soon = policy.calendar.add(now, policy.groups.one("group", now, first.division).due_soon_days)
    row = await conn.fetchrow(_WORKLOAD, first.agency, first.division, [d.cause_id for d in group.parts], now, soon)
    return {"office": f"{first.agency}:{first.division}"} | {name: n for name, n in row.items() if n or name == "open"}
