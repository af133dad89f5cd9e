"""Payments as rows: one person, subsidy and month. A fold only."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.entitlement.events import SubsidyPaid, SubsidyPaymentWithdrawn
from services.matching.vocabulary import Subsidy


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One person, subsidy and month; yuan."""

    person_id: UUID
    subsidy: Subsidy
    month: str
    division: str
    amount: Decimal
    roster_id: UUID


def _payment(key: tuple[UUID, str, str], row: PaymentRow | None, recorded: Recorded) -> PaymentRow | None:
    event: SubsidyPaid | SubsidyPaymentWithdrawn = recorded.event
    if isinstance(event, SubsidyPaymentWithdrawn):
        return None
    return PaymentRow(
        person_id=event.person_id,
        subsidy=event.subsidy,
        month=event.month,
        division=event.division,
        amount=event.amount,
        roster_id=event.roster_id,
    )


def _paid(recorded: Recorded) -> tuple[tuple[UUID, str, str], ...]:
    event: SubsidyPaid | SubsidyPaymentWithdrawn = recorded.event
    return ((event.person_id, event.subsidy.value, event.month),)


PAYMENTS = Projection(
    "payment", PaymentRow, ("person_id", "subsidy", "month"), dict.fromkeys((SubsidyPaid, SubsidyPaymentWithdrawn), _paid), _payment
)
