"""What each rule last said of a county and a period, and how often something changed that a county is compared by. Folds only."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.certificates.person.events import PersonMoved
from services.domain.divisions import Level, county, reaches
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.comparison.events import ComparisonCompleted, Input, Suspension
from services.matching.link.events import IdentityLinked, IdentityRefusalWithdrawn, IdentityRefused, IdentityUnlinked
from services.matching.payment.events import SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn
from services.matching.roster.events import RosterConfirmed, RosterHeld, RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.vocabulary import Finding

Keys = Callable[[Recorded], Iterable[tuple[Hashable, ...]]]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What a rule last said of a county and a period, and on which day; `open`: the findings that were open then."""

    comparison_id: UUID
    division: str
    rule: str
    rule_from: date
    title: str
    finding: Finding
    owner: str
    period: str
    inputs: tuple[Input, ...]
    found: int
    closed: int
    open: int
    suspended: tuple[Suspension, ...]
    run_on: date
    version: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """How often something changed by which a county is compared, and how often that was one of its lists, a payment that they tell, or
    whom their rows mean: numbers that a comparison has seen, or has not."""

    division: str
    changes: int
    lists: int


def _comparison(key: tuple[UUID], _: ComparisonRow | None, recorded: Recorded) -> ComparisonRow:
    event: ComparisonCompleted = recorded.event
    return ComparisonRow(
        comparison_id=key[0],
        division=event.division,
        rule=event.rule,
        rule_from=event.rule_from,
        title=event.title,
        finding=event.finding,
        owner=event.owner,
        period=event.period,
        inputs=event.inputs,
        found=event.found,
        closed=event.closed,
        open=event.found + event.kept,
        suspended=event.suspended,
        run_on=recorded.occurred_on,
        version=recorded.version,
    )


COMPARISONS: Projection[ComparisonRow] = Projection(
    table="comparison",
    row=ComparisonRow,
    key=("comparison_id",),
    keys=Projection.by_stream((ComparisonCompleted,)),
    evolve=_comparison,
)


_ROSTERS = (RosterReceived, RosterHeld, RosterConfirmed, RosterRejected, RosterWithdrawn)
_LINKS = (IdentityLinked, IdentityUnlinked, IdentityRefused, IdentityRefusalWithdrawn)
_PAYMENTS = (SubsidyPaid, SubsidyPaymentCorrected, SubsidyPaymentReturned, SubsidyPaymentWithdrawn)
_OF_LISTS = (*_ROSTERS, *_LINKS, *_PAYMENTS)


def _changed(key: tuple[str], row: ChangeRow | None, recorded: Recorded) -> ChangeRow:
    before = row or ChangeRow(key[0], 0, 0)
    return ChangeRow(key[0], before.changes + 1, before.lists + isinstance(recorded.event, _OF_LISTS))


def _counties(recorded: Recorded) -> Iterable[tuple[str]]:
    """Of what the event is about, and of where a person has moved away from. A payment is known to the county whose sheet it is, which
    tells it; others compare it with theirs."""
    match recorded.event:
        case SubsidyPaid() | SubsidyPaymentCorrected() | SubsidyPaymentReturned() | SubsidyPaymentWithdrawn() as payment:
            places: tuple[str, ...] = payment.counties
        case PersonMoved(from_division=before):
            places = (recorded.division, before)
        case _:
            places = (recorded.division,)
    return sorted({(county(place),) for place in places if reaches(place, Level.COUNTY)})


def county_changes(copies: Sequence[Projection[Any]]) -> Projection[ChangeRow]:
    """The read model of changes: of rosters and of whom their rows mean, of what other counties pay, of whatever these copies of other
    services follow, and of cards that end soon."""
    followed: dict[type, list[Keys]] = {}
    for copy in copies:
        for cls, keys in copy.keys.items():
            followed.setdefault(cls, []).append(keys)
    return Projection(
        table="county_change",
        row=ChangeRow,
        key=("division",),
        keys=dict.fromkeys((*_OF_LISTS, CertificateExpiryApproaching), _counties)
        | {cls: _touching(followed[cls]) for cls in sorted(followed, key=lambda cls: cls.__name__)},
        evolve=_changed,
    )


def _touching(copies: Sequence[Keys]) -> Keys:
    """The county of an event that changes a row of one of these copies at least."""
    return lambda recorded: _counties(recorded) if any(list(keys(recorded)) for keys in copies) else ()
