"""What a comparison of sets means. Pure.

The one rule so far is C3a: a card holder on the subsistence allowance whom the month's sheet does not pay.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.domain.months import first_day, last_day
from services.matching.entitlement.payment import Payment
from services.matching.policy.load import ValidOn
from services.matching.vocabulary import Subsidy

RULE = "C3a"


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate holder on the subsistence allowance whom the month's sheet does not pay."""

    person_id: UUID
    certificate_id: UUID
    division: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One county and month: inputs, and the sets. `complete` is false while one of the two rosters is missing; `rosters`: the sheets that
    it goes by."""

    division: str
    month: str
    as_of: date
    complete: bool
    rosters: tuple[UUID, ...]
    certificates: int
    beneficiaries: int
    payments: int
    missing: tuple[Holder, ...]
    no_longer: tuple[UUID, ...]  # open findings that the sets do not contain
    late: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """What followed from a sheet that was taken back: payments by it (person, village, subsidy, month), comparisons that went by it,
    their months, and the findings of these. `now`: what is compared without it, None when no payment sheet is left;
    `late`: what other sheets pay instead."""

    payments: tuple[tuple[UUID, str, Subsidy, str], ...]
    comparisons: tuple[UUID, ...]
    months: frozenset[str]
    findings: tuple[UUID, ...]
    now: Compared | None
    late: tuple[Payment, ...]


def must_be_valid_on(month: str, rule: ValidOn) -> date:
    """The day on which a certificate must be valid to count for the month."""
    return first_day(month) if rule is ValidOn.FIRST_DAY else last_day(month)
