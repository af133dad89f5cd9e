"""Rosters, entitlements and discrepancies: what each command causes, when it is refused, and what a repeat does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.kernel.errors import NotFound
from services.matching import vocabulary
from services.matching.comparison.sets import must_be_valid_on
from services.matching.discrepancy import decider as discrepancy_decider
from services.matching.discrepancy import events as discrepancy_events
from services.matching.entitlement import decider as entitlement_decider
from services.matching.entitlement import events as entitlement_events
from services.matching.policy.load import ValidOn, load_policy
from services.matching.roster import decider as roster_decider
from services.matching.roster import events as roster_events
from tests.spec import Spec, spec

POLICY = load_policy()
PERSON, CARD, VILLAGE = UUID(int=1), UUID(int=2), "533401102001"
FOUND = discrepancy_events.DiscrepancyFound(
    rule="C3a",
    finding=vocabulary.Finding.ENTITLED_NOT_RECEIVING,
    person_id=PERSON,
    division=VILLAGE,
    certificate_id=CARD,
    subsidy=vocabulary.Subsidy.LIVING,
    month="2026-03",
    as_of=date(2026, 3, 1),
    owner="MZ",
    verify_by=date(2026, 3, 30),
)
CLOSED = discrepancy_events.DiscrepancyResolved(
    rule="C3a",
    person_id=PERSON,
    subsidy=vocabulary.Subsidy.LIVING,
    how=vocabulary.Resolution.NO_LONGER_TRUE,
    resolved_on=date(2026, 3, 2),
)
REFUTED = replace(CLOSED, how=vocabulary.Resolution.REFUTED)
PAID = entitlement_events.SubsidyPaid(
    person_id=PERSON,
    division=VILLAGE,
    subsidy=vocabulary.Subsidy.LIVING,
    month="2026-03",
    amount=Decimal("100.00"),
    roster_id=UUID(int=3),
    certificate_id=CARD,
    grade=2,
)
RISK = entitlement_events.SubsidyAtRisk(
    person_id=PERSON,
    division=VILLAGE,
    certificate_id=CARD,
    subsidy=vocabulary.Subsidy.LIVING,
    valid_to=date(2026, 8, 28),
    first_month_lost="2026-09",
)
RECEIVED = roster_events.RosterReceived(
    kind=vocabulary.RosterKind.SUBSIDY_PAYMENT,
    division="533401",
    as_of=date(2026, 3, 1),
    month="2026-03",
    rows=9,
    linked=8,
    rejected=1,
)
REJECTED = roster_events.RosterRejected(
    kind=vocabulary.RosterKind.SUBSIDY_PAYMENT, division="533401", reason="sheet_empty", rows=0, rejected=0
)
RUN = roster_events.ComparisonRun(
    rule="C3a",
    division="533401",
    month="2026-03",
    as_of=date(2026, 3, 1),
    certificates=9,
    beneficiaries=5,
    payments=4,
    found=1,
    closed=0,
)


def finding(*past: object) -> Spec:
    """A discrepancy with this past."""
    return spec(discrepancy_decider.DISCREPANCY, POLICY).given(*past)


def test_a_finding_opens_closes_by_itself_and_reopens_when_true_again() -> None:
    finding().when(discrepancy_decider.Find(FOUND)).then(FOUND)
    finding(FOUND).when(discrepancy_decider.Find(FOUND)).then_nothing()
    finding(FOUND).when(discrepancy_decider.Close()).then(CLOSED)
    finding(FOUND, CLOSED).when(discrepancy_decider.Close()).then_nothing()
    finding().when(discrepancy_decider.Close()).then_nothing()
    finding(FOUND, CLOSED).when(discrepancy_decider.Find(FOUND)).then(FOUND)


def test_a_persons_word_outranks_the_sweep_for_the_month_it_was_given() -> None:
    later = replace(FOUND, month="2026-04")
    finding(FOUND).when(discrepancy_decider.Refute()).then(REFUTED)
    finding(FOUND, REFUTED).when(discrepancy_decider.Find(FOUND)).then_nothing()
    finding(FOUND, REFUTED).when(discrepancy_decider.Find(later)).then(later)
    finding(FOUND, REFUTED).when(discrepancy_decider.Refute()).rejected("discrepancy_closed")
    with pytest.raises(NotFound, match="discrepancy_unknown"):
        finding().when(discrepancy_decider.Refute()).then_nothing()


def test_a_month_is_paid_once_and_a_period_warned_of_once() -> None:
    spec(entitlement_decider.ENTITLEMENT, POLICY).when(entitlement_decider.Pay(PAID)).then(PAID)
    spec(entitlement_decider.ENTITLEMENT, POLICY).given(PAID).when(entitlement_decider.Pay(PAID)).then_nothing()
    april = replace(PAID, month="2026-04")
    spec(entitlement_decider.ENTITLEMENT, POLICY).given(PAID).when(entitlement_decider.Pay(april)).then(april)
    spec(entitlement_decider.ENTITLEMENT, POLICY).given(PAID).when(entitlement_decider.Warn(RISK)).then(RISK)
    spec(entitlement_decider.ENTITLEMENT, POLICY).given(PAID, RISK).when(entitlement_decider.Warn(RISK)).then_nothing()


def test_a_file_is_received_once_and_may_come_again_after_a_refusal() -> None:
    spec(roster_decider.ROSTER, POLICY).when(roster_decider.Receive(RECEIVED)).then(RECEIVED)
    spec(roster_decider.ROSTER, POLICY).given(RECEIVED).when(roster_decider.Receive(RECEIVED)).rejected("roster_known")
    spec(roster_decider.ROSTER, POLICY).when(roster_decider.Reject(REJECTED)).then(REJECTED)
    spec(roster_decider.ROSTER, POLICY).given(REJECTED).when(roster_decider.Reject(REJECTED)).then_nothing()
    spec(roster_decider.ROSTER, POLICY).given(REJECTED).when(roster_decider.Receive(RECEIVED)).then(RECEIVED)
    spec(roster_decider.ROSTER, POLICY).when(roster_decider.Note(RUN)).then(RUN)
    spec(roster_decider.ROSTER, POLICY).given(RUN).when(roster_decider.Note(RUN)).then_nothing()


def test_a_certificate_must_be_valid_on_the_first_or_the_last_day_of_the_month() -> None:
    assert must_be_valid_on("2026-03", ValidOn.FIRST_DAY) == date(2026, 3, 1)
    assert must_be_valid_on("2026-03", ValidOn.LAST_DAY) == date(2026, 3, 31)
