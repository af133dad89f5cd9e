"""A message as it came off a topic: bytes, as others wrote them, and what is left of one that nobody can read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.engine.inbound.batches import MARK, NOTHING, Mark, mark
from services.engine.inbound.safe_text import escaped

Partition = tuple[str, int]  # a topic, without the deployment's prefix, and the number of one of its partitions
STATE = ".state.v1"  # how the name of a compacted topic ends
_ENVELOPE = "ce_"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came off a topic (name without the deployment's prefix). `mark` says why there is none, or none to be used."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes | None] = field(default_factory=dict)
    mark: Mark | None = None

    @property
    def origin(self) -> Partition:
        """The partition that it stands in."""
        return self.topic, self.partition

    @property
    def first(self) -> int:
        """Its offset, or the first one of a range for which a mark stands; `offset` is the last."""
        first = self.mark.first if self.mark else None
        return self.offset if first is None else first

    @property
    def place(self) -> str:
        """Where it stands: topic, partition, offset, or a range of offsets."""
        return f"{self.topic}/{self.partition}/{self.offset if self.first == self.offset else f'{self.first}-{self.offset}'}"

    @property
    def queue(self) -> str:
        """What it waits behind: its key, as text that is safe to store; a message without a key waits for nobody."""
        return escaped(self.key) if self.key else self.place

    @property
    def says_nothing(self) -> bool:
        """Whether nobody said anything here: the position moves on, and that is all."""
        return self.mark is not None and self.mark.reason == NOTHING

    def text(self, name: str) -> str:
        """A header of the envelope. Raises KeyError or ValueError when it is missing or no text."""
        value = self.headers[name]
        if value is None:
            raise KeyError(name)
        return value.decode()

    @property
    def kind(self) -> str | None:
        """The type that its header names; None when it names none, or in no way that can be read."""
        try:
            return self.text("ce_type")
        except (KeyError, ValueError):
            return None


def arrived(record: Any, prefix: str) -> Arrived:
    """The message behind a record of a guarded consumer, Kafka's own or Faust's."""
    given = record.headers.items() if isinstance(record.headers, dict) else record.headers or ()
    found, why = _once(given)
    return Arrived(record.topic.removeprefix(prefix), record.partition, record.offset, record.key, record.value, found, why)


def _once(given: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, bytes | None], Mark | None]:
    """Headers by name, and a mark when there is one, or when the envelope says something twice: which of them is meant?"""
    found: dict[str, bytes | None] = {}
    why: Mark | None = None
    for name, value in given:
        if name == MARK and value is not None:
            return {}, mark(value)
        if name in found and name.startswith(_ENVELOPE):
            why = Mark("header_twice")
        found[name] = value
    return found, why
