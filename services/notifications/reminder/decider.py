"""A reminder that is owed to a holder, until it reached somebody or is owed no more: stream = reminder id. Pure.

"Reminded" is what a proof shows, never what was sent. In the last month a message on the handset is no proof: holder, guardian or a
visitor confirms (domain reference, 1.5). Rungs follow each other: the person, then the village, the township, the county.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.notifications.policy.ladder_rows import PERSON
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder import events as reminder_events
from services.notifications.reminder.commands import (
    Climb,
    Command,
    Confirm,
    Lapse,
    Move,
    NoteOutcome,
    NoteReturned,
    NoteVisit,
    Open,
    Stop,
)

VISITORS = "CUN@village"  # the rung that a visit of the village answers


@dataclass(frozen=True, slots=True)
class Absent:
    """Not owed."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Being tried; `rung` is the number of the one under way, `arrived`: its message is on the handset."""

    opened: reminder_events.ReminderOpened
    rung: int = 0
    answer_by: date | None = None
    arrived: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """Reached, stopped or missed. `stopped`: what it was about ended, and may be taken back (a death corrected, say)."""

    opened: reminder_events.ReminderOpened
    stopped: bool = False


State = Absent | Owed | Settled


def reminder_id(certificate_id: UUID, valid_to: date, window: str, reminder: int) -> UUID:
    """The stream of a reminder: the same certificate, validity period, window and number is the same reminder."""
    return stream_id("reminder", certificate_id, valid_to, window, reminder)


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[reminder_events.Event]:
    """What the command causes; machine commands answer repeats with nothing. Raises `Rejected`, `Forbidden`, `NotFound`."""
    _allowed(command, Actor.parse(context.actor))
    match state:
        case Absent():
            if isinstance(command, Confirm):
                raise NotFound("reminder_unknown", "没有这条提醒")
            return _opened(command, policy, context.today) if isinstance(command, Open) else []
        case Owed():
            return _while_owed(state, command, policy, context.today)
        case Settled():
            return _once_settled(state, command, policy, context.today)
        case _:
            assert_never(state)


def _allowed(command: Command, actor: Actor) -> None:
    if isinstance(command, Confirm) == actor.is_machine:
        raise Forbidden("not_your_duty", "提醒是否送达由经办人确认，其余由系统办理")
    if isinstance(command, Confirm) and actor.agency not in command.AGENCIES:
        raise Forbidden("not_your_duty", "提醒由残联、乡镇（街道）和村（社区）确认")


def _while_owed(owed: Owed, command: Command, policy: NoticePolicy, today: date) -> list[reminder_events.Event]:
    rung = _now(owed)
    match command:
        case Open():
            return []
        case Confirm(proof):
            return _confirmed(owed, proof, today)
        case NoteOutcome(arrived=True):  # also when it comes late, and the village is being tried already
            return _arrived(owed, policy, today)
        case NoteOutcome(reason=reason):
            return _climbed(owed, reason, policy, today) if rung == PERSON else []
        case NoteVisit(told=True):
            return [reminder_events.ReminderReached(rung=VISITORS, proof=reminder_events.Proof.VISITOR, reached_on=today)]
        case NoteVisit(village=village, reason=reason):
            visited = rung == VISITORS and village == owed.opened.division
            return _climbed(owed, reason, policy, today) if visited else []
        case NoteReturned(of, reason):
            under_way = owed.answer_by is not None and of == rung
            return _climbed(owed, reason, policy, today) if under_way else []
        case Climb():
            silent = owed.answer_by is not None and today > owed.answer_by
            return _climbed(owed, "no_proof_in_time", policy, today) if silent else []
        case Stop(reason):
            return [reminder_events.ReminderStopped(reason=reason, stopped_on=today)]
        case Move(to):
            return _moved(owed, to, policy, today)
        case Lapse():
            return [_missed(owed.opened, today)]
        case _:
            assert_never(command)


def _once_settled(settled: Settled, command: Command, policy: NoticePolicy, today: date) -> list[reminder_events.Event]:
    match command:
        case Open():
            return _opened(command, policy, today) if settled.stopped else []
        case Confirm():
            raise Rejected("reminder_settled", "这条提醒已办结")
        case Move(to):
            return _moved(settled, to, policy, today)
        case NoteOutcome() | NoteVisit() | NoteReturned() | Climb() | Stop() | Lapse():
            return []
        case _:
            assert_never(command)


def _missed(opened: reminder_events.ReminderOpened, today: date) -> reminder_events.Event:
    return reminder_events.ReminderMissed(
        certificate_id=opened.certificate_id, person_id=opened.person_id, valid_to=opened.valid_to, missed_on=today
    )


def _now(owed: Owed) -> str:
    return owed.opened.ladder[owed.rung]


def _opened(asked: Open, policy: NoticePolicy, today: date) -> list[reminder_events.Event]:
    ladder = policy.ladders.one(asked.window, today, asked.division)
    opened = reminder_events.ReminderOpened(
        certificate_id=asked.certificate_id,
        person_id=asked.person_id,
        division=asked.division,
        valid_to=asked.valid_to,
        window=asked.window,
        reminder=asked.reminder,
        ladder=ladder.rungs,
        opened_on=today,
    )
    return [opened, _tried(opened, 0, policy, today)]


def _tried(opened: reminder_events.ReminderOpened, number: int, policy: NoticePolicy, today: date) -> reminder_events.Event:
    """A rung has its working days, and never more than are left before the certificate lapses; the last one has all that are left."""
    ladder = policy.ladders.one(opened.window, today, opened.division)
    last = number == len(opened.ladder) - 1
    return reminder_events.ReminderTried(
        certificate_id=opened.certificate_id,
        person_id=opened.person_id,
        valid_to=opened.valid_to,
        window=opened.window,
        rung=opened.ladder[number],
        number=number,
        tried_on=today,
        answer_by=None if last else min(policy.calendar.add(today, ladder.working_days), opened.valid_to),
    )


def _confirmed(owed: Owed, proof: reminder_events.Proof, today: date) -> list[reminder_events.Event]:
    if proof in (reminder_events.Proof.UNKNOWN, reminder_events.Proof.HANDSET):
        raise Rejected("no_proof", "须由本人、监护人确认，或由入户人员当面告知")
    return [reminder_events.ReminderReached(rung=_now(owed), proof=proof, reached_on=today)]


def _arrived(owed: Owed, policy: NoticePolicy, today: date) -> list[reminder_events.Event]:
    if policy.ladders.one(owed.opened.window, today, owed.opened.division).handset:
        return [reminder_events.ReminderReached(rung=PERSON, proof=reminder_events.Proof.HANDSET, reached_on=today)]
    return [] if owed.arrived else [reminder_events.ReminderArrived(rung=PERSON, arrived_on=today)]


def _climbed(owed: Owed, reason: str, policy: NoticePolicy, today: date) -> list[reminder_events.Event]:
    """The next rung; behind the last one, or when the certificate has lapsed, there is none."""
    ended = reminder_events.ReminderNotReached(rung=_now(owed), reason=reason, ended_on=today)
    following = owed.rung + 1
    if following == len(owed.opened.ladder) or today > owed.opened.valid_to:
        return [ended]
    return [ended, _tried(owed.opened, following, policy, today)]


def _moved(state: Owed | Settled, to: str, policy: NoticePolicy, today: date) -> list[reminder_events.Event]:
    """An office that is being tried is another one now, with days of its own; the person stays the person."""
    if to == state.opened.division:
        return []
    moved = reminder_events.ReminderMoved(from_division=state.opened.division, to_division=to, moved_on=today)
    if isinstance(state, Settled) or _now(state) == PERSON or today > state.opened.valid_to:
        return [moved]
    return [moved, _tried(replace(state.opened, division=to), state.rung, policy, today)]


def evolve(state: State, event: reminder_events.Event) -> State:
    """The reminder after an event."""
    if isinstance(event, reminder_events.ReminderOpened):
        return Owed(event)
    if isinstance(event, reminder_events.ReminderMoved) and not isinstance(state, Absent):
        return replace(state, opened=replace(state.opened, division=event.to_division))
    if not isinstance(state, Owed):
        return state
    match event:
        case reminder_events.ReminderTried(number=number, answer_by=by):
            return Owed(state.opened, number, by)
        case reminder_events.ReminderNotReached():
            return replace(state, answer_by=None)
        case reminder_events.ReminderArrived():
            return replace(state, arrived=True)
        case reminder_events.ReminderStopped():
            return Settled(state.opened, stopped=True)
        case reminder_events.ReminderReached() | reminder_events.ReminderMissed():
            return Settled(state.opened)
        case reminder_events.ReminderMoved():
            return state
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The certificate's village."""
    return "" if isinstance(state, Absent) else state.opened.division


REMINDER: Decider[State, Command, NoticePolicy] = Decider("reminder", Absent(), decide, evolve, division)
