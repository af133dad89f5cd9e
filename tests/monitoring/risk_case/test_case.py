"""A case: what each command causes, when it is refused, and what a repeat does."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.kernel.errors import Malformed, NotFound
from services.monitoring.policy.load import load_policy
from services.monitoring.risk_case import decider
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
from services.monitoring.vocabulary import RiskKind, RiskOutcome, RiskSource, Severity
from tests.monitoring.risk_case.samples import HOME, REPORT, VILLAGE
from tests.spec import Spec, spec

POLICY = load_policy()


MEASURE = UUID(int=2)


OFFICIAL, CIVIL, VILLAGER = "XCZX:533401:a", "MZ:533401:b", "CUN:533401102001:c"


DETECTED = RiskDetected(
    household_id=HOME,
    division=VILLAGE,
    rule="disaster-with-loss",
    kind=RiskKind.DISASTER,
    severity=Severity.HIGH,
    source=RiskSource.VISIT,
    clue_on=date(2026, 3, 1),
    verify_by=date(2026, 3, 3),
)
OPENED = CaseOpened(household_id=HOME, kind=RiskKind.DISASTER, opened_on=date(2026, 3, 2), decide_by=date(2026, 3, 16))
PLAN = decider.PlanMeasure(MEASURE, "M14", "MZ", date(2026, 3, 20))
PLANNED = MeasurePlanned(household_id=HOME, measure_id=MEASURE, measure="M14", owner="MZ", due_on=date(2026, 3, 20))
DELIVERED = MeasureDelivered(household_id=HOME, measure_id=MEASURE, owner="MZ", delivered_on=date(2026, 3, 2))
ARRIVED = MeasureChecked(household_id=HOME, measure_id=MEASURE, owner="MZ", arrived=True, checked_on=date(2026, 3, 2))
NOT_ARRIVED = replace(ARRIVED, arrived=False)
OVERDUE = MeasureOverdue(household_id=HOME, measure_id=MEASURE, measure="M14", owner="MZ", due_on=date(2026, 3, 20))
REFUTED = RiskResolved(household_id=HOME, outcome=RiskOutcome.REFUTED, resolved_on=date(2026, 3, 2))


def case(*past: RiskDetected | object) -> Spec:
    """A case with this past."""
    return spec(decider.CASE, POLICY).given(*past)


def test_a_rule_raises_a_lead_once() -> None:
    case().when(REPORT, actor="machine:x").then(DETECTED)
    case(DETECTED).when(REPORT, actor="machine:x").then_nothing()
    case(DETECTED, REFUTED).when(REPORT, actor="machine:x").then_nothing()


def test_a_named_official_opens_the_case_and_no_machine_does() -> None:
    case(DETECTED).when(decider.OpenCase(), actor=OFFICIAL).then(OPENED)
    case(DETECTED).when(decider.OpenCase(), actor="machine:x").rejected("a_person_decides")
    case(DETECTED, OPENED).when(decider.OpenCase(), actor=OFFICIAL).rejected("lead_verified")


def test_a_lead_is_refuted_once() -> None:
    case(DETECTED).when(decider.Refute(RiskOutcome.REFUTED), actor=OFFICIAL).then(REFUTED)
    case(DETECTED, REFUTED).when(decider.Refute(RiskOutcome.REFUTED), actor=OFFICIAL).rejected("case_closed")
    case(DETECTED, OPENED).when(decider.Refute(RiskOutcome.REFUTED), actor=OFFICIAL).rejected("lead_verified")


def test_a_household_is_identified_in_a_class_of_the_policy_once() -> None:
    identified = HouseholdIdentified(household_id=HOME, household_class="SUDDEN_SEVERE_HARDSHIP", decided_on=date(2026, 3, 2))
    case(DETECTED, OPENED).when(decider.Identify("SUDDEN_SEVERE_HARDSHIP"), actor=OFFICIAL).then(identified)
    case(DETECTED, OPENED, identified).when(decider.Identify("SUDDEN_SEVERE_HARDSHIP"), actor=OFFICIAL).rejected(
        "household_identified"
    )
    case(DETECTED).when(decider.Identify("SUDDEN_SEVERE_HARDSHIP"), actor=OFFICIAL).rejected("lead_not_verified")
    with pytest.raises(Malformed, match="no_policy_row"):
        case(DETECTED, OPENED).when(decider.Identify("RICH"), actor=OFFICIAL).then_nothing()


def test_a_measure_is_planned_for_one_of_its_owners() -> None:
    case(DETECTED, OPENED).when(PLAN, actor=OFFICIAL).then(PLANNED)
    case(DETECTED, OPENED, PLANNED).when(PLAN, actor=OFFICIAL).then_nothing()
    case(DETECTED, OPENED).when(replace(PLAN, owner="JT"), actor=OFFICIAL).rejected("not_the_owner")
    for due_on, code in ((date(2026, 3, 1), "due_in_the_past"), (date(2027, 3, 4), "due_too_far_ahead")):
        with pytest.raises(Malformed, match=code):
            case(DETECTED, OPENED).when(replace(PLAN, due_on=due_on), actor=OFFICIAL).then_nothing()


def test_only_the_owner_reports_delivery_and_again_only_after_a_check_that_found_nothing() -> None:
    planned = (DETECTED, OPENED, PLANNED)
    case(*planned).when(decider.DeliverMeasure(MEASURE), actor=CIVIL).then(DELIVERED)
    case(*planned).when(decider.DeliverMeasure(MEASURE), actor=OFFICIAL).rejected("not_the_owner")
    case(*planned, DELIVERED).when(decider.DeliverMeasure(MEASURE), actor=CIVIL).rejected("measure_delivered")
    case(*planned, DELIVERED, NOT_ARRIVED).when(decider.DeliverMeasure(MEASURE), actor=CIVIL).then(DELIVERED)
    with pytest.raises(NotFound, match="measure_unknown"):
        case(DETECTED, OPENED).when(decider.DeliverMeasure(MEASURE), actor=CIVIL).then_nothing()


def test_another_office_checks_once() -> None:
    delivered = (DETECTED, OPENED, PLANNED, DELIVERED)
    case(*delivered).when(decider.CheckMeasure(MEASURE, True), actor=VILLAGER).then(ARRIVED)
    case(*delivered).when(decider.CheckMeasure(MEASURE, False), actor=VILLAGER).then(NOT_ARRIVED)
    case(*delivered).when(decider.CheckMeasure(MEASURE, True), actor=CIVIL).rejected("same_office_may_not_check")
    case(*delivered, ARRIVED).when(decider.CheckMeasure(MEASURE, True), actor=VILLAGER).rejected("measure_checked")
    case(*delivered[:3]).when(decider.CheckMeasure(MEASURE, True), actor=VILLAGER).rejected("measure_not_delivered")


def test_a_measure_is_overdue_the_day_after_once_and_not_when_delivered() -> None:
    planned, late = (DETECTED, OPENED, PLANNED), decider.NoteOverdue(MEASURE, date(2026, 3, 21))
    case(*planned).when(late, actor="machine:x").then(OVERDUE)
    case(*planned).when(replace(late, today=date(2026, 3, 20)), actor="machine:x").then_nothing()
    case(*planned, OVERDUE).when(late, actor="machine:x").then_nothing()
    case(*planned, DELIVERED).when(late, actor="machine:x").then_nothing()
    case(*planned, OVERDUE).when(decider.DeliverMeasure(MEASURE), actor=CIVIL).then(DELIVERED)


def test_a_risk_is_eliminated_after_six_months_and_a_measure_that_arrived() -> None:
    arrived = (DETECTED, OPENED, PLANNED, DELIVERED, ARRIVED)
    done = RiskEliminated(household_id=HOME, eliminated_on=date(2026, 9, 2))
    case(*arrived).when(decider.Eliminate(), on=date(2026, 9, 2), actor=OFFICIAL).then(done)
    case(*arrived).when(decider.Eliminate(), on=date(2026, 9, 1), actor=OFFICIAL).rejected("too_early")
    case(*arrived[:4]).when(decider.Eliminate(), on=date(2026, 9, 2), actor=OFFICIAL).rejected("no_measure_arrived")
    case(*arrived, done).when(decider.Eliminate(), on=date(2026, 9, 3), actor=OFFICIAL).rejected("case_closed")


def test_nothing_happens_to_a_case_that_is_not_there() -> None:
    for command in (
        decider.OpenCase(),
        decider.Refute(RiskOutcome.REFUTED),
        PLAN,
        decider.Eliminate(),
    ):
        with pytest.raises(NotFound, match="case_unknown"):
            case().when(command, actor=OFFICIAL).then_nothing()
