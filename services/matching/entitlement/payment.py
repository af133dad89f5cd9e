"""A staged row of a payment sheet whose person is known: what it says was paid. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.matching.entitlement.events import SubsidyPaid
from services.matching.vocabulary import Subsidy


@dataclass(frozen=True, slots=True)
class Payment:
    """What a row pays a person, in yuan for a month (YYYY-MM), with the card that the person has now; not recorded yet.

    It is payable when its sheet comes in, or late, when its person becomes known only afterwards.
    """

    person_id: UUID
    division: str
    subsidy: Subsidy
    month: str
    amount: Decimal
    roster_id: UUID
    certificate_id: UUID | None
    grade: int | None


def paid(payment: Payment) -> SubsidyPaid:
    """A payment as the event it becomes."""
    return SubsidyPaid(
        person_id=payment.person_id,
        division=payment.division,
        subsidy=payment.subsidy,
        month=payment.month,
        amount=payment.amount,
        roster_id=payment.roster_id,
        certificate_id=payment.certificate_id,
        grade=payment.grade,
    )
