"""What sheets say of months, as rows: one for each part. A fold only."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.vocabulary import PaymentNature, Subsidy


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """What a county's sheet of `sheet_month` says of a person's month by one nature; yuan, below zero where it takes off."""

    person_id: UUID
    subsidy: Subsidy
    month: str
    sheet_month: str
    county: str
    nature: PaymentNature
    division: str
    amount: Decimal
    roster_id: UUID
    reason: str | None


_EVENTS = (SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn)
_Event = SubsidyPaid | SubsidyPaymentCorrected | SubsidyPaymentReturned | SubsidyPaymentWithdrawn


def _nature(event: _Event) -> PaymentNature:
    return PaymentNature.CORRECTION if isinstance(event, SubsidyPaymentCorrected) else event.nature


def _payment(key: object, row: PaymentRow | None, recorded: Recorded) -> PaymentRow | None:
    event: _Event = recorded.event
    if isinstance(event, SubsidyPaymentWithdrawn):
        return None
    return PaymentRow(
        person_id=event.person_id,
        subsidy=event.subsidy,
        month=event.month,
        sheet_month=event.sheet_month,
        county=event.county,
        nature=_nature(event),
        division=event.division,
        amount=event.amount,
        roster_id=event.roster_id,
        reason=event.reason if isinstance(event, SubsidyPaymentReturned) else None,
    )


def _part(recorded: Recorded) -> tuple[tuple[Hashable, ...], ...]:
    event: _Event = recorded.event
    return ((event.person_id, event.subsidy.value, event.month, event.sheet_month, event.county, _nature(event).value),)


PAYMENTS = Projection(
    "payment",
    PaymentRow,
    ("person_id", "subsidy", "month", "sheet_month", "county", "nature"),
    dict.fromkeys(_EVENTS, _part),
    _payment,
)
