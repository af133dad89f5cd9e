"""What one person was paid of one subsidy, month by month, and when that is in danger. Stream = entitlement(person, subsidy)."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.entitlement.events import SubsidyAtRisk, SubsidyPaid
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Subsidy


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Months paid (YYYY-MM), and the last valid days of cards for which somebody was warned."""

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
        case _:
            assert_never(command)


def evolve(state: Entitlement, event: Event) -> Entitlement:
    """After the event."""
    match event:
        case SubsidyPaid():
            return replace(state, division=event.division, months=state.months | {event.month})
        case SubsidyAtRisk():
            return replace(state, division=event.division, at_risk=state.at_risk | {event.valid_to})
        case _:
            assert_never(event)


ENTITLEMENT: Decider[Entitlement, Command, MatchingPolicy] = Decider(
    "entitlement", Entitlement(), decide, evolve, lambda state: state.division
)
