"""Two small services over real published events, to try the kernel by itself: a register that counts, a follower that reacts.

`COUNTED` keeps how often a person was registered (its own events); `FOLLOWER` keeps the same from Kafka and answers each
registration with a household, so both kinds of projection and a reaction run on one event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.certificate.card.events import CertificateIssued
from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.kernel.decider import Decider
from services.kernel.due import DueRow, Duty
from services.kernel.errors import Rejected
from services.kernel.events import Context, Recorded, stream_id
from services.kernel.projection import Projection
from services.kernel.service import Reaction, Room, Service
from services.monitoring.household.events import HouseholdRegistered

VILLAGE = "533401102001"
ELSEWHERE = "533422101001"


class Policy:
    """No rules."""

    version = "toy"


@dataclass(frozen=True)
class Say:
    """Record exactly this event; `Refuse` below is the other command."""

    event: Any


@dataclass(frozen=True)
class Refuse:
    """Always rejected."""


def decide(state: str, command: Any, policy: Any, context: Context) -> list[Any]:
    """Say what was asked, unless it is `Refuse`."""
    if isinstance(command, Refuse):
        raise Rejected("asked_to_refuse")
    return [command.event] if command.event is not None else []


def evolve(state: str, event: Any) -> str:
    """The state is the division."""
    return str(getattr(event, "division", state or VILLAGE))


PERSON: Decider[str, Any, Any] = Decider("person", "", decide, evolve, lambda state: state)
HOUSEHOLD: Decider[str, Any, Any] = Decider("household", "", decide, evolve, lambda state: state)


@dataclass(frozen=True)
class Tally:
    """How often a person was registered, and what was last said."""

    person_id: UUID
    division: str
    birth_month: str
    times: int


def tally(key: tuple[UUID], row: Tally | None, recorded: Recorded) -> Tally:
    """Count."""
    return Tally(key[0], recorded.division, recorded.event.birth_month, (row.times if row else 0) + 1)


KEYS: dict[type, Any] = {PersonRegistered: lambda r: [(r.stream_id,)]}
OWN = Projection(
    "tally",
    Tally,
    ("person_id",),
    KEYS,
    tally,
    state=(PersonIndexState, lambda row: PersonIndexState(person_id=row.person_id, key_id=str(row.times))),
)
FOREIGN = Projection("tally", Tally, ("person_id",), KEYS, tally)


@dataclass(frozen=True)
class Index:
    """A row fed by a state topic."""

    index: UUID
    division: str
    person_id: UUID


def index(key: tuple[UUID], row: Index | None, recorded: Recorded) -> Index | None:
    """The last state wins; a tombstone removes."""
    if isinstance(recorded.event, PersonIndexState):
        return Index(key[0], recorded.division, recorded.event.person_id)
    return None


INDEX = Projection("person_index", Index, ("index",), {PersonIndexState: lambda r: [(r.stream_id,)]}, index)


def born(recorded: Recorded) -> date:
    """The birth month's first day."""
    return date.fromisoformat(recorded.event.birth_month + "-01")


def duty(command: Callable[[DueRow, date], Any]) -> Duty:
    """Due for a person from the birth month on; settled by a certificate."""
    return Duty("TOY", PERSON, command, when={PersonRegistered: born}, until=(CertificateIssued,))


def follow(recorded: Recorded, facts: None, policy: Any) -> list[Any]:
    """A household for each registered person; birth month 1900-01 stands for a bug in a rule."""
    if recorded.event.birth_month == "1900-01":
        raise ZeroDivisionError("a bug in a rule")
    household = HouseholdRegistered(division=recorded.division, members=(recorded.stream_id,))
    return [(HOUSEHOLD, stream_id("toy", recorded.stream_id), Say(household))]


def settle(row: DueRow, today: date) -> Any:
    """Nothing happens: a duty that does not settle its row."""
    return Say(None)


def registered(birth_month: str = "1980-01", division: str = VILLAGE) -> PersonRegistered:
    """A person."""
    return PersonRegistered(birth_month=birth_month, division=division)


FOLLOWS = Reaction("follow", (PersonRegistered,), follow)
COUNTING = Room(deciders=(PERSON,), projections=(OWN,))
STUCK = duty(settle)
COUNTED = Service(name="certificates", policy=Policy(), rooms=(COUNTING, Room(duties=(STUCK,))))
FOLLOWING = Room(deciders=(HOUSEHOLD,), projections=(FOREIGN, INDEX), reactions=(FOLLOWS,))
FOLLOWER = Service(
    name="monitoring",
    policy=Policy(),
    rooms=(FOLLOWING,),
)
PROJECTING = Service(name="monitoring", policy=Policy(), rooms=(Room(deciders=(HOUSEHOLD,), projections=(FOREIGN,)),))
MIGRATION = """
CREATE TABLE views.tally (person_id uuid PRIMARY KEY, division text NOT NULL, birth_month text NOT NULL, times bigint NOT NULL);
SELECT guard('tally');
CREATE TABLE views.person_index (index uuid PRIMARY KEY, division text NOT NULL, person_id uuid NOT NULL);
SELECT guard('person_index');
"""
