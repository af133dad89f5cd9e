"""What was said of a county before, as tables beside the facts: a derivation is the difference between them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A finding that exists: whether it is open (OPEN; and may be a delay), was refuted until a day (REFUTED), or ended (RESOLVED);
    `of_type`: its type."""

    finding_id: UUID
    rule: str
    subject_kind: str
    subject: UUID
    object: str
    period: str
    state: str
    until: date | None = None
    may_be_lag: bool = False
    of_type: str = ""


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """What a sheet of this county said of one month, as it was recorded; `sheet_month`: of the sheet; `amount` below zero takes off."""

    person_id: UUID
    subsidy: str
    month: str
    sheet_month: str
    nature: str
    amount: Decimal
    roster_id: UUID


@dataclass(frozen=True, slots=True)
class KnownStanding:
    """What stands of a person's subsidy: whether likely entitled and since when; which card's end puts it at risk; what was decided."""

    person_id: UUID
    subsidy: str
    division: str
    entitled: bool | None
    from_month: str | None
    reason: str | None
    grade: int | None
    yuan: Decimal | None
    at_risk_card: UUID | None
    at_risk_by: date | None  # the last valid day
    decided_from: str | None
    decided_until: str | None
    decided_here_on: date | None = None  # by an official of civil affairs, not by a list


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line of the adjustment list of a month's payment, as it stands; `outcome`: what is known of it so far."""

    line_id: UUID
    list_id: UUID
    edition: int
    month: str
    subsidy: str
    part: str
    person_id: UUID
    yuan: Decimal | None
    months: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """Somebody's card is being issued anew, or another grade is being looked at, since a day."""

    person_id: UUID
    begun_on: date


@dataclass(frozen=True, slots=True)
class BackPay:
    """A row of the policy: for how many months at most somebody may be paid who had no card in them and renewed it late."""

    since: date
    until: date | None
    months: int


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """How many rows of a roster could not be used."""

    roster_id: UUID
    rows: int


@dataclass(frozen=True, slots=True)
class RowProblem:
    """How many rows of a roster could not be used for one reason (a code of its row report)."""

    roster_id: UUID
    code: str
    rows: int


@dataclass(frozen=True, slots=True)
class PaidElsewhere:
    """What the sheets of other counties of the prefecture paid a person for a month, taken together."""

    person_id: UUID
    subsidy: str
    month: str
    amount: Decimal
