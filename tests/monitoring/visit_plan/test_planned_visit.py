"""A planned visit: what each command causes, when it is refused, and what a repeat does."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.kernel.errors import Forbidden, Malformed, NotFound
from services.monitoring.policy.load import load_policy
from services.monitoring.visit_plan import decider
from services.monitoring.vocabulary import ToldWhom, VisitOutcome, VisitPurpose, VisitWithdrawal
from tests.monitoring.visit_plan.samples import (
    ASK,
    ASKED,
    DAY,
    DUE,
    HOLDER,
    LIAISON,
    MACHINE,
    MISSED,
    NOBODY,
    OFFICIAL,
    PLAN,
    PLANNED,
    REPORT_BY,
    TELL,
    TOLD,
    VILLAGE,
    WITHDRAWN,
)
from tests.spec import Spec, spec

POLICY, REACHED = load_policy(), VisitWithdrawal.REACHED


def visit(*past: Any) -> Spec:
    """A planned visit with this past."""
    return spec(decider.PLANNED_VISIT, POLICY).given(*past)


def test_a_reminder_plans_one_visit_however_often_it_is_heard() -> None:
    visit().when(ASK, actor=MACHINE).then(ASKED)
    visit(ASKED).when(ASK, actor=MACHINE).then_nothing()
    for ended in (TOLD, WITHDRAWN):
        visit(ASKED, ended).when(ASK, actor=MACHINE).then_nothing()
    with pytest.raises(Forbidden, match="not_your_duty"):
        visit().when(ASK, actor=LIAISON).then_nothing()


def test_a_reminder_that_comes_to_the_village_once_more_plans_it_once_more_where_the_card_is_now() -> None:
    there = replace(ASK, version=6, division="533422101001")
    again = replace(ASKED, reminder_version=6, division="533422101001")
    for ended in (TOLD, WITHDRAWN):
        visit(ASKED, ended).when(there, actor=MACHINE).then(again)
    visit(ASKED, WITHDRAWN, again).when(there, actor=MACHINE).then_nothing()
    assert decider.PLANNED_VISIT.division(decider.PLANNED_VISIT.fold((ASKED, WITHDRAWN, again))) == "533422101001"


def test_what_a_reminder_said_before_it_asked_for_the_visit_withdraws_nothing() -> None:
    visit(ASKED).when(decider.Withdraw(REACHED, 4), actor=MACHINE).then(WITHDRAWN)
    for version in (2, 3):
        visit(ASKED).when(decider.Withdraw(REACHED, version), actor=MACHINE).then_nothing()
    for past in ((), (ASKED, TOLD), (ASKED, WITHDRAWN), (PLANNED,)):
        visit(*past).when(decider.Withdraw(REACHED, 4), actor=MACHINE).then_nothing()
    visit(ASKED, MISSED).when(decider.Withdraw(REACHED, 4), actor=MACHINE).then(WITHDRAWN)


def test_a_visit_is_missed_once_when_the_days_to_report_have_passed_and_stays_open() -> None:
    visit(ASKED).when(decider.NoteMissed(), REPORT_BY, MACHINE).then_nothing()
    visit(ASKED).when(decider.NoteMissed(), date(2026, 3, 8), MACHINE).then(MISSED)
    visit(ASKED, MISSED).when(decider.NoteMissed(), date(2026, 3, 9), MACHINE).then_nothing()
    for past in ((), (ASKED, TOLD), (ASKED, WITHDRAWN)):
        visit(*past).when(decider.NoteMissed(), date(2026, 3, 8), MACHINE).then_nothing()
    visit(ASKED, MISSED).when(TELL, date(2026, 3, 9), LIAISON).then(TOLD)


def test_an_office_plans_a_visit_in_a_village_for_a_reason_and_not_for_yesterday() -> None:
    visit().when(PLAN, DAY, OFFICIAL).then(PLANNED)
    visit().when(PLAN, DAY, LIAISON).then(replace(PLANNED, planned_by="CUN"))
    visit().when(replace(PLAN, due_on=DAY), DAY, OFFICIAL).then(replace(PLANNED, due_on=DAY, report_by=date(2026, 3, 4)))
    visit(PLANNED).when(PLAN, DAY, OFFICIAL).rejected("visit_known")
    for wrong, code in (
        ({"division": VILLAGE[:9]}, "division_unknown"),
        ({"division": "110101001001"}, "division_unknown"),
        ({"division": "53340110220x"}, "division_unknown"),
        ({"purpose": VisitPurpose.UNKNOWN}, "purpose_unknown"),
        ({"due_on": date(2026, 3, 1)}, "due_in_the_past"),
        ({"due_on": date(2027, 3, 4)}, "due_too_far_ahead"),
    ):
        with pytest.raises(Malformed, match=code):
            visit().when(replace(PLAN, **wrong), DAY, OFFICIAL).then_nothing()


@pytest.mark.parametrize("actor", [MACHINE, "MZ:533401:official-1", "XCZX:533401:official-1"])
def test_only_those_who_go_there_plan_and_report(actor: str) -> None:
    for past, command in (((), PLAN), ((ASKED,), TELL)):
        with pytest.raises(Forbidden, match="not_your_duty"):
            visit(*past).when(command, DAY, actor).then_nothing()


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("TOLD", "HOLDER"),
        ("TOLD", "GUARDIAN"),
        ("NOT_FOUND", "NOBODY"),
        ("REFUSED", "NOBODY"),
        ("MOVED_AWAY", "NOBODY"),
        ("OTHER", "NOBODY"),
    ],
)
def test_a_report_says_what_came_of_it_and_who_was_told_before_or_after_the_day(outcome: str, told: str) -> None:
    report = decider.Close(VisitOutcome(outcome), ToldWhom(told), DAY)
    event = replace(TOLD, outcome=VisitOutcome(outcome), told=ToldWhom(told))
    visit(ASKED).when(report, DAY, LIAISON).then(event)
    visit(ASKED).when(report, date(2026, 3, 20), LIAISON).then(event)


@pytest.mark.parametrize(
    ("outcome", "told", "code"),
    [
        ("TOLD", "NOBODY", "outcome_contradicts_told"),
        ("NOT_FOUND", "HOLDER", "outcome_contradicts_told"),
        ("REFUSED", "GUARDIAN", "outcome_contradicts_told"),
        ("UNKNOWN", "NOBODY", "outcome_unknown"),
        ("TOLD", "UNKNOWN", "outcome_unknown"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(outcome: str, told: str, code: str) -> None:
    with pytest.raises(Malformed, match=code):
        visit(ASKED).when(decider.Close(VisitOutcome(outcome), ToldWhom(told), DAY), DAY, LIAISON).then_nothing()


def test_a_visit_took_place_between_its_planning_and_today() -> None:
    with pytest.raises(Malformed, match="visit_in_future"):
        visit(ASKED).when(replace(TELL, visited_on=DUE), DAY, LIAISON).then_nothing()
    visit(ASKED).when(replace(TELL, visited_on=date(2026, 3, 1)), DAY, LIAISON).rejected("visited_before_planned")


def test_the_same_report_twice_is_one_and_another_one_is_refused() -> None:
    visit(ASKED, TOLD).when(TELL, DUE, LIAISON).then_nothing()
    visit(ASKED, TOLD).when(NOBODY, DUE, LIAISON).rejected("visit_closed")
    visit(ASKED, TOLD).when(replace(TELL, told=ToldWhom.GUARDIAN), DUE, LIAISON).rejected("visit_closed")
    visit(ASKED, WITHDRAWN).when(TELL, DUE, LIAISON).rejected("visit_withdrawn")
    with pytest.raises(NotFound, match="planned_visit_unknown"):
        visit().when(TELL, DAY, LIAISON).then_nothing()


def test_a_report_names_the_recorded_visit_and_whom_it_was_about() -> None:
    there = replace(TELL, visit_id=HOLDER)
    visit(PLANNED).when(there, DAY, LIAISON).then(
        replace(
            TOLD,
            household_id=None,
            purpose=VisitPurpose.FOLLOW_UP,
            certificate_id=None,
            reminder_id=None,
            visit_id=HOLDER,
        )
    )
