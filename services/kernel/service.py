"""What a service is, as one frozen value made of rooms, which stop the start where they contradict each other. Wiring only."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.decider import Decider
from services.kernel.due import Duty, due_rows
from services.kernel.errors import Unknown
from services.kernel.events import Recorded, service_of, topics_of
from services.kernel.language import folder_of, published
from services.kernel.projection import Projection

OF_EVERY_SERVICE = frozenset({"events.read", "operator.status"})  # the scopes of the endpoints that every service has
Issued = tuple[Decider[Any, Any, Any], UUID, Any]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A pure process manager: `react(recorded, facts, policy)` gives commands for this service's own aggregates.

    `facts(conn, recorded)` looks up, in one round trip for the whole batch, what `react` needs; one value per event, at least as
    new as the event. A command that is `Rejected` sends the event to quarantine: deciders answer repeats with no events instead.
    The ids of what is caused follow from `name`: it is unique in the service and never changes, whatever the function is called.
    """

    name: str
    on: tuple[type, ...]
    react: Callable[[Recorded, Any, Any], Sequence[Issued]]
    facts: Callable[[asyncpg.Connection, Sequence[Recorded]], Awaitable[Sequence[Any]]] | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """One capability of a service, wired: what it decides, folds, answers and does by itself. A service is its rooms in order.

    The order of reactions is the order in which their commands are executed. `loops` run in the worker role; `stale` is deleted after
    some days (`services/engine/retention.py`); `scopes` are those that the endpoints of its `routers` ask for. `hears` names a consumer
    that one of its loops is, beside the service's worker, with a pattern of the topics that it reads.
    """

    deciders: tuple[Decider[Any, Any, Any], ...] = ()
    projections: tuple[Projection[Any], ...] = ()
    reactions: tuple[Reaction, ...] = ()
    duties: tuple[Duty, ...] = ()
    routers: tuple[Any, ...] = ()
    loops: tuple[Callable[[Any], Awaitable[None]], ...] = ()
    stale: tuple[Any, ...] = ()
    scopes: frozenset[str] = frozenset()
    hears: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Service:
    """One service: its rules and its rooms. `roles` maps the roles of tokens to scopes; `pending` counts what waits beside the kernel's;
    `pace`: the most seconds between the beginnings of two batches of what it hears; a message after a pause does not wait."""

    name: str
    policy: Any
    rooms: tuple[Room, ...]
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pending: str = "SELECT 0"
    pace: float = 0.2

    def __post_init__(self) -> None:
        """Raises `TypeError` for two reactions of one name (their effects would have the same ids), two duties of one kind, two
        projections of one table (a rebuild would drop what the other wrote), a role with a scope that no endpoint asks for, and a scope
        that no role has (its endpoints would be open to nobody)."""
        _each_once(self.name, "reactions are named", (reaction.name for reaction in self.reactions))
        _each_once(self.name, "duties are of the kind", (duty.kind for duty in self.duties))
        _each_once(self.name, "projections write the table", (projection.table for projection in self.projections))
        self._roles_fit_the_rooms()

    def _roles_fit_the_rooms(self) -> None:
        asked = frozenset[str]().union(*(room.scopes for room in self.rooms))
        held = frozenset[str]().union(*self.roles.values())
        if unknown := held - asked - OF_EVERY_SERVICE:
            raise TypeError(f"{self.name}: a role holds what no room asks for: {', '.join(sorted(unknown))}")
        if idle := asked - held:
            raise TypeError(f"{self.name}: no role holds {', '.join(sorted(idle))}")

    @cached_property
    def deciders(self) -> tuple[Decider[Any, Any, Any], ...]:
        """The deciders of all rooms."""
        return tuple(decider for room in self.rooms for decider in room.deciders)

    @cached_property
    def projections(self) -> tuple[Projection[Any], ...]:
        """The projections of all rooms, and that of all their duties."""
        own = tuple(projection for room in self.rooms for projection in room.projections)
        return (*own, due_rows(self.duties)) if self.duties else own

    def projection(self, table: str) -> Projection[Any]:
        """The projection of a table. Raises `Unknown`."""
        found = next((projection for projection in self.projections if projection.table == table), None)
        if found is None:
            there = ", ".join(sorted(projection.table for projection in self.projections))
            raise Unknown("projection_unknown", f"{self.name} has no table {table}; there are {there}")
        return found

    @cached_property
    def reactions(self) -> tuple[Reaction, ...]:
        """The reactions of all rooms, in the order of rooms."""
        return tuple(reaction for room in self.rooms for reaction in room.reactions)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """The duties of all rooms."""
        return tuple(duty for room in self.rooms for duty in room.duties)

    @cached_property
    def routers(self) -> tuple[Any, ...]:
        """The endpoints of all rooms."""
        return tuple(router for room in self.rooms for router in room.routers)

    @cached_property
    def loops(self) -> tuple[Callable[[Any], Awaitable[None]], ...]:
        """What runs in the worker role beside the following of topics."""
        return tuple(loop for room in self.rooms for loop in room.loops)

    @cached_property
    def stale(self) -> tuple[Any, ...]:
        """What is deleted after some days."""
        return tuple(stale for room in self.rooms for stale in room.stale)

    def consumer_of(self, topic: str) -> str:
        """The name of the consumer that reads a topic (without the deployment's prefix). Raises `Unknown`."""
        if topic in topics_of(self.followed):
            return f"{self.name}.worker"
        for name, topics in (heard for room in self.rooms for heard in room.hears):
            if re.fullmatch(topics, topic):
                return name
        raise Unknown("topic_not_read", f"{self.name} reads no topic {topic}; topics are named without the deployment's prefix")

    @property
    def folder(self) -> Path:
        """The service's package folder."""
        return folder_of(self.name)

    @property
    def own(self) -> tuple[type, ...]:
        """Every class this service publishes."""
        return published(self.name)

    @property
    def followed(self) -> frozenset[type]:
        """The event classes its worker needs from Kafka: foreign ones for projections, any for reactions."""
        projected = {cls for projection in self.projections for cls in projection.keys if service_of(cls) != self.name}
        return frozenset(projected | {cls for reaction in self.reactions for cls in reaction.on})


def _each_once(service: str, what: str, names: Iterable[str]) -> None:
    if twice := sorted(name for name, times in Counter(names).items() if times > 1):
        raise TypeError(f"{service}: two {what} {', '.join(twice)}")
