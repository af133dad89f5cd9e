"""Which lists came in from agencies, which could not be used, and which comparisons were run over them. What is in them stays in matching."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.comparison.events import ComparisonRun, ComparisonWithdrawn
from services.matching.roster.events import RosterConfirmed, RosterReceived, RosterRejected, RosterWithdrawn


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """A list that came in for `division` (a county); `refused`: the code for which it could not be used, None when it could;
    `withdrawn_on`: when its sender took it back, None when it stands."""

    roster_id: UUID
    division: str
    kind: str
    arrived_on: date
    refused: str | None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A comparison that was run over the lists of `division` (a county); `whole`: every list that it needs had something to compare;
    `withdrawn_on`: when a list that it went by was taken back."""

    comparison_id: UUID
    division: str
    ran_on: date
    whole: bool
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of agencies' lists in a time: those that came in, oldest first, and the comparisons that were run."""

    arrived: tuple[ArrivalRow, ...] = ()
    compared: tuple[ComparisonRow, ...] = ()


def _arrived(key: tuple[Any, ...], row: ArrivalRow | None, recorded: Recorded) -> ArrivalRow | None:
    said = recorded.event
    if isinstance(said, RosterWithdrawn):
        return replace(row, withdrawn_on=recorded.occurred_on) if row else None
    refused = said.reason if isinstance(said, RosterRejected) else None
    return ArrivalRow(key[0], said.division, said.kind.value, recorded.occurred_on, refused)


def _compared(key: tuple[Any, ...], row: ComparisonRow | None, recorded: Recorded) -> ComparisonRow | None:
    """Matching also runs one while a list is missing: it finds nothing, and compared nothing."""
    said: ComparisonRun | ComparisonWithdrawn = recorded.event
    if isinstance(said, ComparisonWithdrawn):
        return replace(row, withdrawn_on=recorded.occurred_on) if row else None
    return ComparisonRow(key[0], said.division, recorded.occurred_on, min(said.certificates, said.beneficiaries, said.payments) > 0)


ARRIVALS: Projection[ArrivalRow] = Projection(
    table="arrival",
    row=ArrivalRow,
    key=("roster_id",),
    keys=dict.fromkeys(
        (RosterReceived, RosterConfirmed, RosterRejected, RosterWithdrawn), lambda recorded: ((recorded.stream_id,),)
    ),
    evolve=_arrived,
)
COMPARISONS: Projection[ComparisonRow] = Projection(
    table="comparison",
    row=ComparisonRow,
    key=("comparison_id",),
    keys=Projection.by_stream((ComparisonRun, ComparisonWithdrawn)),
    evolve=_compared,
)
