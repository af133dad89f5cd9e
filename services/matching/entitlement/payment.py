"""A staged row of a payment sheet whose person is known: what it says was paid. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.domain import divisions
from services.matching.payment.decider import Part, PartKey, Record
from services.matching.vocabulary import PaymentNature, Subsidy


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


def part_of(division: str, month: str) -> PartKey:
    """The part of a sheet's own month, of the county of a person's village."""
    return PartKey(divisions.county(division), month, month, PaymentNature.REGULAR)


def paid(payment: Payment) -> Record:
    """A payment as the command that records it."""
    part = Part(part_of(payment.division, payment.month), payment.amount, payment.roster_id, payment.certificate_id, payment.grade)
    return Record(payment.person_id, payment.subsidy, payment.division, (part,))
