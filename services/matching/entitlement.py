"""What one person was paid of one subsidy, month by month, and when that is in danger. Stream = entitlement(person, subsidy)."""

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.events import Subsidy, SubsidyAtRisk, SubsidyPaid
from services.matching.policy import MatchingPolicy


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
