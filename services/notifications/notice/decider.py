"""A notice to one office, from the first telling until its matter is verified, answered, sent back or withdrawn: stream = notice id.

The office takes note, accepts or sends back, reports what it did; a later event of the subject verifies it. Each of these has a clock;
when one runs out the next office of the chain is told, once, and carries the rest of the chain. Commands and events of the working
committee's office (lead, answer) are the same for every row.
"""

from dataclasses import replace
from datetime import date
from typing import assert_never

from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context
from services.notifications import vocabulary
from services.notifications.notice import events as notice_events
from services.notifications.notice.deadlines import after_note
from services.notifications.notice.escalation_chain import gone_through, step
from services.notifications.notice.events import NoticeQueued
from services.notifications.notice.office_rules import accept, answer, assign_lead, mine, report, send_back
from services.notifications.notice.states import (
    Absent,
    Accept,
    Accepted,
    Acknowledge,
    Acknowledged,
    Acted,
    Answer,
    AssignLead,
    ByMachine,
    ByOffice,
    Command,
    Ended,
    Ending,
    Escalate,
    Event,
    Known,
    MarkDelivered,
    MarkFailed,
    MarkSent,
    NoteActed,
    Queue,
    Queued,
    Reject,
    Remind,
    ReportActed,
    State,
    Suppress,
    Verify,
    Waiting,
    notice_id,
)
from services.notifications.policy.load import NoticePolicy

__all__ = [
    "NOTICE",
    "Absent",
    "Accept",
    "Accepted",
    "Acknowledge",
    "Acknowledged",
    "Acted",
    "Answer",
    "AssignLead",
    "Command",
    "Ended",
    "Ending",
    "Escalate",
    "MarkDelivered",
    "MarkFailed",
    "MarkSent",
    "NoteActed",
    "Queue",
    "Queued",
    "Reject",
    "Remind",
    "ReportActed",
    "State",
    "Suppress",
    "Verify",
    "decide",
    "evolve",
    "notice_id",
]


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Event]:
    """What the command causes; machine commands answer repeats with nothing. Raises `Rejected`, `NotFound`."""
    match state:
        case Absent():
            if isinstance(command, Queue):
                return [command.notice]
            raise NotFound("notice_unknown", "没有这条通知")
        case _ if isinstance(command, ByMachine):
            return _by_machine(state, command, policy, context)
        case _:
            mine(state.notice, context)
            return _by_office(state, command, policy, context)


def _by_machine(state: Known, command: ByMachine, policy: NoticePolicy, context: Context) -> list[Event]:
    match state, command:
        case Queued(sent=sent), MarkSent(channel, attempt):
            return [] if channel in sent else [notice_events.NoticeSent(channel=channel, attempt=attempt)]
        case Queued(delivered=delivered), MarkDelivered(channel, attempt):
            return [] if channel in delivered else [notice_events.NoticeDelivered(channel=channel, attempt=attempt)]
        case Queued(failed=failed), MarkFailed(channel, reason):
            return [] if channel in failed else [notice_events.NoticeFailed(channel=channel, reason=reason)]
        case ((Queued() | Acknowledged() | Accepted() | Acted()), Suppress(reason)):
            return [notice_events.NoticeSuppressed(reason=reason, suppressed_on=context.today)]
        case Queued(), (Verify() | NoteActed()):  # nobody took note before it was done: the notice moved nobody
            return [notice_events.NoticeSuppressed(reason=vocabulary.SuppressionReason.NO_LONGER_TRUE, suppressed_on=context.today)]
        case ((Acknowledged() | Accepted() | Acted()), Verify(by_type, by_id, resolution)):
            return [notice_events.NoticeVerified(by_type=by_type, by_id=by_id, resolution=resolution, verified_on=context.today)]
        case ((Acknowledged() | Accepted()), NoteActed(acted_on)):
            return [notice_events.NoticeActedOn(outcome=vocabulary.WorkOutcome.DONE, acted_on=acted_on, reported_on=context.today)]
        case ((Queued() | Acknowledged() | Accepted()), Remind()):
            return _reminded(state, context)
        case ((Queued() | Acknowledged() | Accepted()), Escalate()):
            return _escalated(state, policy, context)
    return []


def _by_office(state: Known, command: ByOffice, policy: NoticePolicy, context: Context) -> list[Event]:
    match state, command:
        case Ended(), _:
            return _too_late(state, command)
        case Queued(), Acknowledge(channel):
            clock = after_note(state.notice, state.escalated, policy, context.today)
            return [
                notice_events.NoticeAcknowledged(
                    channel=channel,
                    acknowledged_on=context.today,
                    next_by=clock.by,
                    reminders=clock.reminders,
                    escalate_on=clock.escalate_on,
                )
            ]
        case _, Acknowledge():
            return []
        case ((Queued() | Acknowledged()), Accept()):
            return [accept(state, command, policy, context)]
        case Accepted(by_on=by), Accept(by_on):
            if by_on in (by, None):
                return []
            raise Rejected("already_accepted", f"已受理，承诺{by}办结")
        case ((Queued() | Acknowledged()), Reject()):
            return [send_back(state, command, policy, context)]
        case Accepted(), Reject():
            raise Rejected("already_accepted", "已受理，不能退回")
        case Acted(outcome=before), ReportActed(outcome) if outcome == before:
            return []
        case _, ReportActed():
            return [report(state.notice, command, context.today)]
        case _, Answer():
            return [answer(state.notice, command, context.today)]
        case ((Queued() | Acknowledged() | Accepted()), AssignLead()):
            return list(assign_lead(state, command, policy, context))
    raise Rejected("already_acted_on", "已反馈办理结果")


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


def evolve(state: State, happened: Event) -> State:
    """The notice after the event."""
    if isinstance(happened, NoticeQueued):
        return Queued(happened, happened.reminders)
    return state if isinstance(state, Absent) else _after(state, happened)


def _after(state: Known, happened: Event) -> State:
    notice = state.notice
    escalated = isinstance(state, Waiting) and state.escalated
    match happened:
        case notice_events.NoticeSent(channel=channel):
            return replace(state, sent=state.sent | {channel}) if isinstance(state, Queued) else state
        case notice_events.NoticeDelivered(channel=channel):
            return replace(state, delivered=state.delivered | {channel}) if isinstance(state, Queued) else state
        case notice_events.NoticeFailed(channel=channel):
            return replace(state, failed=state.failed | {channel}) if isinstance(state, Queued) else state
        case notice_events.NoticeReminded(count=count):
            return replace(state, reminded=count, reminders=_left(state, happened)) if isinstance(state, Waiting) else state
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
            assert_never(happened)


def _left(state: Waiting, happened: notice_events.NoticeReminded) -> tuple[date, ...]:
    return tuple(day for day in state.reminders if day > happened.reminded_on)


def division(state: State) -> str:
    """The office's division."""
    return "" if isinstance(state, Absent) else state.notice.division


NOTICE: Decider[State, Command, NoticePolicy] = Decider("notice", Absent(), decide, evolve, division)
