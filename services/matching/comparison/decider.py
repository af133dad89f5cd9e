"""A comparison that was run: noted once, and withdrawn when a sheet that it went by is taken back. Stream: comparison id.

It decides nothing of findings: they follow from what is compared now (`reactions.py`).
"""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context
from services.matching.comparison.events import ComparisonRun, ComparisonWithdrawn
from services.matching.policy.load import MatchingPolicy


@dataclass(frozen=True, slots=True)
class Absent:
    """Never run."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run, and it counts."""

    run: ComparisonRun


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It counts no more."""

    division: str


State = Absent | Run | Withdrawn


@dataclass(frozen=True, slots=True)
class Note:
    """A comparison was run (machine)."""

    run: ComparisonRun


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A sheet that it went by was taken back (machine)."""

    roster_id: UUID


Command = Note | TakeBack
Event = ComparisonRun | ComparisonWithdrawn


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """A repeat is nothing, and so is taking back what is not there."""
    match command:
        case Note(run):
            return [run] if isinstance(state, Absent) else []
        case TakeBack(roster_id):
            if not isinstance(state, Run):
                return []
            run = state.run
            return [ComparisonWithdrawn(rule=run.rule, division=run.division, month=run.month, roster_id=roster_id)]
        case _:
            assert_never(command)


def evolve(_: State, event: Event) -> State:
    """After the event."""
    match event:
        case ComparisonRun():
            return Run(event)
        case ComparisonWithdrawn(division=division):
            return Withdrawn(division)
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The county that was compared."""
    match state:
        case Absent():
            return ""
        case Run(run):
            return run.division
        case Withdrawn(division):
            return division
        case _:
            assert_never(state)


COMPARISON: Decider[State, Command, MatchingPolicy] = Decider("comparison", Absent(), decide, evolve, division)
