"""A notice to one office, from the first telling until its matter is verified, answered, sent back or withdrawn: stream = notice id.

The office takes note, accepts or sends back, reports what it did; a later event of the subject verifies it. Each of these has a clock;
when one runs out the next office of the chain is told, once, and carries the rest of the chain. Commands and events of the working
committee's office (lead, answer) are the same for every row.
"""

from dataclasses import replace
from datetime import date
from typing import assert_never

from services.kernel.decider import Decider
from services.kernel.errors import Rejected
from services.kernel.events import Context
from services.notifications.notice import events as notice_events
from services.notifications.notice.commands import (
    Accept,
    Acknowledge,
    Answer,
    AssignLead,
    ByMachine,
    ByOffice,
    Command,
    Escalate,
    MarkDelivered,
    MarkFailed,
    MarkSent,
    NoteActed,
    Queue,
    Reject,
    Remind,
    ReportActed,
    Suppress,
    Verify,
)
from services.notifications.notice.deadlines import after_note
from services.notifications.notice.escalation_chain import gone_through, step
from services.notifications.notice.events import Event, NoticeQueued
from services.notifications.notice.office_rules import accept, answer, assign_lead, mine, report, send_back, unknown
from services.notifications.notice.states import (
    Absent,
    Accepted,
    Acknowledged,
    Acted,
    Ended,
    Ending,
    Known,
    Queued,
    State,
    Waiting,
    notice_id,
)
from services.notifications.policy.load import NoticePolicy
from services.notifications.vocabulary import Channel, SuppressionReason, WorkOutcome


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Event]:
    """What the command causes; machine commands answer repeats with nothing. Raises `Rejected`, `NotFound`."""
    if isinstance(state, Absent):
        if isinstance(command, Queue):
            return [command.notice]
        raise unknown()
    if isinstance(command, ByMachine):
        return _by_machine(state, command, policy, context)
    mine(state.notice, context)
    if isinstance(state, Ended):
        return _too_late(state, command)
    return _by_office(state, command, policy, context)


def _by_machine(state: Known, command: ByMachine, policy: NoticePolicy, context: Context) -> list[Event]:
    match command:
        case Queue():
            return []
        case MarkSent(channel, attempt):
            new = isinstance(state, Queued) and channel not in state.sent
            return [notice_events.NoticeSent(channel=channel, attempt=attempt)] if new else []
        case MarkDelivered(channel, attempt):
            new = isinstance(state, Queued) and channel not in state.delivered
            return [notice_events.NoticeDelivered(channel=channel, attempt=attempt)] if new else []
        case MarkFailed(channel, reason):
            new = isinstance(state, Queued) and channel not in state.failed
            return [notice_events.NoticeFailed(channel=channel, reason=reason)] if new else []
        case Suppress(reason):
            return [] if isinstance(state, Ended) else [_withdrawn(reason, context)]
        case Verify():
            return _verified(state, command, context)
        case NoteActed(acted_on):
            return _acted_elsewhere(state, acted_on, context)
        case Remind():
            return _reminded(state, context) if isinstance(state, Waiting) else []
        case Escalate():
            return _escalated(state, policy, context) if isinstance(state, Waiting) else []
        case _:
            assert_never(command)


def _withdrawn(reason: SuppressionReason, context: Context) -> Event:
    return notice_events.NoticeSuppressed(reason=reason, suppressed_on=context.today)


def _verified(state: Known, command: Verify, context: Context) -> list[Event]:
    match state:
        case Queued():  # nobody took note before it was done: the notice moved nobody
            return [_withdrawn(SuppressionReason.NO_LONGER_TRUE, context)]
        case Acknowledged() | Accepted() | Acted():
            return [
                notice_events.NoticeVerified(
                    by_type=command.by_type, by_id=command.by_id, resolution=command.resolution, verified_on=context.today
                )
            ]
        case Ended():
            return []
        case _:
            assert_never(state)


def _acted_elsewhere(state: Known, acted_on: date, context: Context) -> list[Event]:
    match state:
        case Queued():  # as above
            return [_withdrawn(SuppressionReason.NO_LONGER_TRUE, context)]
        case Acknowledged() | Accepted():
            return [notice_events.NoticeActedOn(outcome=WorkOutcome.DONE, acted_on=acted_on, reported_on=context.today)]
        case Acted() | Ended():
            return []
        case _:
            assert_never(state)


def _by_office(state: Waiting | Acted, command: ByOffice, policy: NoticePolicy, context: Context) -> list[Event]:
    match command:
        case Acknowledge(channel):
            return [_noted(state, channel, policy, context)] if isinstance(state, Queued) else []
        case Accept():
            waiting = _not_acted(state)
            return _repeated(waiting, command) if isinstance(waiting, Accepted) else [accept(waiting, command, policy, context)]
        case Reject():
            waiting = _not_acted(state)
            if isinstance(waiting, Accepted):
                raise Rejected("already_accepted", "已受理，不能退回")
            return [send_back(waiting, command, policy, context)]
        case ReportActed(outcome):
            same = isinstance(state, Acted) and state.outcome == outcome
            return [] if same else [report(state.notice, command, context.today)]
        case AssignLead():
            return list(assign_lead(_not_acted(state), command, policy, context))
        case Answer():
            return [answer(state.notice, command, context.today)]
        case _:
            assert_never(command)


def _noted(state: Queued, channel: Channel, policy: NoticePolicy, context: Context) -> Event:
    clock = after_note(state.notice, state.escalated, policy, context.today)
    return notice_events.NoticeAcknowledged(
        channel=channel,
        acknowledged_on=context.today,
        next_by=clock.by,
        reminders=clock.reminders,
        escalate_on=clock.escalate_on,
    )


def _not_acted(state: Waiting | Acted) -> Waiting:
    if isinstance(state, Acted):
        raise Rejected("already_acted_on", "已反馈办理结果")
    return state


def _repeated(state: Accepted, command: Accept) -> list[Event]:
    """Accepted again: the same day, or none, changes nothing; another day is refused."""
    if command.by_on in (state.by_on, None):
        return []
    raise Rejected("already_accepted", f"已受理，承诺{state.by_on}办结")


def _too_late(state: Ended, command: ByOffice) -> list[Event]:
    """A repeat of what ended it changes nothing; anything else is refused."""
    match state.how, command:
        case Ending.WITHDRAWN, _:
            raise Rejected("notice_withdrawn", "所述情况已不存在，通知已撤回")
        case (_, Acknowledge()) | (Ending.SENT_BACK, Reject()) | (Ending.ANSWERED, Answer()):
            return []
    raise Rejected("notice_closed", "本通知已办结")


def _reminded(state: Waiting, context: Context) -> list[Event]:
    if state.escalated or not any(day <= context.today for day in state.reminders):
        return []
    again = next((day for day in state.reminders if day > context.today), None)
    return [notice_events.NoticeReminded(count=state.reminded + 1, reminded_on=context.today, again_on=again)]


def _escalated(state: Waiting, policy: NoticePolicy, context: Context) -> list[Event]:
    if state.escalated or (isinstance(state, Accepted) and state.lead is not None):
        return []  # another office carries the chain on
    notice, stage = state.notice, state.notice.stage + 1
    trail = gone_through(notice, _missed(state), context.today)
    return [
        notice_events.NoticeEscalated(
            to_agency=to.agency,
            to_division=to.division,
            next_notice_id=notice_id(notice.cause_id, notice.route, to.agency, to.division, stage),
            escalated_on=context.today,
            stage=stage,
            trail=trail,
        )
        for to in step(notice.chain, policy, context.today)
    ]


def _missed(state: Waiting) -> str:
    match state:
        case Queued():
            return "NOT_ACKNOWLEDGED"
        case Acknowledged(notice=notice):
            return "NOT_ACCEPTED" if notice.accept_days else "NOT_ACTED_ON"
        case Accepted():
            return "NOT_ACTED_ON"


def evolve(state: State, event: Event) -> State:
    """The notice after the event."""
    if isinstance(event, NoticeQueued):
        return Queued(event, event.reminders)
    return state if isinstance(state, Absent) else _after(state, event)


def _after(state: Known, event: Event) -> State:
    notice = state.notice
    escalated = isinstance(state, Waiting) and state.escalated
    match event:
        case notice_events.NoticeSent(channel=channel):
            return replace(state, sent=state.sent | {channel}) if isinstance(state, Queued) else state
        case notice_events.NoticeDelivered(channel=channel):
            return replace(state, delivered=state.delivered | {channel}) if isinstance(state, Queued) else state
        case notice_events.NoticeFailed(channel=channel):
            return replace(state, failed=state.failed | {channel}) if isinstance(state, Queued) else state
        case notice_events.NoticeReminded(count=count):
            return replace(state, reminded=count, reminders=_left(state, event)) if isinstance(state, Waiting) else state
        case notice_events.NoticeEscalated():
            return replace(state, escalated=True, reminders=()) if isinstance(state, Waiting) else state
        case notice_events.NoticeAcknowledged(next_by=None):
            return Ended(notice, Ending.NOTED)
        case notice_events.NoticeAcknowledged(reminders=days):
            return Acknowledged(notice, days, escalated)
        case notice_events.NoticeAccepted(by_on=by, reminders=days):
            return Accepted(notice, days, by, escalated)
        case notice_events.LeadAssigned(to_agency=agency, to_division=of):
            by = state.by_on if isinstance(state, Accepted) else notice.acknowledge_by
            return Accepted(notice, (), by, escalated, lead=f"{agency}:{of}")
        case notice_events.NoticeActedOn(outcome=outcome):
            return Acted(notice, outcome)
        case notice_events.NoticeRejected():
            return Ended(notice, Ending.SENT_BACK)
        case notice_events.NoticeVerified():
            return Ended(notice, Ending.VERIFIED)
        case notice_events.NoticeAnswered():
            return Ended(notice, Ending.ANSWERED)
        case notice_events.NoticeSuppressed():
            return Ended(notice, Ending.WITHDRAWN)
        case NoticeQueued():
            return state
        case _:
            assert_never(event)


def _left(state: Waiting, event: notice_events.NoticeReminded) -> tuple[date, ...]:
    return tuple(day for day in state.reminders if day > event.reminded_on)


def division(state: State) -> str:
    """The office's division."""
    return "" if isinstance(state, Absent) else state.notice.division


NOTICE: Decider[State, Command, NoticePolicy] = Decider("notice", Absent(), decide, evolve, division)
