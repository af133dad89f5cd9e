"""What one sheet says of one month of a person's subsidy. The stream is the payment's id: a person and a subsidy.

A month is what all sheets say of it together. `month` is the month that the money is for, `sheet_month` that of the sheet which says so,
`county` the county whose sheet it is. An event of the same month, sheet's month, county and nature says it anew: the later one counts.
`total` is what the month comes to by everything known then, in yuan: what sheets pay, with corrections, less what came back; a return that
both the bank and a later sheet tell of is one.
"""

from decimal import Decimal
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import PaymentNature, Subsidy


@event
class SubsidyPaid:
    """发放: a sheet pays a month, its own or one that it makes up for. The card is the one that counts for the month, with its grade; `rate`:
    what the policy's row gives for a month of that grade."""

    person_id: UUID
    division: str  # the person's village, or the county whose sheet it is
    subsidy: Subsidy
    month: str
    sheet_month: str
    county: str
    counties: tuple[
        str, ...
    ]  # others that compare it: of the household registration, now or before, and those whose sheets pay, too
    nature: PaymentNature  # REGULAR or ARREARS
    amount: Decimal
    total: Decimal
    roster_id: UUID
    certificate_id: UUID | None
    grade: int | None
    rate: Decimal | None


@event
class SubsidyPaymentCorrected:
    """更正: a sheet puts right what was paid for a month, by more or (below zero) by less."""

    person_id: UUID
    division: str  # the person's village, or the county whose sheet it is
    subsidy: Subsidy
    month: str
    sheet_month: str
    county: str
    counties: tuple[
        str, ...
    ]  # others that compare it: of the household registration, now or before, and those whose sheets pay, too
    amount: Decimal
    total: Decimal
    roster_id: UUID


@event
class SubsidyPaymentReturned:
    """退回: money for a month came back: a sheet says so (RETURNED), or the bank could not pay it out (BOUNCED) and says why."""

    person_id: UUID
    division: str  # the person's village, or the county whose sheet it is
    subsidy: Subsidy
    month: str
    sheet_month: str
    county: str
    counties: tuple[
        str, ...
    ]  # others that compare it: of the household registration, now or before, and those whose sheets pay, too
    nature: PaymentNature  # RETURNED or BOUNCED
    amount: Decimal  # below zero
    total: Decimal
    roster_id: UUID
    reason: str | None  # code


@event
class SubsidyPaymentWithdrawn:
    """What a sheet said of a month is said no more: it was taken back by its sender, or another one stands in its place."""

    person_id: UUID
    division: str  # the person's village, or the county whose sheet it is
    subsidy: Subsidy
    month: str
    sheet_month: str
    county: str
    counties: tuple[
        str, ...
    ]  # others that compare it: of the household registration, now or before, and those whose sheets pay, too
    nature: PaymentNature
    amount: Decimal
    total: Decimal
    roster_id: UUID
