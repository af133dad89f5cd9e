"""A finding about one person under one rule: found, verified by people, closed by itself when no longer true.

Stream = discrepancy(rule, person, subsidy); the same thing found again later reopens it.
"""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.matching.discrepancy.events import DiscrepancyFound, DiscrepancyResolved
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Resolution, Subsidy


@dataclass(frozen=True, slots=True)
class Absent:
    """Never found."""


@dataclass(frozen=True, slots=True)
class Open:
    """Found, and not ended."""

    found: DiscrepancyFound


@dataclass(frozen=True, slots=True)
class Closed:
    """Ended. A refuted finding stays refuted for the month it was found in: a person's word outranks a sweep, unless no such month was
    meant (`Void`)."""

    found: DiscrepancyFound
    how: Resolution


State = Absent | Open | Closed


@dataclass(frozen=True, slots=True)
class Find:
    """A comparison found it (machine)."""

    found: DiscrepancyFound


@dataclass(frozen=True, slots=True)
class Close:
    """A comparison no longer finds it (machine)."""


@dataclass(frozen=True, slots=True)
class Void:
    """A sheet by which it was found was taken back (machine). `also_refuted`: it was found of a wrong month, so that what a person said of
    that month says nothing of the others."""

    also_refuted: bool


@dataclass(frozen=True, slots=True)
class Refute:
    """A named official looked, and it was not so."""


Command = Find | Close | Void | Refute
Event = DiscrepancyFound | DiscrepancyResolved


def discrepancy_id(rule: str, person_id: UUID, subsidy: Subsidy) -> UUID:
    """The stream of a finding."""
    return stream_id("discrepancy", rule, person_id, subsidy.value)


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """Machine commands answer repeats with nothing. Raises `Rejected`, `NotFound`."""
    match command:
        case Find(found):
            return [found] if _is_news(state, found) else []
        case Close():
            return [_ended(state.found, Resolution.NO_LONGER_TRUE, context)] if isinstance(state, Open) else []
        case Void(also_refuted):
            return _voided(state, also_refuted, context)
        case Refute():
            return [_refuted(state, context)]
        case _:
            assert_never(command)


def _is_news(state: State, found: DiscrepancyFound) -> bool:
    """Whether somebody has to look: nobody looks already, and nobody has refuted it for this month or a later one."""
    match state:
        case Absent():
            return True
        case Open():
            return False
        case Closed(found=before, how=how):
            return how is not Resolution.REFUTED or found.month > before.month
        case _:
            assert_never(state)


def _refuted(state: State, context: Context) -> DiscrepancyResolved:
    match state:
        case Absent():
            raise NotFound("discrepancy_unknown", "没有这条比对结果")
        case Open(found):
            return _ended(found, Resolution.REFUTED, context)
        case Closed():
            raise Rejected("discrepancy_closed", "该比对结果已办结")
        case _:
            assert_never(state)


def _voided(state: State, also_refuted: bool, context: Context) -> list[Event]:
    match state:
        case Absent():
            return []
        case Closed(how=how) if how is not Resolution.REFUTED or not also_refuted:
            return []
        case Open(found) | Closed(found):
            return [_ended(found, Resolution.LIST_WITHDRAWN, context)]
        case _:
            assert_never(state)


def _ended(found: DiscrepancyFound, how: Resolution, context: Context) -> DiscrepancyResolved:
    return DiscrepancyResolved(
        rule=found.rule, person_id=found.person_id, subsidy=found.subsidy, how=how, resolved_on=context.today
    )


def evolve(state: State, event: Event) -> State:
    """After the event."""
    match event:
        case DiscrepancyFound():
            return Open(event)
        case DiscrepancyResolved(how=how):
            return state if isinstance(state, Absent) else Closed(state.found, how)
        case _:
            assert_never(event)


def division(state: State) -> str:
    """The person's village."""
    return "" if isinstance(state, Absent) else state.found.division


DISCREPANCY: Decider[State, Command, MatchingPolicy] = Decider("discrepancy", Absent(), decide, evolve, division)
