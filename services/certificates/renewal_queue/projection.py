"""What the register follows of other services, as folds: who was last paid which subsidy, who lives together, which case is open.

Only what ranks renewals. Nothing here decides, and the register works without it: a source that was never heard of is said to be so.
Each row is fed by one stream of its owner, so no order between streams matters; households and cases meet in the query.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.vocabulary import Subsidy
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case.events import HouseholdIdentified, RiskEliminated

_KEPT = 24  # months of payments
_PAYMENTS = (SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn)
_Payment = SubsidyPaid | SubsidyPaymentCorrected | SubsidyPaymentReturned | SubsidyPaymentWithdrawn


@dataclass(frozen=True, slots=True)
class BenefitRow:
    """The latest month (like "2026-03") that a person was paid of a subsidy, and how much (yuan). `heard_at`: the newest payment's;
    `months` and `amounts`: the last two years of them, so that a payment can be taken back."""

    person_id: UUID
    subsidy: Subsidy
    division: str
    month: str
    amount: Decimal
    heard_at: datetime
    months: tuple[str, ...]
    amounts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household that monitoring follows, and who belongs to it."""

    household_id: UUID
    division: str
    members: tuple[UUID, ...]
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class MonitoredCaseRow:
    """A case in which a household was identified (识别) and whose risk is not eliminated; a household may have several."""

    case_id: UUID
    household_id: UUID
    division: str


def _benefit(key: tuple[UUID, str], row: BenefitRow | None, recorded: Recorded) -> BenefitRow | None:
    """Months are paid in any order (a sheet may come late): the latest counts, with what it comes to by all sheets. A month that comes to
    nothing, returned or taken back, is not paid, until another sheet pays it."""
    event: _Payment = recorded.event
    paid = dict(zip(row.months, row.amounts, strict=True)) if row else {}
    paid[event.month] = event.total
    if event.total <= 0:
        del paid[event.month]
    if not paid:
        return None
    months = sorted(paid)[-_KEPT:]
    return BenefitRow(
        person_id=key[0],
        subsidy=event.subsidy,
        division=event.division if row is None or event.month >= row.month else row.division,
        month=months[-1],
        amount=paid[months[-1]],
        heard_at=max(row.heard_at, recorded.occurred_at) if row else recorded.occurred_at,
        months=tuple(months),
        amounts=tuple(paid[month] for month in months),
    )


def _household(key: tuple[UUID], row: HouseholdRow | None, recorded: Recorded) -> HouseholdRow | None:
    match recorded.event:
        case HouseholdRegistered(division=division, members=members):
            return HouseholdRow(key[0], division, members, recorded.occurred_at)
        case HouseholdMembersChanged(members=members) if row:
            return replace(row, members=members, heard_at=max(row.heard_at, recorded.occurred_at))
    return row


def _case(key: tuple[UUID], row: MonitoredCaseRow | None, recorded: Recorded) -> MonitoredCaseRow | None:
    match recorded.event:
        case HouseholdIdentified(household_id=household):
            return MonitoredCaseRow(key[0], household, recorded.division)
    return None


BENEFIT: Projection[BenefitRow] = Projection(
    "benefit",
    BenefitRow,
    ("person_id", "subsidy"),
    dict.fromkeys(_PAYMENTS, lambda recorded: ((recorded.event.person_id, recorded.event.subsidy.value),)),
    _benefit,
)
HOUSEHOLD: Projection[HouseholdRow] = Projection(
    "household", HouseholdRow, ("household_id",), Projection.by_stream((HouseholdRegistered, HouseholdMembersChanged)), _household
)
MONITORED_CASE: Projection[MonitoredCaseRow] = Projection(
    "monitored_case", MonitoredCaseRow, ("case_id",), Projection.by_stream((HouseholdIdentified, RiskEliminated)), _case
)
FOLLOWED: tuple[Projection[Any], ...] = (BENEFIT, HOUSEHOLD, MONITORED_CASE)
