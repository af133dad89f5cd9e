"""What events lead to: notices to offices, to the next office, back to the sender, to a lead; what is done or over is closed. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.domain.divisions import county
from services.kernel.events import Recorded
from services.notifications.notice.commands import NoteActed, Queue, Suppress, Verify
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.escalation_chain import Office, rest, without
from services.notifications.notice.events import LeadAssigned, NoticeEscalated, NoticeRejected
from services.notifications.notice.facts import by_name
from services.notifications.notice.projection import NoticeRow
from services.notifications.notice.states import notice_id
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.commands import NoteReturned
from services.notifications.reminder.decider import REMINDER
from services.notifications.reminder.events import ReminderTried
from services.notifications.routing.follow import Onward, follow
from services.notifications.routing.projection import Matter, Past, SettlingRow, settler
from services.notifications.routing.resolution import resolved_by
from services.notifications.routing.route import notices
from services.notifications.vocabulary import MISSED, REASONS, SuppressionReason


def route(recorded: Recorded, past: Past, policy: NoticePolicy) -> Sequence[Any]:
    """One notice per office that a row in force on the event's day names; none when what it says is over or settled already."""
    if past.over:
        return []
    return [
        (NOTICE, notice_id(n.cause_id, n.route, n.agency, n.division, n.stage), Queue(n))
        for n in notices(recorded, policy, recorded.occurred_on)
        if resolved_by(n.route, n.facts, n.subject_division, past.later, policy) is None
    ]


def tell_next(recorded: Recorded, matter: Matter | None, policy: NoticePolicy) -> Sequence[Any]:
    """The next office, with the rest of the chain and the whole trail.

    What was withdrawn, or is over, or was done between its escalation and now is told to nobody else.
    """
    event: NoticeEscalated = recorded.event
    first = _standing(matter, policy)
    if first is None or not first.waiting:
        return []
    to = Office(event.to_agency, event.to_division)
    chain = rest(first.chain, to, policy, event.escalated_on)
    words = {"what_name": MISSED[event.trail[-1].split(":")[3]]}
    onward = Onward("escalated", to, event.stage, chain, event.trail, event.escalated_on, words)
    return [(NOTICE, event.next_notice_id, Queue(follow(first, onward, policy)))]


def give_back(recorded: Recorded, matter: Matter | None, policy: NoticePolicy) -> Sequence[Any]:
    """The sender of what an office sent back, with the reason; what is left of the chain goes along.

    A reminder goes on to the next rung of its ladder instead, whose office is told by a row.
    """
    event: NoticeRejected = recorded.event
    first = _standing(matter, policy)
    if first is None:
        return []
    facts = by_name(first.facts) if first.cause_type == ReminderTried.__name__ else {}
    if "answer_by" in facts:  # the last rung has none
        return [(REMINDER, first.subject_id, NoteReturned(facts["rung"], event.reason.value))]
    to, words = Office(event.to_agency, event.to_division), {"reason_name": REASONS.get(event.reason, "其他")}
    onward = Onward("returned", to, event.stage, _left(first, to), event.trail, event.rejected_on, words)
    return [(NOTICE, event.next_notice_id, Queue(replace(follow(first, onward, policy), returned=True)))]


def tell_lead(recorded: Recorded, matter: Matter | None, policy: NoticePolicy) -> Sequence[Any]:
    """The unit that the working committee's office gave the lead to."""
    event: LeadAssigned = recorded.event
    first = _standing(matter, policy)
    if first is None:
        return []
    to = Office(event.to_agency, event.to_division)
    onward = Onward("led", to, event.stage, _left(first, to), event.trail, event.assigned_on)
    return [(NOTICE, event.next_notice_id, Queue(follow(first, onward, policy)))]


def settle(recorded: Recorded, about: Sequence[NoticeRow], policy: NoticePolicy) -> Sequence[Any]:
    """What the event shows to be done: verified where somebody had taken note, withdrawn where nobody had.

    What is the owner's own report proves nothing: the owner has acted, and the others need not press it any more.
    """
    event, found = settler(recorded), list[Any]()
    for row in about:
        resolution = resolved_by(row.route, row.facts, row.subject_division, [event], policy)
        if resolution is None:
            continue
        if not resolution.value.report:
            found.append((NOTICE, row.notice_id, Verify(event.by_type, event.event_id, resolution.id)))
        elif _owner(event, row, policy):
            found.append((NOTICE, row.notice_id, NoteActed(event.happened_on)))
        elif row.waiting:
            found.append((NOTICE, row.notice_id, Suppress(SuppressionReason.NO_LONGER_TRUE)))
    return found


def _owner(event: SettlingRow, row: NoticeRow, policy: NoticePolicy) -> bool:
    """Whether the notice is to the office of the event's owner agency, which works in counties."""
    owner = by_name(event.facts).get("owner", "")
    return (row.agency, row.division) == (policy.successor(owner, event.happened_on), county(row.subject_division))


def stand_down(recorded: Recorded, chain: Sequence[NoticeRow], _: NoticePolicy) -> Sequence[Any]:
    """An office acted: nobody else of its chain, before or behind it, has to any more. Who gave the lead still has to answer."""
    acted = next((row for row in chain if row.notice_id == recorded.stream_id), None)
    if acted is None:
        return []
    return [
        (NOTICE, row.notice_id, Suppress(SuppressionReason.NO_LONGER_TRUE))
        for row in chain
        if row.waiting and row.lead is None and _of_one_line(row, acted)
    ]


def withdraw(_: Recorded, open_notices: Sequence[UUID], __: NoticePolicy) -> Sequence[Any]:
    """Every notice about the subject that is still open."""
    return [(NOTICE, each, Suppress(SuppressionReason.NO_LONGER_TRUE)) for each in open_notices]


def _standing(matter: Matter | None, policy: NoticePolicy) -> NoticeRow | None:
    """The notice, unless it was withdrawn, its matter is over or settled, or an office of its line has acted meanwhile: who is told of it
    afterwards was not there yet when the others were stood down."""
    if matter is None or resolved_by(matter.row.route, matter.row.facts, matter.row.subject_division, matter.later, policy):
        return None
    acted = any(row.acted_on and (row.notice_id == matter.row.notice_id or _of_one_line(row, matter.row)) for row in matter.same)
    return None if acted else matter.row


def _left(first: NoticeRow, to: Office) -> tuple[str, ...]:
    """What is left of a notice's chain for who gets it back or leads; nothing when the next office carries it already."""
    return () if first.escalated_to is not None else without(first.chain, {to})


def _of_one_line(one: NoticeRow, other: NoticeRow) -> bool:
    return _before(one, other) or _before(other, one)


def _before(earlier: NoticeRow, later: NoticeRow) -> bool:
    """Whether the later notice came of the earlier one: its trail says so."""
    mark = f"{earlier.agency}:{earlier.division}:{earlier.stage}:"
    return any(each.startswith(mark) for each in later.trail)
