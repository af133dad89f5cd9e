"""Uploads that were refused: who sent what when, and why it was not taken. A table beside the events, for most of them concern no roster.

A file that cannot be used is an event, too (`RosterRejected`); what is said wrongly of a file, and a file that is known, are here only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kernel.events import Context
from services.matching.vocabulary import RosterKind


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, and what was said of it: the list, its county, day and period. `digest`: SHA-256, hexadecimal; `size`: bytes."""

    kind: RosterKind
    county: str
    as_of: date | None
    period: str | None
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """An upload that was refused. `division`: the county that it was for, or the sender's own division where it was for another's."""

    refusal_id: UUID
    refused_at: datetime
    sent_by: str
    division: str
    county: str
    kind: RosterKind
    as_of: date | None
    period: str | None
    digest: str
    size: int
    code: str


async def keep(conn: Any, upload: Upload, code: str, context: Context) -> None:
    """Write a refusal down, once for each request. `code`: what the sender was answered."""
    await conn.execute(
        """INSERT INTO roster_refusal (refusal_id, refused_at, sent_by, division, county, kind, as_of, period, digest, size, code)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING""",
        context.seed,
        context.now,
        context.actor,
        upload.county if upload.county.startswith(context.scope) else context.scope,
        upload.county,
        upload.kind,
        upload.as_of,
        upload.period,
        upload.digest,
        upload.size,
        code,
    )


async def refusals(conn: Any, after: str | None, limit: int) -> list[Refusal]:
    """Refused uploads in the order of their coming."""
    rows = await conn.fetch(
        """SELECT refusal_id, refused_at, sent_by, division, county, kind, as_of, period, digest, size, code FROM roster_refusal
           WHERE refusal_id > $1::uuid ORDER BY refusal_id LIMIT $2""",
        after or str(UUID(int=0)),
        limit,
    )
    return [Refusal(**{**row, "kind": RosterKind(row["kind"])}) for row in rows]
