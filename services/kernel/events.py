"""Events and their envelope: what happened, to which stream, because of what, by whom.

`@event` marks a class of a service's published language; `@message` marks a full-state or notice record that also travels on
Kafka but is not stored as history. Both make a frozen, keyword-only dataclass and enter it in `CATALOGUE` under its Avro name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, dataclass_transform
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMESPACE = uuid5(NAMESPACE_URL, "shouwang")
CATALOGUE: dict[str, type] = {}
T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(cls: type[T]) -> type[T]:
    """Make `cls` an immutable event of the service in whose package it stands."""
    return _published(cls)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def message(cls: type[T]) -> type[T]:
    """Make `cls` an immutable record that is not history: a full state (`STATE_TOPIC` names its compacted topic) or a notice."""
    return _published(cls)


@dataclass(frozen=True, slots=True)
class Gone:
    """A tombstone on a state topic: the key has no state of class `of` any more."""

    of: type


def topic_of(cls: type) -> str:
    """The topic on which a published class travels: its state topic, or its service's events."""
    return str(getattr(cls, "STATE_TOPIC", "") or f"{service_of(cls)}.events.v1")


def avro_name(cls: type) -> str:
    """The full Avro record name, e.g. `shouwang.certificates.CertificateIssued`; also the CloudEvents type."""
    return f"shouwang.{service_of(cls)}.{cls.__name__}"


def service_of(cls: type) -> str:
    """The service that publishes `cls`: the first package under `services`, in whatever room the class stands.

    A class that stands elsewhere (a sample of a test) names its service itself, as `SERVICE`. Raises TypeError when it does not.
    """
    root, *below = cls.__module__.split(".")
    named = below[0] if root == "services" and below else getattr(cls, "SERVICE", None)
    if named is None:
        raise TypeError(f"{cls.__name__} stands in no service's package and names no SERVICE")
    return str(named)


def _published(cls: type[T]) -> type[T]:
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    name = avro_name(made)
    if name in CATALOGUE and CATALOGUE[name].__module__ != made.__module__:
        raise TypeError(f"two classes claim the Avro name {name}")
    CATALOGUE[name] = made
    return made


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts, when, and because of what. Made once at the edge (or from the causing event) and carried with the command.

    `now` is an aware UTC instant of the domain clock; `seed` is the id from which the ids of the caused events follow, so a
    repeat of the same cause makes the same ids; `scope` is the division prefix the actor may change ("" = everywhere, machines).
    """

    actor: str
    now: datetime
    seed: UUID
    correlation_id: UUID
    causation_id: UUID | None = None
    scope: str = ""

    @property
    def today(self) -> date:
        """The calendar day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    def event_id(self, index: int) -> UUID:
        """The id of the `index`-th event of this command."""
        return self.seed if index == 0 else uuid5(self.seed, str(index))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored event with its envelope; the same value whether read from the store or from Kafka.

    `division` is the division code that the stream belonged to after the event; `position` is the store's (None off Kafka).
    """

    event_id: UUID
    stream_id: UUID
    version: int
    service: str
    event: Any
    division: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: UUID
    causation_id: UUID | None
    policy_version: str
    position: int | None = None

    @property
    def occurred_on(self) -> date:
        """The calendar day of the event in Asia/Shanghai."""
        return self.occurred_at.astimezone(SHANGHAI).date()

    def stored(self, position: int, at: datetime) -> "Recorded":
        """The same event as the store has it. Field by field: `replace` takes five times as long, and every event comes by here."""
        return Recorded(
            event_id=self.event_id,
            stream_id=self.stream_id,
            version=self.version,
            service=self.service,
            event=self.event,
            division=self.division,
            actor=self.actor,
            occurred_at=self.occurred_at,
            recorded_at=at,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            policy_version=self.policy_version,
            position=position,
        )

    def cause(self, consumer: str, index: int, now: datetime) -> Context:
        """The context of the `index`-th command which `consumer` issues because of this event."""
        return Context(
            actor=f"machine:{consumer}",
            now=now,
            seed=uuid5(self.event_id, f"{consumer}/{index}"),
            correlation_id=self.correlation_id,
            causation_id=self.event_id,
        )


def stream_id(*parts: object) -> UUID:
    """A stream id that follows from what it is about, e.g. `stream_id("finding", rule, person_id)`."""
    return uuid5(NAMESPACE, "/".join(str(part) for part in parts))


def topics_of(events: Iterable[type]) -> tuple[str, ...]:
    """The topics on which the given classes are published, sorted."""
    return tuple(sorted({topic_of(cls) for cls in events}))
