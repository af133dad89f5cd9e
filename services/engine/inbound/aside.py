"""Setting aside: the one thing that must not fail, whatever it is that has to be set aside.

What goes into SQL is escaped and bounded here, before any statement is made; a message's value stays bytes. Of a value that is longer
than any of ours only size and digest are kept: topic, partition and offset say where it is.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.engine.inbound.arrived import Arrived
from services.engine.inbound.safe_text import escaped, unescaped
from services.kernel.avro import MAX_BODY

KEPT = MAX_BODY + 5  # bytes of a value: the longest body of ours and its framing
_HEADERS = 40  # how many headers of a message are kept; ours have 17
_COLUMNS = (
    ("reference", "text"),
    ("topic", "text"),
    ("key", "text"),
    ("partition", "int"),
    ('"offset"', "bigint"),
    ("first", "bigint"),
    ("reason", "text"),
    ("parked", "boolean"),
    ("headers", "text"),
    ("data", "bytea"),
    ("size", "bigint"),
    ("digest", "text"),
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_ARRAYS = ", ".join(f"${number}::{kind}[]" for number, (_, kind) in enumerate(_COLUMNS, 2))
# An event that is parked behind another one may be known already: it came again.
_SET_ASIDE = f"""INSERT INTO quarantine (consumer, {_NAMES}) SELECT $1, * FROM unnest({_ARRAYS}) AS u({_NAMES})
    WHERE NOT EXISTS (SELECT FROM inbox i WHERE i.consumer = $1 AND i.event_id::text = u.reference)
    ON CONFLICT (consumer, reference) DO NOTHING RETURNING reason"""  # noqa: S608 - names of this module


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be set aside, and why. `event_id` is that of an event of ours; rubbish is known by its place alone, whatever id it
    bears: otherwise it could take the place of the event whose id it has. `parked` = it waits behind another of its key."""

    arrived: Arrived
    reason: str
    event_id: UUID | None = None
    parked: bool = False

    @property
    def reference(self) -> str:
        """What identifies it across repeats."""
        return str(self.event_id) if self.event_id else self.arrived.place

    def row(self) -> tuple[Any, ...]:
        """Its values, in the order of the columns."""
        arrived, value, mark = self.arrived, self.arrived.value, self.arrived.mark
        size, digest = (mark.size, mark.digest) if mark else (None, None)
        if value is not None and len(value) > KEPT:
            size, digest, value = len(value), hashlib.sha256(value).hexdigest(), None
        return (
            self.reference,
            arrived.topic,
            arrived.queue,
            arrived.partition,
            arrived.offset,
            mark.first if mark else None,
            self.reason,
            self.parked,
            _dumped(arrived.headers),
            value,
            size,
            digest,
        )

    def bare(self) -> "Letter":
        """The same by its place alone."""
        arrived = self.arrived
        return Letter(Arrived(arrived.topic, arrived.partition, arrived.offset, None, None), self.reason)


async def set_aside(conn: Any, consumer: str, letters: Sequence[Letter]) -> list[str]:
    """Store the letters that are not known yet, in the caller's transaction; their reasons."""
    if not letters:
        return []
    columns = [list(column) for column in zip(*(letter.row() for letter in letters), strict=True)]
    return [row["reason"] for row in await conn.fetch(_SET_ASIDE, consumer, *columns)]


def restored(row: Mapping[str, Any]) -> Arrived | None:
    """The message of a letter as it arrived; None when the letter has not all of it, so that it must be read again at its place."""
    given = json.loads(row["headers"])
    if not 0 < len(given) < _HEADERS or row["digest"] is not None:  # of more headers only the first were kept
        return None
    headers = {unescaped(name): None if value is None else unescaped(value) for name, value in given.items()}
    return Arrived(
        row["topic"],
        row["partition"],
        row["offset"],
        unescaped(row["key"]),
        row["data"],
        {name.decode(): value for name, value in headers.items() if name is not None},
    )


def _dumped(headers: Mapping[str, bytes | None]) -> str:
    some = list(headers.items())[:_HEADERS]
    return json.dumps({escaped(name.encode("utf-8", "replace")): None if value is None else escaped(value) for name, value in some})
