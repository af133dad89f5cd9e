"""A planned visit, from the day it is planned until somebody was there or nobody has to go any more: stream = visit id. Pure.

A reminder's visit is planned, moved and withdrawn by what notifications says of that reminder; what a person planned is withdrawn by the
office that planned it or one above, and when the person to be visited has died. Only a person says what came of a visit. A missed visit
stays open: to have been told late is to have been told.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.visit_plan.events import PlannedVisitClosed, PlannedVisitWithdrawn, VisitMissed, VisitPlanned
from services.monitoring.visit_plan.states import Absent, Ended, Event, Planned, State, division, evolve
from services.monitoring.vocabulary import ToldWhom, VisitOutcome, VisitPurpose, VisitWithdrawal

_UPWARDS = ("CUN", "XZ", "CL")  # the village, the township, the federation
VISITING = frozenset(_UPWARDS)  # who may know whose card ends
_BY_HAND = frozenset({VisitWithdrawal.PLANNED_IN_ERROR, VisitWithdrawal.NOT_NEEDED})
_IN_PERSON = frozenset({ToldWhom.HOLDER, ToldWhom.GUARDIAN})


@dataclass(frozen=True, slots=True)
class PlanForReminder:
    """Notifications tries the village for a reminder (machine). `version`: of the reminder's stream."""

    household_id: UUID | None
    person_id: UUID
    division: str
    certificate_id: UUID
    valid_to: date
    reminder_id: UUID
    version: int
    tried_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The reminder needs no visit any more (machine). `version`: of the reminder's stream."""

    reason: VisitWithdrawal
    version: int


@dataclass(frozen=True, slots=True)
class NoteDeath:
    """The register says that the person has died (machine). A reminder's visit ends with its reminder."""


@dataclass(frozen=True, slots=True)
class NoteMissed:
    """The day for a report has passed (machine)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Somebody of an office plans a visit in a village."""

    household_id: UUID | None
    person_id: UUID
    division: str
    purpose: VisitPurpose
    due_on: date


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody was there, and says what came of it."""

    outcome: VisitOutcome
    told: ToldWhom
    visited_on: date
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CallOff:
    """Somebody of the office that planned the visit, or of one above, says that nobody has to go there, and why."""

    reason: VisitWithdrawal


ByMachine = PlanForReminder | Withdraw | NoteDeath | NoteMissed
ByPerson = Plan | Close | CallOff
Command = ByMachine | ByPerson


def visit_of(reminder_id: UUID) -> UUID:
    """The stream of a reminder's visit."""
    return stream_id("planned-visit", reminder_id)


def decide(state: State, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """What the command causes; machine commands answer repeats with nothing. Raises `Rejected`, `Malformed`, `Forbidden`, `NotFound`."""
    actor = Actor.parse(context.actor)
    if isinstance(command, ByPerson) == actor.is_machine:
        raise Forbidden("not_your_duty", "入户走访由经办人安排和登记，其余由系统办理")
    if not isinstance(command, ByPerson):
        return _by_machine(state, command, policy, context)
    if actor.agency not in VISITING:
        raise Forbidden("not_your_duty", "入户走访由残联、乡镇（街道）和村（社区）办理")
    return _by_person(state, command, policy, context)


def _by_machine(state: State, command: ByMachine, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if isinstance(command, PlanForReminder):
        if isinstance(state, Planned) or (isinstance(state, Ended) and not _newer(command.version, state.visit)):
            return []
        return [_for_reminder(command, policy)]
    if not isinstance(state, Planned):
        return []
    visit = state.visit
    match command:
        case Withdraw(reason, version):
            return [_withdrawn(visit, reason, context.today)] if _newer(version, visit) else []
        case NoteDeath():
            return [_withdrawn(visit, VisitWithdrawal.DEATH, context.today)] if visit.reminder_id is None else []
        case NoteMissed():
            late = not state.missed and context.today > visit.report_by
            return [_missed(visit, context.today)] if late else []
        case _:
            assert_never(command)


def _by_person(state: State, command: ByPerson, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if isinstance(command, Plan):
        if not isinstance(state, Absent):
            raise Rejected("visit_known", "该走访已安排")
        return [_by_hand(command, policy, context)]
    if isinstance(state, Absent):
        raise NotFound("planned_visit_unknown", "没有这次走访安排")
    match command:
        case Close():
            return _closed(state, command, context.today)
        case CallOff(reason):
            return _called_off(state, reason, context)
        case _:
            assert_never(command)


def _newer(version: int, visit: VisitPlanned) -> bool:
    """Whether this version of the reminder comes after the one that the visit was planned for."""
    return visit.reminder_version is not None and version > visit.reminder_version


def _report_by(due_on: date, day: date, division: str, policy: MonitoringPolicy) -> date:
    return due_on + timedelta(days=policy.days.one("report-visit", day, division).days)


def _for_reminder(command: PlanForReminder, policy: MonitoringPolicy) -> Event:
    return VisitPlanned(
        household_id=command.household_id,
        person_id=command.person_id,
        division=command.division,
        purpose=VisitPurpose.REMIND_RENEWAL,
        certificate_id=command.certificate_id,
        valid_to=command.valid_to,
        reminder_id=command.reminder_id,
        reminder_version=command.version,
        planned_by="",
        planned_on=command.tried_on,
        due_on=command.due_on,
        report_by=_report_by(command.due_on, command.tried_on, command.division, policy),
    )


def _by_hand(command: Plan, policy: MonitoringPolicy, context: Context) -> Event:
    if not policy.village(command.division, context.today):
        raise Malformed("division_unknown", "走访须指明现有的村（社区）：十二位区划代码")
    if command.purpose is VisitPurpose.UNKNOWN:
        raise Malformed("purpose_unknown", "走访须指明事由")
    if command.due_on < context.today:
        raise Malformed("due_in_the_past", "走访期限不早于今日")
    furthest = context.today + timedelta(days=policy.days.one("plan-ahead", context.today, command.division).days)
    if command.due_on > furthest:
        raise Malformed("due_too_far_ahead", f"走访期限不晚于{furthest}")
    return VisitPlanned(
        household_id=command.household_id,
        person_id=command.person_id,
        division=command.division,
        purpose=command.purpose,
        certificate_id=None,
        valid_to=None,
        reminder_id=None,
        reminder_version=None,
        planned_by=Actor.parse(context.actor).agency,
        planned_on=context.today,
        due_on=command.due_on,
        report_by=_report_by(command.due_on, context.today, command.division, policy),
    )


def _withdrawn(visit: VisitPlanned, reason: VisitWithdrawal, today: date) -> Event:
    return PlannedVisitWithdrawn(person_id=visit.person_id, reminder_id=visit.reminder_id, reason=reason, withdrawn_on=today)


def _called_off(state: Planned | Ended, reason: VisitWithdrawal, context: Context) -> list[Event]:
    """Withdrawn once; what was reported is not taken back."""
    if isinstance(state, Ended):
        if state.report is not None:
            raise Rejected("visit_closed", "该走访已登记结果")
        return []
    visit = state.visit
    if reason not in _BY_HAND:
        raise Malformed("reason_unknown", "撤销走访须指明原因：误排或不再需要")
    if visit.reminder_id is not None:
        raise Rejected("visit_of_reminder", "该走访由换证提醒产生，随提醒办结，不能撤销")
    if _UPWARDS.index(Actor.parse(context.actor).agency) < _UPWARDS.index(visit.planned_by):
        raise Forbidden("planned_by_office_above", "走访由安排单位或其上级撤销")
    return [_withdrawn(visit, reason, context.today)]


def _missed(visit: VisitPlanned, today: date) -> Event:
    return VisitMissed(
        household_id=visit.household_id,
        person_id=visit.person_id,
        purpose=visit.purpose,
        reminder_id=visit.reminder_id,
        planned_by=visit.planned_by,
        due_on=visit.due_on,
        missed_on=today,
    )


def _closed(state: Planned | Ended, report: Close, today: date) -> list[Event]:
    """The report; the same twice is one, and another one does not replace it."""
    visit = state.visit
    if isinstance(state, Ended):
        if state.report is None:
            raise Rejected("visit_withdrawn", "该走访已不需办理")
        if state.report != _reported(visit, report):
            raise Rejected("visit_closed", "该走访已登记结果")
        return []
    if report.outcome is VisitOutcome.UNKNOWN or report.told is ToldWhom.UNKNOWN:
        raise Malformed("outcome_unknown", "走访须登记结果和被告知人")
    if (report.outcome is VisitOutcome.TOLD) != (report.told in _IN_PERSON):
        raise Malformed("outcome_contradicts_told", "已告知的须写明告知了本人还是监护人，未告知的不写")
    if report.visited_on > today:
        raise Malformed("visit_in_future", "走访须在发生之后登记")
    if report.visited_on < visit.planned_on:
        raise Rejected("visited_before_planned", "走访早于安排之日，不算本次走访")
    return [_reported(visit, report)]


def _reported(visit: VisitPlanned, report: Close) -> PlannedVisitClosed:
    return PlannedVisitClosed(
        household_id=visit.household_id,
        person_id=visit.person_id,
        purpose=visit.purpose,
        certificate_id=visit.certificate_id,
        reminder_id=visit.reminder_id,
        outcome=report.outcome,
        told=report.told,
        visited_on=report.visited_on,
        visit_id=report.visit_id,
    )


PLANNED_VISIT: Decider[State, Command, MonitoringPolicy] = Decider("planned_visit", Absent(), decide, evolve, division)
