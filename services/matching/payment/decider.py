"""What one person was paid of one subsidy, part by part. Stream: `payment_id(person, subsidy)`.

A part is what one sheet says of one month by one nature; it replaces what the sheet of that month said before. The order in which sheets
come in changes nothing of what stands in the end.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import PaymentNature, Subsidy


@dataclass(frozen=True, slots=True)
class PartKey:
    """Which part it is: of which county's sheet, of which month's sheet, for which month, of which nature."""

    county: str
    sheet_month: str
    month: str
    nature: PaymentNature


@dataclass(frozen=True, slots=True)
class Part:
    """What a sheet says; `amount` in yuan, below zero where it takes off."""

    key: PartKey
    amount: Decimal
    roster_id: UUID
    certificate_id: UUID | None = None
    grade: int | None = None
    rate: Decimal | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What stands of a part: yuan, and the roster that said it first."""

    amount: Decimal
    roster_id: UUID


@dataclass(frozen=True, slots=True)
class Payments:
    """All parts that stand."""

    division: str = ""
    parts: Mapping[PartKey, Said] = field(default_factory=dict)

    def total(self, month: str) -> Decimal:
        """What a month comes to. A return is told by the bank and again by a later sheet: it is one, and the larger of the two counts."""
        of_it = {nature: Decimal(0) for nature in PaymentNature}
        for key, said in self.parts.items():
            if key.month == month:
                of_it[key.nature] += said.amount
        back = min(of_it.pop(PaymentNature.RETURNED), of_it.pop(PaymentNature.BOUNCED))
        return sum(of_it.values(), back)


@dataclass(frozen=True, slots=True)
class Record:
    """What sheets say of a person's subsidy now (machine): parts that are new or read otherwise, and those that are said no more by the
    roster that said them. `registered_in`: counties in which the person's household registration stands, or stood before."""

    person_id: UUID
    subsidy: Subsidy
    division: str
    parts: tuple[Part, ...] = ()
    gone: tuple[tuple[PartKey, UUID], ...] = ()
    registered_in: tuple[str, ...] = ()


Event = SubsidyPaid | SubsidyPaymentCorrected | SubsidyPaymentReturned | SubsidyPaymentWithdrawn


def payment_id(person_id: UUID, subsidy: Subsidy) -> UUID:
    """The stream of a person's subsidy."""
    return stream_id("payment", person_id, subsidy.value)


def decide(state: Payments, command: Record, policy: MatchingPolicy, context: Context) -> list[Event]:
    """A part that stands as it is said, and one that is not there, are nothing."""
    events: list[Event] = []
    counties = {*command.registered_in, *(key.county for key in state.parts)}
    for key, roster_id in command.gone:
        known = state.parts.get(key)
        if known and known.roster_id == roster_id:
            state = _without(state, key)
            events.append(_withdrawn(command, key, known, state.total(key.month), _others(counties, key)))
    for part in command.parts:
        known = state.parts.get(part.key)
        if known is None or known.amount != part.amount:
            state = _with(state, part.key, Said(part.amount, part.roster_id))
            events.append(_said(command, part, state.total(part.key.month), _others(counties, part.key)))
    return events


def _others(counties: Collection[str], key: PartKey) -> tuple[str, ...]:
    return tuple(sorted(county for county in counties if county != key.county))


def _said(command: Record, part: Part, total: Decimal, counties: tuple[str, ...]) -> Event:
    match part.key.nature:
        case PaymentNature.CORRECTION:
            return _corrected(command, part, total, counties)
        case PaymentNature.RETURNED | PaymentNature.BOUNCED:
            return _returned(command, part, total, counties)
        case _:
            return _paid(command, part, total, counties)


def _paid(command: Record, part: Part, total: Decimal, counties: tuple[str, ...]) -> SubsidyPaid:
    return SubsidyPaid(
        person_id=command.person_id,
        division=command.division,
        subsidy=command.subsidy,
        month=part.key.month,
        sheet_month=part.key.sheet_month,
        county=part.key.county,
        counties=counties,
        nature=part.key.nature,
        amount=part.amount,
        total=total,
        roster_id=part.roster_id,
        certificate_id=part.certificate_id,
        grade=part.grade,
        rate=part.rate,
    )


def _corrected(command: Record, part: Part, total: Decimal, counties: tuple[str, ...]) -> SubsidyPaymentCorrected:
    return SubsidyPaymentCorrected(
        person_id=command.person_id,
        division=command.division,
        subsidy=command.subsidy,
        month=part.key.month,
        sheet_month=part.key.sheet_month,
        county=part.key.county,
        counties=counties,
        amount=part.amount,
        total=total,
        roster_id=part.roster_id,
    )


def _returned(command: Record, part: Part, total: Decimal, counties: tuple[str, ...]) -> SubsidyPaymentReturned:
    return SubsidyPaymentReturned(
        person_id=command.person_id,
        division=command.division,
        subsidy=command.subsidy,
        month=part.key.month,
        sheet_month=part.key.sheet_month,
        county=part.key.county,
        counties=counties,
        nature=part.key.nature,
        amount=part.amount,
        total=total,
        roster_id=part.roster_id,
        reason=part.reason,
    )


def _withdrawn(command: Record, key: PartKey, said: Said, total: Decimal, counties: tuple[str, ...]) -> SubsidyPaymentWithdrawn:
    return SubsidyPaymentWithdrawn(
        person_id=command.person_id,
        division=command.division,
        subsidy=command.subsidy,
        month=key.month,
        sheet_month=key.sheet_month,
        county=key.county,
        counties=counties,
        nature=key.nature,
        amount=said.amount,
        total=total,
        roster_id=said.roster_id,
    )


def evolve(state: Payments, event: Event) -> Payments:
    """After the event."""
    moved = replace(state, division=event.division)
    match event:
        case SubsidyPaid() | SubsidyPaymentReturned():
            return _with(moved, _key(event, event.nature), Said(event.amount, event.roster_id))
        case SubsidyPaymentCorrected():
            return _with(moved, _key(event, PaymentNature.CORRECTION), Said(event.amount, event.roster_id))
        case SubsidyPaymentWithdrawn():
            return _without(moved, _key(event, event.nature))
        case _:
            assert_never(event)


def _key(event: Event, nature: PaymentNature) -> PartKey:
    return PartKey(event.county, event.sheet_month, event.month, nature)


def _with(state: Payments, key: PartKey, said: Said) -> Payments:
    return replace(state, parts={**state.parts, key: said})


def _without(state: Payments, key: PartKey) -> Payments:
    return replace(state, parts={each: said for each, said in state.parts.items() if each != key})


PAYMENT: Decider[Payments, Record, MatchingPolicy] = Decider("payment", Payments(), decide, evolve, lambda state: state.division)
