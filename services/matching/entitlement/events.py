"""What stands of a person's subsidy: likely or not, at risk or not, and what civil affairs decided. The stream is the standing's id.

Likely is a lead by the lists and the register, never a decision. Each event says the whole of its part; the latest counts.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import Decision, RiskEnd, RosterKind, Subsidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A list that was gone by."""

    kind: RosterKind
    roster_id: UUID
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """A row of the policy that was gone by: its table, what it is about, and the day from which it is in force."""

    table: str
    about: str
    since: date


@event
class SubsidyLikelyEntitled:
    """From a month on, the lists and the register show a person who may have a subsidy. `unchecked`: the lists that did not tell, for people
    to look at."""

    person_id: UUID
    division: str  # the person's village
    subsidy: Subsidy
    from_month: str
    certificate_id: UUID
    grade: int
    yuan: Decimal | None  # a month, by the rate in force
    unchecked: tuple[RosterKind, ...]
    sources: tuple[Source, ...]
    rows: tuple[PolicyRow, ...]


@event
class SubsidyLikelyNotEntitled:
    """From a month on, they show a person who may not have it, and why."""

    person_id: UUID
    division: str  # the person's village
    subsidy: Subsidy
    from_month: str
    reason: str  # code: NO_CARD, NOT_ON_ALLOWANCE, GRADE, DIED, or the benefit that excludes it or is higher
    certificate_id: UUID | None
    grade: int | None
    sources: tuple[Source, ...]
    rows: tuple[PolicyRow, ...]


@event
class SubsidyAtRisk:
    """C3e: a paid person's certificate is inside an expiry window; payment stops the month after expiry."""

    person_id: UUID
    division: str  # the person's village
    certificate_id: UUID
    subsidy: Subsidy
    valid_to: date
    first_month_lost: str


@event
class SubsidyRiskEnded:
    """It is at risk no more by the end of that card, and why."""

    person_id: UUID
    division: str  # the person's village
    certificate_id: UUID
    subsidy: Subsidy
    valid_to: date
    why: RiskEnd


@event
class SubsidyDecided:
    """审定: what civil affairs decided, as its own list of approvals says, or a named official of it. Nobody else decides."""

    person_id: UUID
    division: str  # the person's village
    subsidy: Subsidy
    decision: Decision
    from_month: str
    until_month: str | None  # the first month for which it is not granted
    applied_on: date | None
    approved_on: date | None
    roster_id: UUID | None  # the list of approvals; None: an official decided it here
    reason: str | None  # code, of what an official decided here
