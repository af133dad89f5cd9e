"""What one person was paid of one subsidy, month by month, and when that is in danger. Stream = entitlement(person, subsidy)."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.entitlement.events import SubsidyAtRisk, SubsidyPaid
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Subsidy


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Months paid, and validity periods for which the danger was told."""

    division: str = ""
    months: frozenset[str] = field(default_factory=frozenset)
    at_risk: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Pay:
    """A payment sheet says: paid."""

    paid: SubsidyPaid


@dataclass(frozen=True, slots=True)
class Warn:
    """The certificate comes inside an expiry window (machine)."""

    risk: SubsidyAtRisk


Command = Pay | Warn
Event = SubsidyPaid | SubsidyAtRisk


def entitlement_id(person_id: UUID, subsidy: Subsidy) -> UUID:
    """The stream of a person's subsidy."""
    return stream_id("entitlement", person_id, subsidy.value)


def decide(state: Entitlement, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """A month is paid once and a period is warned of once; a repeat is nothing."""
    match command:
        case Pay(paid):
            return [] if paid.month in state.months else [paid]
        case Warn(risk):
            return [] if risk.valid_to in state.at_risk else [risk]


def evolve(state: Entitlement, happened: Event) -> Entitlement:
    """After the event."""
    match happened:
        case SubsidyPaid():
            return replace(state, division=happened.division, months=state.months | {happened.month})
        case SubsidyAtRisk():
            return replace(state, division=happened.division, at_risk=state.at_risk | {happened.valid_to})


ENTITLEMENT: Decider[Entitlement, Command, MatchingPolicy] = Decider(
    "entitlement", Entitlement(), decide, evolve, lambda state: state.division
)


@dataclass(frozen=True, slots=True)
class LatePayment:
    """A paid row whose person became known only after the sheet had come in."""

    person_id: UUID
    division: str
    subsidy: Subsidy
    month: str
    amount: Decimal
    roster_id: UUID
    certificate_id: UUID | None
    grade: int | None


def paid(row: LatePayment) -> SubsidyPaid:
    """A staged row as the event it becomes."""
    return SubsidyPaid(
        person_id=row.person_id,
        division=row.division,
        subsidy=row.subsidy,
        month=row.month,
        amount=row.amount,
        roster_id=row.roster_id,
        certificate_id=row.certificate_id,
        grade=row.grade,
    )
