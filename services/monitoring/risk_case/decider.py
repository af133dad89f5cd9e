"""A case, from the lead that a rule raised to the elimination of the risk: stream = case id.

A lead is nobody's verdict: an official verifies it (`OpenCase`) or refutes it. Measures are planned by a person for an owner agency,
delivered by that agency, and checked by another office.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.domain.months import full_months
from services.kernel.decider import Decider
from services.kernel.errors import Malformed, NotFound, Rejected
from services.kernel.events import Context
from services.monitoring.policy.load import MonitoringPolicy
from services.monitoring.risk_case.events import (
    CaseOpened,
    HouseholdIdentified,
    MeasurePlanned,
    RiskDetected,
    RiskEliminated,
    RiskResolved,
)
from services.monitoring.risk_case.measure import Measure, checked, delivered, late, overdue
from services.monitoring.risk_case.states import Absent, Closed, Event, Lead, Open, State, division, evolve
from services.monitoring.vocabulary import RiskKind, RiskOutcome, RiskSource, Severity


@dataclass(frozen=True, slots=True)
class ReportRisk:
    """A rule raises a lead (machine)."""

    household_id: UUID
    division: str
    rule: str
    kind: RiskKind
    severity: Severity
    source: RiskSource
    clue_on: date
    verify_by: date
    finding_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An official verified the lead."""


@dataclass(frozen=True, slots=True)
class Refute:
    """An official looked, and it was not so."""

    outcome: RiskOutcome


@dataclass(frozen=True, slots=True)
class Identify:
    """The county decided: the household is monitored, in this class."""

    household_class: str


@dataclass(frozen=True, slots=True)
class PlanMeasure:
    """Help of the catalogue, by this agency, until that day."""

    measure_id: UUID
    measure: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class DeliverMeasure:
    """The owner agency says: done."""

    measure_id: UUID


@dataclass(frozen=True, slots=True)
class CheckMeasure:
    """Another office looked whether it arrived."""

    measure_id: UUID
    arrived: bool


@dataclass(frozen=True, slots=True)
class NoteOverdue:
    """The scheduler: the measure's day has passed (machine)."""

    measure_id: UUID
    today: date


@dataclass(frozen=True, slots=True)
class Eliminate:
    """风险消除."""


ByPerson = OpenCase | Refute | Identify | PlanMeasure | DeliverMeasure | CheckMeasure | Eliminate
ByMachine = ReportRisk | NoteOverdue
Command = ByMachine | ByPerson


def decide(state: State, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """What the command causes. Raises `Rejected` with a named code, `Malformed`, `NotFound`."""
    if isinstance(command, ReportRisk):
        return [_detected(command)] if isinstance(state, Absent) else []  # the same visit comes twice
    if isinstance(state, Absent):
        raise NotFound("case_unknown", "没有这条风险线索")
    if isinstance(command, NoteOverdue):
        return _overdue(state, command)
    if Actor.parse(context.actor).is_machine:
        raise Rejected("a_person_decides", "系统只提出线索，由经办人决定")
    match state:
        case Lead():
            return _on_lead(state, command, policy, context)
        case Open():
            return _on_open(state, command, policy, context)
        case Closed():
            raise Rejected("case_closed", "该风险已办结")
        case _:
            assert_never(state)


def _on_lead(lead: Lead, command: ByPerson, policy: MonitoringPolicy, context: Context) -> list[Event]:
    match command:
        case OpenCase():
            return [_opened(lead, policy, context)]
        case Refute(outcome):
            return [RiskResolved(household_id=lead.household_id, outcome=outcome, resolved_on=context.today)]
        case Identify() | PlanMeasure() | DeliverMeasure() | CheckMeasure() | Eliminate():
            raise Rejected("lead_not_verified", "线索须先经核实")
        case _:
            assert_never(command)


def _on_open(case: Open, command: ByPerson, policy: MonitoringPolicy, context: Context) -> list[Event]:
    match command:
        case Identify(household_class):
            return _identified(case, household_class, policy, context)
        case PlanMeasure():
            return _planned(case, command, policy, context)
        case DeliverMeasure(measure_id):
            return [delivered(case.household_id, measure_id, _measure(case, measure_id), context)]
        case CheckMeasure(measure_id, arrived):
            return [checked(case.household_id, measure_id, _measure(case, measure_id), arrived, context)]
        case Eliminate():
            return _eliminated(case, policy, context)
        case OpenCase() | Refute():
            raise Rejected("lead_verified", "线索已核实")
        case _:
            assert_never(command)


def _overdue(state: Lead | Open | Closed, command: NoteOverdue) -> list[Event]:
    """A measure that nobody delivered by its day, once; nothing when it is delivered, noted, or the case is over."""
    if not isinstance(state, Open) or command.measure_id not in state.measures:
        return []
    measure = state.measures[command.measure_id]
    if not late(measure, command.today):
        return []
    return [overdue(state.household_id, command.measure_id, measure)]


def _detected(command: ReportRisk) -> RiskDetected:
    return RiskDetected(
        household_id=command.household_id,
        rule=command.rule,
        kind=command.kind,
        severity=command.severity,
        source=command.source,
        clue_on=command.clue_on,
        verify_by=command.verify_by,
        division=command.division,
        finding_id=command.finding_id,
    )


def _opened(lead: Lead, policy: MonitoringPolicy, context: Context) -> CaseOpened:
    days = policy.days.one("clue-to-decision", context.today, lead.division).days
    decide_by = lead.clue_on + timedelta(days=days)
    return CaseOpened(household_id=lead.household_id, kind=lead.kind, opened_on=context.today, decide_by=decide_by)


def _identified(case: Open, household_class: str, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if case.identified:
        raise Rejected("household_identified", "该户已认定")
    policy.household_classes.one(household_class, context.today, case.division)
    return [HouseholdIdentified(household_id=case.household_id, household_class=household_class, decided_on=context.today)]


def _planned(case: Open, command: PlanMeasure, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if command.measure_id in case.measures:
        return []
    if command.owner not in policy.measures.one(command.measure, context.today, case.division).owners:
        raise Rejected("not_the_owner", f"措施 {command.measure} 不由 {command.owner} 落实")
    if command.due_on < context.today:
        raise Malformed("due_in_the_past", "措施落实期限不早于今日")
    furthest = context.today + timedelta(days=policy.days.one("plan-ahead", context.today, case.division).days)
    if command.due_on > furthest:
        raise Malformed("due_too_far_ahead", f"措施落实期限不晚于{furthest}")
    return [
        MeasurePlanned(
            household_id=case.household_id,
            measure_id=command.measure_id,
            measure=command.measure,
            owner=command.owner,
            due_on=command.due_on,
        )
    ]


def _measure(case: Open, measure_id: UUID) -> Measure:
    if measure_id not in case.measures:
        raise NotFound("measure_unknown", "没有这项措施")
    return case.measures[measure_id]


def _eliminated(case: Open, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if not any(measure.arrived for measure in case.measures.values()):
        raise Rejected("no_measure_arrived", "至少一项措施落实到户后方可消除风险")
    months = policy.months.one("wait-before-elimination", context.today, case.division).months
    if full_months(case.opened_on, context.today) < months:
        raise Rejected("too_early", f"立案满 {months} 个月后方可消除风险")
    return [RiskEliminated(household_id=case.household_id, eliminated_on=context.today)]


CASE: Decider[State, Command, MonitoringPolicy] = Decider("case", Absent(), decide, evolve, division)
