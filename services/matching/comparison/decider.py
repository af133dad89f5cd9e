"""A comparison: a rule asked of a county and a period, time after time. Stream: county, rule and period.

It is told when there is news: other lists, findings that came or went, a list that is missing or back. What was found stands in the findings.
"""

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.matching.comparison.events import ComparisonCompleted, Suspension
from services.matching.policy.load import MatchingPolicy


@dataclass(frozen=True, slots=True)
class Absent:
    """Never asked."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Asked; what was told the last time."""

    last: ComparisonCompleted


State = Absent | Completed


@dataclass(frozen=True, slots=True)
class Complete:
    """The rule was asked (machine); each suspension begins today, unless it was there before."""

    completed: ComparisonCompleted


Command = Complete
Event = ComparisonCompleted


def comparison_id(division: str, rule: str, period: str) -> UUID:
    """The stream of a rule in a county and a period."""
    return stream_id("comparison", division, rule, period)


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """Without news there is nothing to tell."""
    match state:
        case Absent():
            return [command.completed]
        case Completed(last):
            told = replace(command.completed, suspended=tuple(_since(each, last) for each in command.completed.suspended))
            return [] if _as_before(told, last) else [told]
        case _:
            assert_never(state)


def _since(suspension: Suspension, last: ComparisonCompleted) -> Suspension:
    """The suspension, since the day on which it was told first."""
    same = (each for each in last.suspended if (each.kind, each.why) == (suspension.kind, suspension.why))
    return next(same, suspension)


def _as_before(told: ComparisonCompleted, last: ComparisonCompleted) -> bool:
    """Whether nothing came and nothing went, by the same lists and the same row."""
    if told.found or told.closed or told.kept != last.found + last.kept:
        return False
    return told == replace(last, found=told.found, closed=told.closed, kept=told.kept)


def evolve(_: State, event: Event) -> State:
    """After the event."""
    return Completed(event)


def division(state: State) -> str:
    """The county."""
    return state.last.division if isinstance(state, Completed) else ""


COMPARISON: Decider[State, Command, MatchingPolicy] = Decider("comparison", Absent(), decide, evolve, division)
