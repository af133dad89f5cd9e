"""A planned visit, from the day it is planned until somebody was there or nobody has to go any more: stream = visit id. Pure.

A reminder's visit is planned, moved and withdrawn by what notifications says of that reminder; what a person planned is withdrawn by the
office that planned it or one above, and when the person to be visited has died. Only a person says what came of a visit. A missed visit
stays open: to have been told late is to have been told.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.monitoring import vocabulary
from services.monitoring.household.home import is_village
from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.visit_plan import events as visit_plan_events

_UPWARDS = ("CUN", "XZ", "CL")  # the village, the township, the federation
VISITING = frozenset(_UPWARDS)  # who may know whose card ends
_BY_HAND = frozenset({vocabulary.VisitWithdrawal.PLANNED_IN_ERROR, vocabulary.VisitWithdrawal.NOT_NEEDED})
_TOLD = frozenset({vocabulary.ToldWhom.HOLDER, vocabulary.ToldWhom.GUARDIAN})


@dataclass(frozen=True, slots=True)
class Absent:
    """Not planned."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Somebody has to go there. `missed`: nobody reported by the day."""

    said: visit_plan_events.VisitPlanned
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Closed with this report, or withdrawn (none)."""

    said: visit_plan_events.VisitPlanned
    report: visit_plan_events.PlannedVisitClosed | None


State = Absent | Planned | Ended


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

    reason: vocabulary.VisitWithdrawal
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
    purpose: vocabulary.VisitPurpose
    due_on: date


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody was there, and says what came of it."""

    outcome: vocabulary.VisitOutcome
    told: vocabulary.ToldWhom
    visited_on: date
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CallOff:
    """Somebody of the office that planned the visit, or of one above, says that nobody has to go there, and why."""

    reason: vocabulary.VisitWithdrawal


Command = PlanForReminder | Withdraw | NoteDeath | NoteMissed | Plan | Close | CallOff
_HUMAN = Plan | Close | CallOff
Event = (
    visit_plan_events.VisitPlanned
    | visit_plan_events.PlannedVisitClosed
    | visit_plan_events.VisitMissed
    | visit_plan_events.PlannedVisitWithdrawn
)


def visit_of(reminder_id: UUID) -> UUID:
    """The stream of a reminder's visit."""
    return stream_id("planned-visit", reminder_id)


def decide(state: State, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """What the command causes; machine commands answer repeats with nothing. Raises `Rejected`, `Malformed`, `Forbidden`, `NotFound`."""
    actor = Actor.parse(context.actor)
    if isinstance(command, _HUMAN) == actor.is_machine:
        raise Forbidden("not_your_duty", "入户走访由经办人安排和登记，其余由系统办理")
    if isinstance(command, _HUMAN) and actor.agency not in VISITING:
        raise Forbidden("not_your_duty", "入户走访由残联、乡镇（街道）和村（社区）办理")
    match state, command:
        case Absent(), PlanForReminder():
            return [_for_reminder(command, policy)]
        case Ended(said), PlanForReminder() if _newer(command.version, said):
            return [_for_reminder(command, policy)]
        case Planned(said), Withdraw(reason, version) if _newer(version, said):
            return [_withdrawn(said, reason, context.today)]
        case Planned(said), NoteDeath() if said.reminder_id is None:
            return [_withdrawn(said, vocabulary.VisitWithdrawal.DEATH, context.today)]
        case Planned(said, missed=False), NoteMissed() if context.today > said.report_by:
            return [_missed(said, context.today)]
        case Absent(), Plan():
            return [_by_hand(command, policy, context)]
        case _, Plan():
            raise Rejected("visit_known", "该走访已安排")
        case Absent(), (Close() | CallOff()):
            raise NotFound("planned_visit_unknown", "没有这次走访安排")
        case Planned(said), Close():
            return [_closed(said, command, context.today)]
        case Ended(said, report), Close():
            return _closed_again(said, report, command)
        case Planned(said), CallOff(reason):
            return [_called_off(said, reason, context)]
        case Ended(_, visit_plan_events.PlannedVisitClosed()), CallOff():
            raise Rejected("visit_closed", "该走访已登记结果")
    return []


def _newer(version: int, said: visit_plan_events.VisitPlanned) -> bool:
    """Whether the reminder said it after what the visit was planned for."""
    return said.reminder_version is not None and version > said.reminder_version


def _report_by(due_on: date, day: date, division: str, policy: MonitoringPolicy) -> date:
    return due_on + timedelta(days=policy.days.one("report-visit", day, division).days)


def _for_reminder(asked: PlanForReminder, policy: MonitoringPolicy) -> Event:
    return visit_plan_events.VisitPlanned(
        household_id=asked.household_id,
        person_id=asked.person_id,
        division=asked.division,
        purpose=vocabulary.VisitPurpose.REMIND_RENEWAL,
        certificate_id=asked.certificate_id,
        valid_to=asked.valid_to,
        reminder_id=asked.reminder_id,
        reminder_version=asked.version,
        planned_by="",
        planned_on=asked.tried_on,
        due_on=asked.due_on,
        report_by=_report_by(asked.due_on, asked.tried_on, asked.division, policy),
    )


def _by_hand(asked: Plan, policy: MonitoringPolicy, context: Context) -> Event:
    if not is_village(asked.division):
        raise Malformed("division_unknown", "走访须指明村（社区）：十二位区划代码")
    if asked.purpose is vocabulary.VisitPurpose.UNKNOWN:
        raise Malformed("purpose_unknown", "走访须指明事由")
    if asked.due_on < context.today:
        raise Malformed("due_in_the_past", "走访期限不早于今日")
    return visit_plan_events.VisitPlanned(
        household_id=asked.household_id,
        person_id=asked.person_id,
        division=asked.division,
        purpose=asked.purpose,
        certificate_id=None,
        valid_to=None,
        reminder_id=None,
        reminder_version=None,
        planned_by=Actor.parse(context.actor).agency,
        planned_on=context.today,
        due_on=asked.due_on,
        report_by=_report_by(asked.due_on, context.today, asked.division, policy),
    )


def _withdrawn(said: visit_plan_events.VisitPlanned, reason: vocabulary.VisitWithdrawal, today: date) -> Event:
    return visit_plan_events.PlannedVisitWithdrawn(
        person_id=said.person_id, reminder_id=said.reminder_id, reason=reason, withdrawn_on=today
    )


def _called_off(said: visit_plan_events.VisitPlanned, reason: vocabulary.VisitWithdrawal, context: Context) -> Event:
    if reason not in _BY_HAND:
        raise Malformed("reason_unknown", "撤销走访须指明原因：误排或不再需要")
    if said.reminder_id is not None:
        raise Rejected("visit_of_reminder", "该走访由换证提醒产生，随提醒办结，不能撤销")
    if _UPWARDS.index(Actor.parse(context.actor).agency) < _UPWARDS.index(said.planned_by):
        raise Forbidden("planned_by_office_above", "走访由安排单位或其上级撤销")
    return _withdrawn(said, reason, context.today)


def _missed(said: visit_plan_events.VisitPlanned, today: date) -> Event:
    return visit_plan_events.VisitMissed(
        household_id=said.household_id,
        person_id=said.person_id,
        purpose=said.purpose,
        reminder_id=said.reminder_id,
        planned_by=said.planned_by,
        due_on=said.due_on,
        missed_on=today,
    )


def _closed(said: visit_plan_events.VisitPlanned, report: Close, today: date) -> Event:
    if report.outcome is vocabulary.VisitOutcome.UNKNOWN or report.told is vocabulary.ToldWhom.UNKNOWN:
        raise Malformed("outcome_unknown", "走访须登记结果和被告知人")
    if (report.outcome is vocabulary.VisitOutcome.TOLD) != (report.told in _TOLD):
        raise Malformed("outcome_contradicts_told", "已告知的须写明告知了本人还是监护人，未告知的不写")
    if report.visited_on > today:
        raise Malformed("visit_in_future", "走访须在发生之后登记")
    if report.visited_on < said.planned_on:
        raise Rejected("visited_before_planned", "走访早于安排之日，不算本次走访")
    return _reported(said, report)


def _reported(said: visit_plan_events.VisitPlanned, report: Close) -> visit_plan_events.PlannedVisitClosed:
    return visit_plan_events.PlannedVisitClosed(
        household_id=said.household_id,
        person_id=said.person_id,
        purpose=said.purpose,
        certificate_id=said.certificate_id,
        reminder_id=said.reminder_id,
        outcome=report.outcome,
        told=report.told,
        visited_on=report.visited_on,
        visit_id=report.visit_id,
    )


def _closed_again(
    said: visit_plan_events.VisitPlanned, before: visit_plan_events.PlannedVisitClosed | None, report: Close
) -> list[Event]:
    """The same report twice is one; another one does not replace it."""
    if before is None:
        raise Rejected("visit_withdrawn", "该走访已不需办理")
    if before != _reported(said, report):
        raise Rejected("visit_closed", "该走访已登记结果")
    return []


def evolve(state: State, happened: Event) -> State:
    """The visit after the event."""
    if isinstance(happened, visit_plan_events.VisitPlanned):
        return Planned(happened)
    if not isinstance(state, Planned):
        return state
    match happened:
        case visit_plan_events.VisitMissed():
            return replace(state, missed=True)
        case visit_plan_events.PlannedVisitClosed():
            return Ended(state.said, happened)
        case visit_plan_events.PlannedVisitWithdrawn():
            return Ended(state.said, None)
        case _:
            assert_never(happened)


def division(state: State) -> str:
    """The village."""
    return "" if isinstance(state, Absent) else state.said.division


PLANNED_VISIT: Decider[Any, Any, Any] = Decider("planned_visit", Absent(), decide, evolve, division)
