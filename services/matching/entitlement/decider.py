"""What one person was paid of one subsidy, month by month, and when that is in danger. Stream = entitlement(person, subsidy)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.entitlement.events import SubsidyAtRisk, SubsidyPaid, SubsidyPaymentWithdrawn
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Subsidy


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Months paid (YYYY-MM) and by what, and the last valid days of cards for which somebody was warned."""

    division: str = ""
    months: Mapping[str, SubsidyPaid] = field(default_factory=dict)
    at_risk: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Pay:
    """A payment sheet says: paid."""

    paid: SubsidyPaid


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The payment sheet that paid a month was taken back by its sender (machine)."""

    month: str
    roster_id: UUID


@dataclass(frozen=True, slots=True)
class Warn:
    """The certificate comes inside an expiry window (machine)."""

    risk: SubsidyAtRisk


Command = Pay | TakeBack | Warn
Event = SubsidyPaid | SubsidyPaymentWithdrawn | SubsidyAtRisk


def entitlement_id(person_id: UUID, subsidy: Subsidy) -> UUID:
    """The stream of a person's subsidy."""
    return stream_id("entitlement", person_id, subsidy.value)


def decide(state: Entitlement, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """A month is paid once, until its sheet is taken back, and a period is warned of once; a repeat is nothing."""
    match command:
        case Pay(paid):
            return [] if paid.month in state.months else [paid]
        case TakeBack(month, roster_id):
            paid_by = state.months.get(month)
            return [_taken_back(paid_by)] if paid_by and paid_by.roster_id == roster_id else []
        case Warn(risk):
            return [] if risk.valid_to in state.at_risk else [risk]
        case _:
            assert_never(command)


def _taken_back(paid: SubsidyPaid) -> SubsidyPaymentWithdrawn:
    return SubsidyPaymentWithdrawn(
        person_id=paid.person_id,
        division=paid.division,
        subsidy=paid.subsidy,
        month=paid.month,
        amount=paid.amount,
        roster_id=paid.roster_id,
    )


def evolve(state: Entitlement, event: Event) -> Entitlement:
    """After the event."""
    match event:
        case SubsidyPaid():
            return replace(state, division=event.division, months={**state.months, event.month: event})
        case SubsidyPaymentWithdrawn(month=gone):
            return replace(state, months={month: paid for month, paid in state.months.items() if month != gone})
        case SubsidyAtRisk():
            return replace(state, division=event.division, at_risk=state.at_risk | {event.valid_to})
        case _:
            assert_never(event)


ENTITLEMENT: Decider[Entitlement, Command, MatchingPolicy] = Decider(
    "entitlement", Entitlement(), decide, evolve, lambda state: state.division
)
