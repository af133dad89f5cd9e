"""A round of home assessment (上门评残, joint opinion, part 5): stream = round id. Planned, moved, cancelled or closed.

Who is in it stands in the certificates' streams; how many that are is looked up under the lock on the round's row and comes in the
command. Nothing here concludes: the health bureau plans and supervises, the institution alone says what it found (办法 art. 6).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from services.certificates.home_assessment import events as home_assessment_events
from services.certificates.home_assessment.events import RoundEvent
from services.certificates.offices import ROUNDS, require_office
from services.certificates.policy.load import CertificatePolicy
from services.domain.divisions import Level, as_village, level
from services.kernel.decider import Decider
from services.kernel.errors import Malformed, NotFound, Rejected
from services.kernel.events import Context


class RoundState(StrEnum):
    """How far a round is. That its day has passed is a function of the day and stands nowhere."""

    PLANNED = "PLANNED"
    CANCELLED = "CANCELLED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Tally:
    """Of those in a round: `waiting` for a result, `done` (assessed), `missed` (could not be)."""

    waiting: int = 0
    done: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class PlanRound:
    """An institution's doctor (a code, no name) is to come to a township or village on a day, for `quota` persons at most."""

    division: str
    on: date
    institution: str
    doctor: str
    quota: int


@dataclass(frozen=True, slots=True)
class MoveRound:
    """Another day; `reason` is a code."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class CancelRound:
    """The round does not come; `reason` is a code."""

    reason: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class CloseRound:
    """The round is over."""

    tally: Tally


@dataclass(frozen=True, slots=True)
class Absent:
    """No such round."""


@dataclass(frozen=True, slots=True)
class Round:
    """A planned round, or one that is over."""

    division: str
    on: date
    state: RoundState = RoundState.PLANNED


State = Absent | Round
Command = PlanRound | MoveRound | CancelRound | CloseRound
OVER = {
    RoundState.CANCELLED: ("round_cancelled", "该上门批次已取消"),
    RoundState.CLOSED: ("round_closed", "该上门批次已结束"),
}


def decide(state: State, command: Command, policy: CertificatePolicy, context: Context) -> list[RoundEvent]:
    """The events a command leads to. Raises `Rejected`, `Malformed`, `Forbidden`, or `NotFound` for a round nobody planned."""
    require_office(context, ROUNDS)
    today = context.today
    if isinstance(command, PlanRound):
        if isinstance(state, Round):
            raise Rejected("round_planned", "该上门批次已经安排")
        return [_planned(command, policy, today)]
    if isinstance(state, Absent):
        raise NotFound("round_unknown", "没有这个上门批次，或不在您的辖区")
    if state.state in OVER:
        raise Rejected(*OVER[state.state])
    match command:
        case MoveRound(on, reason):
            if on == state.on:
                return []
            return [home_assessment_events.HomeRoundMoved(from_on=state.on, on=_ahead(on, policy, today), reason=reason)]
        case CancelRound(reason, tally):
            if tally.done:
                raise Rejected("round_has_results", f"该批次已评定{tally.done}人，不能取消，应登记其余人员后结束")
            return [home_assessment_events.HomeRoundCancelled(reason=reason, cancelled_on=today)]
        case CloseRound(tally):
            return [_closed(state.on, tally, today)]
        case _:
            assert_never(command)


def _planned(command: PlanRound, policy: CertificatePolicy, today: date) -> RoundEvent:
    """For today or later, in a township (or a village of one) that exists on the day."""
    known = level(command.division) in (Level.TOWNSHIP, Level.VILLAGE) and policy.township(as_village(command.division), today)
    if not known:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的9位乡镇或12位村（社区）代码")
    if command.quota < 1:
        raise Malformed("quota_too_small", "名额至少为1人")
    return home_assessment_events.HomeRoundPlanned(
        division=command.division,
        on=_ahead(command.on, policy, today),
        institution=command.institution,
        doctor=command.doctor,
        quota=command.quota,
    )


def _ahead(on: date, policy: CertificatePolicy, today: date) -> date:
    """The day, if it has not passed and nobody mistyped the year."""
    if on < today:
        raise Rejected("round_in_past", "上门日期不得早于今天")
    if on > (furthest := today + timedelta(days=policy.assessment.one("assessment", today).round_days_ahead)):
        raise Malformed("round_too_far_ahead", f"上门日期不得晚于{furthest}")
    return on


def _closed(on: date, tally: Tally, today: date) -> RoundEvent:
    if today < on:
        raise Rejected("round_not_held", f"该批次定于{on}上门，尚未进行")
    if tally.waiting:
        raise Rejected("visits_open", f"该批次还有{tally.waiting}人未登记评定结论或未能评定的原因")
    return home_assessment_events.HomeRoundClosed(closed_on=today, done=tally.done, missed=tally.missed)


def evolve(state: State, event: RoundEvent) -> State:
    """The round after an event."""
    if isinstance(event, home_assessment_events.HomeRoundPlanned):
        return Round(event.division, event.on)
    if isinstance(state, Absent):
        return state
    match event:
        case home_assessment_events.HomeRoundMoved(on=on):
            return replace(state, on=on)
        case home_assessment_events.HomeRoundCancelled():
            return replace(state, state=RoundState.CANCELLED)
        case home_assessment_events.HomeRoundClosed():
            return replace(state, state=RoundState.CLOSED)
        case _:
            assert_never(event)


def _division(state: State) -> str:
    return state.division if isinstance(state, Round) else ""


ROUND: Decider[State, Command, CertificatePolicy] = Decider("home_round", Absent(), decide, evolve, _division)
