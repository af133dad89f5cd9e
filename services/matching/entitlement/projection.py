"""Payments as rows."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching import vocabulary
from services.matching.entitlement import events as entitlement_events


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One person, subsidy and month; yuan."""

    person_id: UUID
    subsidy: vocabulary.Subsidy
    month: str
    division: str
    amount: Decimal
    roster_id: UUID


def _payment(key: tuple[UUID, str, str], row: PaymentRow | None, recorded: Recorded) -> PaymentRow:
    said: entitlement_events.SubsidyPaid = recorded.event
    return PaymentRow(said.person_id, said.subsidy, said.month, said.division, said.amount, said.roster_id)


def _paid(recorded: Recorded) -> tuple[tuple[UUID, str, str], ...]:
    said: entitlement_events.SubsidyPaid = recorded.event
    return ((said.person_id, said.subsidy.value, said.month),)


PAYMENTS = Projection("payment", PaymentRow, ("person_id", "subsidy", "month"), {entitlement_events.SubsidyPaid: _paid}, _payment)
