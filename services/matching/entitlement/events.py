"""What becomes of a person's subsidy: paid for a month, no longer so, at risk. The stream is the entitlement's id."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import Subsidy


@event
class SubsidyPaid:
    """发放: what one person was paid for one month, with the facts it was based on."""

    person_id: UUID
    division: str  # the person's village
    subsidy: Subsidy
    month: str
    amount: Decimal
    roster_id: UUID
    certificate_id: UUID | None
    grade: int | None


@event
class SubsidyPaymentWithdrawn:
    """The sheet that said so was taken back: the month counts as not paid, until another sheet says so."""

    person_id: UUID
    division: str  # the person's village
    subsidy: Subsidy
    month: str
    amount: Decimal
    roster_id: UUID


@event
class SubsidyAtRisk:
    """C3e: a paid person's certificate is inside an expiry window; payment stops the month after expiry."""

    person_id: UUID
    division: str  # the person's village
    certificate_id: UUID
    subsidy: Subsidy
    valid_to: date
    first_month_lost: str
