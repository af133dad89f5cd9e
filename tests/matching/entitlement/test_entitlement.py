"""An entitlement: what each command causes, and what a repeat does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.matching.entitlement.decider import ENTITLEMENT, Pay, TakeBack, Warn
from services.matching.entitlement.events import SubsidyAtRisk, SubsidyPaid, SubsidyPaymentWithdrawn
from services.matching.policy.load import load_policy
from services.matching.vocabulary import Subsidy
from tests.spec import Spec, spec

POLICY = load_policy()
PERSON, CARD, VILLAGE = UUID(int=1), UUID(int=2), "533401102001"
PAID = SubsidyPaid(
    person_id=PERSON,
    division=VILLAGE,
    subsidy=Subsidy.LIVING,
    month="2026-03",
    amount=Decimal("100.00"),
    roster_id=UUID(int=3),
    certificate_id=CARD,
    grade=2,
)
RISK = SubsidyAtRisk(
    person_id=PERSON,
    division=VILLAGE,
    certificate_id=CARD,
    subsidy=Subsidy.LIVING,
    valid_to=date(2026, 8, 28),
    first_month_lost="2026-09",
)


def entitlement(*past: object) -> Spec:
    """An entitlement with this past."""
    return spec(ENTITLEMENT, POLICY).given(*past)


def test_a_payment_is_taken_back_with_its_own_sheet_and_may_be_made_again() -> None:
    back = SubsidyPaymentWithdrawn(
        person_id=PERSON,
        division=VILLAGE,
        subsidy=Subsidy.LIVING,
        month="2026-03",
        amount=Decimal("100.00"),
        roster_id=UUID(int=3),
    )
    entitlement(PAID).when(TakeBack("2026-03", UUID(int=3))).then(back)
    entitlement(PAID).when(TakeBack("2026-03", UUID(int=4))).then_nothing()
    entitlement(PAID, back).when(TakeBack("2026-03", UUID(int=3))).then_nothing()
    other = replace(PAID, amount=Decimal("90.00"), roster_id=UUID(int=4))
    entitlement(PAID, back).when(Pay(other)).then(other)


def test_a_month_is_paid_once_and_a_period_warned_of_once() -> None:
    entitlement().when(Pay(PAID)).then(PAID)
    entitlement(PAID).when(Pay(PAID)).then_nothing()
    april = replace(PAID, month="2026-04")
    entitlement(PAID).when(Pay(april)).then(april)
    entitlement(PAID).when(Warn(RISK)).then(RISK)
    entitlement(PAID, RISK).when(Warn(RISK)).then_nothing()
