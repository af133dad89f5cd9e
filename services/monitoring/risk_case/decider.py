"""A case, from the lead that a rule raised to the elimination of the risk: stream = case id.

A lead is nobody's verdict: an official verifies it (`OpenCase`) or refutes it. Measures are planned by a person for an owner agency,
delivered by that agency, and checked by another office.
"""

from dataclasses import dataclass, field, replace
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
    MeasureChecked,
    MeasureDelivered,
    MeasureOverdue,
    MeasurePlanned,
    RiskDetected,
    RiskEliminated,
    RiskResolved,
)
from services.monitoring.risk_case.measure import Measure, checked, delivered, late, overdue
from services.monitoring.vocabulary import RiskKind, RiskOutcome, RiskSource, Severity


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing raised."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A rule was true; somebody must look."""

    household_id: UUID
    division: str
    kind: RiskKind
    clue_on: date


@dataclass(frozen=True, slots=True)
class Open:
    """Verified by an official. `identified` when the county decided that the household is monitored."""

    household_id: UUID
    division: str
    kind: RiskKind
    opened_on: date
    identified: bool = False
    measures: dict[UUID, Measure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """Refuted, or the risk is eliminated."""

    division: str


State = Absent | Lead | Open | Closed


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


Command = ReportRisk | OpenCase | Refute | Identify | PlanMeasure | DeliverMeasure | CheckMeasure | NoteOverdue | Eliminate
Event = (
    RiskDetected
    | RiskResolved
    | CaseOpened
    | HouseholdIdentified
    | MeasurePlanned
    | MeasureDelivered
    | MeasureChecked
    | MeasureOverdue
    | RiskEliminated
)


def decide(state: State, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    """What the command causes. Raises `Rejected` with a named code, `Malformed`, `NotFound`."""
    match state, command:
        case Absent(), ReportRisk() as found:
            return [_detected(found)]
        case _, ReportRisk():
            return []  # the same visit told twice
        case Absent(), _:
            raise NotFound("case_unknown")
        case Open(measures=measures), NoteOverdue(measure_id, today) if measure_id in measures:
            return [overdue(state.household_id, measure_id, measures[measure_id])] if late(measures[measure_id], today) else []
        case _, NoteOverdue():
            return []
        case _ if Actor.parse(context.actor).is_machine:
            raise Rejected("a_person_decides", "the machine raises leads; people decide")
        case Closed(), _:
            raise Rejected("case_closed")
        case Lead(), OpenCase():
            return [_opened(state, policy, context)]
        case Lead(), Refute(outcome):
            return [RiskResolved(household_id=state.household_id, outcome=outcome, resolved_on=context.today)]
        case Lead(), _:
            raise Rejected("lead_not_verified", "an official verifies the lead first")
        case Open(), _:
            return _on_open(state, command, policy, context)
    raise AssertionError(command)


def _on_open(case: Open, command: Command, policy: MonitoringPolicy, context: Context) -> list[Event]:
    match command:
        case Identify(household_class):
            return _identified(case, household_class, policy, context)
        case PlanMeasure() as plan:
            return _planned(case, plan, policy, context)
        case DeliverMeasure(measure_id):
            return [delivered(case.household_id, measure_id, _measure(case, measure_id), context)]
        case CheckMeasure(measure_id, arrived):
            return [checked(case.household_id, measure_id, _measure(case, measure_id), arrived, context)]
        case Eliminate():
            return _eliminated(case, policy, context)
        case OpenCase() | Refute():
            raise Rejected("lead_verified", "the lead was verified before")
    raise AssertionError(command)


def _detected(found: ReportRisk) -> RiskDetected:
    return RiskDetected(
        household_id=found.household_id,
        rule=found.rule,
        kind=found.kind,
        severity=found.severity,
        source=found.source,
        clue_on=found.clue_on,
        verify_by=found.verify_by,
        division=found.division,
    )


def _opened(lead: Lead, policy: MonitoringPolicy, context: Context) -> CaseOpened:
    days = policy.days.one("clue-to-decision", context.today, lead.division).days
    decide_by = lead.clue_on + timedelta(days=days)
    return CaseOpened(household_id=lead.household_id, kind=lead.kind, opened_on=context.today, decide_by=decide_by)


def _identified(case: Open, household_class: str, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if case.identified:
        raise Rejected("household_identified")
    policy.household_classes.one(household_class, context.today, case.division)
    return [HouseholdIdentified(household_id=case.household_id, household_class=household_class, decided_on=context.today)]


def _planned(case: Open, plan: PlanMeasure, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if plan.measure_id in case.measures:
        return []
    if plan.owner not in policy.measures.one(plan.measure, context.today, case.division).owners:
        raise Rejected("not_the_owner", f"{plan.measure} does not belong to {plan.owner}")
    if plan.due_on < context.today:
        raise Malformed("due_in_the_past", "a measure is due today or later")
    return [
        MeasurePlanned(
            household_id=case.household_id, measure_id=plan.measure_id, measure=plan.measure, owner=plan.owner, due_on=plan.due_on
        )
    ]


def _measure(case: Open, measure_id: UUID) -> Measure:
    if measure_id not in case.measures:
        raise NotFound("measure_unknown")
    return case.measures[measure_id]


def _eliminated(case: Open, policy: MonitoringPolicy, context: Context) -> list[Event]:
    if not any(m.arrived for m in case.measures.values()):
        raise Rejected("no_measure_arrived", "at least one measure has arrived before a risk is eliminated")
    months = policy.months.one("wait-before-elimination", context.today, case.division).months
    if full_months(case.opened_on, context.today) < months:
        raise Rejected("too_early", f"{months} months must have passed since the case was opened")
    return [RiskEliminated(household_id=case.household_id, eliminated_on=context.today)]


def evolve(state: State, happened: Event) -> State:
    """The case after the event."""
    match happened:
        case RiskDetected():
            return Lead(happened.household_id, happened.division, happened.kind, happened.clue_on)
        case RiskResolved() | RiskEliminated():
            return Closed(division(state))
        case CaseOpened():
            return Open(happened.household_id, division(state), happened.kind, happened.opened_on)
        case HouseholdIdentified() | MeasurePlanned() | MeasureDelivered() | MeasureChecked() | MeasureOverdue():
            return _opened_after(state, happened) if isinstance(state, Open) else state
        case _:
            assert_never(happened)


def _opened_after(
    case: Open, happened: HouseholdIdentified | MeasurePlanned | MeasureDelivered | MeasureChecked | MeasureOverdue
) -> Open:
    match happened:
        case HouseholdIdentified():
            return replace(case, identified=True)
        case MeasurePlanned():
            return _with(case, happened.measure_id, Measure(happened.measure, happened.owner, happened.due_on))
        case MeasureDelivered(owner=owner):
            return _with(case, happened.measure_id, replace(case.measures[happened.measure_id], delivered_by=owner, arrived=None))
        case MeasureChecked(arrived=arrived):
            return _with(case, happened.measure_id, replace(case.measures[happened.measure_id], arrived=arrived))
        case MeasureOverdue():
            return _with(case, happened.measure_id, replace(case.measures[happened.measure_id], overdue=True))


def _with(case: Open, measure_id: UUID, measure: Measure) -> Open:
    return replace(case, measures={**case.measures, measure_id: measure})


def division(state: State) -> str:
    """The household's village."""
    return "" if isinstance(state, Absent) else state.division


CASE: Decider[State, Command, MonitoringPolicy] = Decider("case", Absent(), decide, evolve, division)
