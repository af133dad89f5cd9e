"""A decider: how one kind of aggregate decides and what its past means. Pure; knows no clock, no database, no other aggregate."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.kernel.events import Context

S = TypeVar("S")
C = TypeVar("C")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, P]):
    """`decide(state, command, policy, context)` gives new events or raises `Rejected`; `evolve(state, event)` never judges.

    `division(state)` names the administrative division a stream belongs to ("" while it does not exist); the kernel stamps it on
    every event and checks it against the actor's scope before and after, so no command handler can forget to. `handovers` are the
    events by which whoever decides gives a stream away: it may leave the actor's scope by them, and by no other.
    """

    category: str
    initial: S
    decide: Callable[[S, C, P, Context], Sequence[Any]]
    evolve: Callable[[S, Any], S]
    division: Callable[[S], str]
    handovers: tuple[type, ...] = ()

    def fold(self, events: Iterable[Any], state: S | None = None) -> S:
        """The state after `events`, starting from `state` (default: nothing has happened)."""
        current = self.initial if state is None else state
        for event in events:
            current = self.evolve(current, event)
        return current
