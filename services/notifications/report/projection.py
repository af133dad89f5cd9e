"""Which lists came in from agencies, which could not be used, and what the comparisons said. What is in them stays in matching."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.comparison.events import ComparisonCompleted
from services.matching.roster.events import RosterConfirmed, RosterHeld, RosterReceived, RosterRejected, RosterWithdrawn

HELD = "held"  # beside the codes of refusals: the list has far fewer or more rows than usual


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """A list that came in for `division` (a county). `refused`: the code for which it could not be used, None when it could; one that is
    `HELD` counts from `confirmed_on`, the day on which its sender said that it is right. `withdrawn_on`: when its sender took it back, None
    when it stands."""

    roster_id: UUID
    division: str
    kind: str
    arrived_on: date
    refused: str | None
    confirmed_on: date | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A list for want of which a rule said nothing: its kind, why it could not be used, and since which day."""

    kind: str
    why: str
    since: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What a rule said of a county and a period on a day: `lists` are the kinds that it went by. With something `lacking` it said nothing."""

    event_id: UUID
    comparison_id: UUID
    division: str
    title: str
    period: str
    ran_on: date
    lists: tuple[str, ...]
    lacking: tuple[Lacking, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Compared:
    """That a comparison went by a county's lists of a kind on a day; `whole`: it lacked no other."""

    division: str
    kind: str
    ran_on: date
    whole: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of agencies' lists in a time: those that came in, oldest first, where they were compared, and what each rule last said
    of the month before the last."""

    arrived: tuple[ArrivalRow, ...] = ()
    compared: tuple[Compared, ...] = ()
    last_said: tuple[ComparisonRow, ...] = ()


def _arrived(key: tuple[Any, ...], row: ArrivalRow | None, recorded: Recorded) -> ArrivalRow | None:
    said, on = recorded.event, recorded.occurred_on
    refused: str | None = None
    match said:
        case RosterWithdrawn():
            return replace(row, withdrawn_on=on) if row else None
        case RosterConfirmed():
            return replace(row, confirmed_on=on) if row else None
        case RosterRejected(reason=code):
            refused = code
        case RosterHeld():
            refused = HELD
    return ArrivalRow(key[0], said.division, said.kind.value, on, refused)


def _compared(key: tuple[Any, ...], _: ComparisonRow | None, recorded: Recorded) -> ComparisonRow:
    said: ComparisonCompleted = recorded.event
    return ComparisonRow(
        event_id=key[0],
        comparison_id=recorded.stream_id,
        division=said.division,
        title=said.title,
        period=said.period,
        ran_on=recorded.occurred_on,
        lists=tuple(each.kind.value for each in said.inputs if each.usable),
        lacking=tuple(Lacking(each.kind.value, each.why, str(each.since)) for each in said.suspended),
        version=recorded.version,
    )


ARRIVALS: Projection[ArrivalRow] = Projection(
    table="arrival",
    row=ArrivalRow,
    key=("roster_id",),
    keys=Projection.by_stream((RosterReceived, RosterHeld, RosterConfirmed, RosterRejected, RosterWithdrawn)),
    evolve=_arrived,
)
# What was said stays beside what is said later: a past month is told as it was.
COMPARISONS: Projection[ComparisonRow] = Projection(
    table="comparison",
    row=ComparisonRow,
    key=("event_id",),
    keys={ComparisonCompleted: lambda recorded: ((recorded.event_id,),)},
    evolve=_compared,
)
