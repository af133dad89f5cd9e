"""The event store: append many, read many, each in one round trip. Whatever leaves the service is queued in the same statement.

Appending needs the expected version of each stream; a stream that moved on, or a gap, is a `Conflict`. The caller owns the
transaction: nothing here commits, and after `append` only local SQL may run until the caller does.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.avro import Codec
from services.kernel.errors import AlreadyRecorded, Conflict
from services.kernel.events import Context, Gone, Recorded, avro_name
from services.kernel.projection import turned

_ENVELOPE = (
    "stream_id",
    "version",
    "event_id",
    "occurred_at",
    "actor",
    "division",
    "correlation_id",
    "causation_id",
    "policy_version",
)
_STORED = ", ".join((*_ENVELOPE, "category", "type", "schema_fp", "data"))
_APPEND = f"""
WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
        $9::text[], $10::text[], $11::text[], $12::bytea[], $13::bytea[]) WITH ORDINALITY AS t({_STORED}, ord)),
stale AS (
    SELECT 1 FROM (SELECT stream_id, min(version) AS first FROM input GROUP BY stream_id) head
    WHERE first <> 1 + coalesce((SELECT max(e.version) FROM events e WHERE e.stream_id = head.stream_id), 0)),
added AS (
    INSERT INTO events ({_STORED}) SELECT {_STORED} FROM input WHERE NOT EXISTS (SELECT FROM stale) ORDER BY ord
    RETURNING position, stream_id, recorded_at),
queued AS (
    INSERT INTO outbox (topic, key, position) SELECT $14, stream_id::text, position FROM added ORDER BY position)
SELECT position, recorded_at FROM added ORDER BY position"""  # noqa: S608
_READ = f"SELECT position, recorded_at, {_STORED} FROM events WHERE stream_id = ANY($1::uuid[]) ORDER BY stream_id, version"  # noqa: S608
# A stream of another division is left where it is: how long it is must not be heard in how long an answer takes.
_READ_INSIDE = f"""
SELECT position, recorded_at, {_STORED} FROM unnest($1::uuid[]) AS wanted, LATERAL (
    SELECT * FROM events WHERE stream_id = wanted
        AND starts_with((SELECT division FROM events WHERE stream_id = wanted ORDER BY version DESC LIMIT 1), $2)) e
ORDER BY stream_id, version"""  # noqa: S608
_PUBLISH = """
INSERT INTO outbox (topic, key, headers, schema_fp, data) SELECT topic, key, headers, schema_fp, data
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])
    WITH ORDINALITY AS t(topic, key, headers, schema_fp, data, ord) ORDER BY ord"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is not an event: a state row, a notice, or a tombstone (`Gone`). It carries the envelope of its cause."""

    topic: str
    key: str
    message: Any
    cause: Recorded

    @property
    def headers(self) -> dict[str, str]:
        """The part of the CloudEvents envelope that is known before the relay adds id, source and version."""
        kind = self.message.of if isinstance(self.message, Gone) else type(self.message)
        return {
            "ce_type": avro_name(kind),
            "ce_time": self.cause.occurred_at.isoformat(),
            "ce_recordedtime": self.cause.recorded_at.isoformat(),
            "ce_correlationid": str(self.cause.correlation_id),
            "ce_causationid": str(self.cause.event_id),
            "ce_division": self.cause.division,
            "ce_actor": self.cause.actor,
            "ce_policyversion": self.cause.policy_version,
        }


class EventStore:
    """The log of one service. All methods run on the caller's connection, inside its transaction."""

    def __init__(self, service: str, codec: Codec) -> None:
        self.service, self.codec, self.topic = service, codec, f"{service}.events.v1"

    async def append_many(self, conn: asyncpg.Connection, category: Sequence[str], new: Sequence[Recorded]) -> list[Recorded]:
        """Store `new` (versions and ids set, `category` beside each) and queue them for Kafka, in the given order.

        Gives the same values with position and recorded_at. Raises `Conflict` when a stream is not at the version before its
        first new event, `AlreadyRecorded` when an event id is stored.
        """
        if not new:
            return []
        records = [self._record(recorded, kind) for recorded, kind in zip(new, category, strict=True)]
        try:
            rows = await conn.fetch(_APPEND, *turned(records), self.topic)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name == "events_event_id_key":
                raise AlreadyRecorded from None
            raise Conflict("stream_moved_on", "其他操作先行一步，请刷新后再办") from None
        if not rows:
            raise Conflict("stream_moved_on", "其他操作先行一步，请刷新后再办")
        return [recorded.stored(position, at) for recorded, (position, at) in zip(new, rows, strict=True)]

    def _record(self, recorded: Recorded, category: str) -> tuple[Any, ...]:
        """A row of `events`, in the order of the columns of `_STORED`."""
        fingerprint, body = self.codec.encode(recorded.event)
        return (
            recorded.stream_id,
            recorded.version,
            recorded.event_id,
            recorded.occurred_at,
            recorded.actor,
            recorded.division,
            recorded.correlation_id,
            recorded.causation_id,
            recorded.policy_version,
            category,
            type(recorded.event).__name__,
            fingerprint,
            body,
        )

    async def append(
        self,
        conn: asyncpg.Connection,
        category: str,
        stream_id: UUID,
        expected_version: int,
        events: Sequence[Any],
        context: Context,
        division: str,
        policy_version: str = "",
    ) -> list[Recorded]:
        """Append to one stream; `append_many` with the envelope filled in."""
        new = [
            self.envelope(
                stream_id=stream_id,
                version=expected_version + 1 + index,
                event_id=context.event_id(index),
                event=event,
                context=context,
                division=division,
                policy_version=policy_version,
            )
            for index, event in enumerate(events)
        ]
        return await self.append_many(conn, [category] * len(new), new)

    def envelope(
        self, stream_id: UUID, version: int, event_id: UUID, event: Any, context: Context, division: str, policy_version: str
    ) -> Recorded:
        """The record of an event that is about to be stored."""
        return Recorded(
            event_id=event_id,
            stream_id=stream_id,
            version=version,
            service=self.service,
            event=event,
            division=division,
            actor=context.actor,
            occurred_at=context.now,
            recorded_at=context.now,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
            policy_version=policy_version,
        )

    async def read(self, conn: asyncpg.Connection, stream_id: UUID) -> list[Recorded]:
        """A stream's history in order; empty when there is none."""
        return (await self.read_many(conn, [stream_id]))[stream_id]

    async def read_many(self, conn: asyncpg.Connection, stream_ids: Iterable[UUID], scope: str = "") -> dict[UUID, list[Recorded]]:
        """The histories of several streams in one round trip; empty for one that does not lie in the division `scope` now."""
        found: dict[UUID, list[Recorded]] = {stream_id: [] for stream_id in stream_ids}
        ids = list(found)
        for row in await (conn.fetch(_READ_INSIDE, ids, scope) if scope else conn.fetch(_READ, ids)):
            found[row["stream_id"]].append(self.recorded(row))
        return found

    def recorded(self, row: Mapping[str, Any]) -> Recorded:
        """A row of `events` as a value. Raises `Unreadable`."""
        return Recorded(
            service=self.service,
            event=self.codec.decode(row["schema_fp"], row["data"]),
            recorded_at=row["recorded_at"],
            position=row["position"],
            **{name: row[name] for name in _ENVELOPE},
        )

    async def publish_many(self, conn: asyncpg.Connection, outgoing: Sequence[Outgoing]) -> None:
        """Queue state rows, tombstones or notices, in order, in the caller's transaction."""
        if not outgoing:
            return
        records = [(each.topic, each.key, json.dumps(each.headers), *self._body(each.message)) for each in outgoing]
        await conn.execute(_PUBLISH, *turned(records))

    def _body(self, message: Any) -> tuple[bytes | None, bytes | None]:
        return (None, None) if isinstance(message, Gone) else self.codec.encode(message)
