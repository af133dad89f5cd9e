"""How many persons had an application or certificate of which status, in which township, at the end of a day; in bounded memory.

A row of the read model that has not changed since that day holds as it is, and the database counts it. Only what changed later is
folded again from its events, some hundred streams at a time, and lies where it lay on that day.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.certificates.certificate.history import day_end
from services.certificates.certificate.projection import CERTIFICATE_VIEW, CertificateRow, Step
from services.certificates.certificate.queries import STATUS, Status
from services.domain import divisions
from services.kernel.projection import fold_into

BATCH = 500
NIL = UUID(int=0)
# Cards that were in another place then: a reader of the place they left has no row of them any more.
_LEFT = "SELECT DISTINCT stream_id FROM events WHERE type = 'CertificateTransferredOut' AND occurred_at >= $1 ORDER BY 1"
_CHANGED = """SELECT certificate_id FROM views.certificate_view WHERE changed_on > $1 AND certificate_id > $2
    ORDER BY certificate_id LIMIT $3"""
_PAST = "SELECT * FROM events WHERE stream_id = ANY($1::uuid[]) AND occurred_at < $2 ORDER BY stream_id, version"
_COUNT = f"""SELECT township, status, count(DISTINCT person_id) AS persons FROM (
        SELECT left(division, 9) AS township, {STATUS} AS status, person_id FROM views.certificate_view
        WHERE starts_with(division, $2) AND changed_on <= $1
        UNION ALL SELECT * FROM unnest($3::text[], $4::text[], $5::uuid[])) AS found
    GROUP BY 1, 2 ORDER BY 1, 2"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Count:
    """How many persons with a certificate or application of a status a township has; None: fewer than may be shown."""

    township: str
    status: Status
    count: int | None


def status(row: CertificateRow, day: date) -> Status:
    """What `queries.STATUS` says, of a folded row."""
    if row.step is not Step.ISSUED:
        return Status(row.step.value)
    if row.frozen_on or row.lost_on:
        return Status.FROZEN if row.frozen_on else Status.LOST
    return Status.EXPIRED if row.valid_to and row.valid_to < day else Status.VALID


async def by_township(conn: Any, store: Any, on: date, division: str, sight: str, least: int) -> list[Count]:
    """Counts by township and status at the end of `on`, as it was then. `sight`: the reader's division; numbers below `least`
    are kept back. `conn` is the reader's, in one snapshot. No total is given, and the cells are always whole townships."""
    then: set[tuple[str, str, UUID]] = set()
    async for row in as_of_many(conn, store, on):
        if divisions.inside(row.division, sight) and divisions.inside(row.division, division):
            then.add((divisions.township(row.division), status(row, on), row.person_id))
    columns = [list(column) for column in zip(*then, strict=True)] if then else [[], [], []]
    found = await conn.fetch(_COUNT, on, division, *columns)
    return [Count(row["township"], Status(row["status"]), row["persons"] if row["persons"] >= least else None) for row in found]


async def as_of_many(conn: Any, store: Any, on: date) -> AsyncIterator[CertificateRow]:
    """Every certificate that changed after `on` and may have been in the reader's sight, as it stood at the end of that day.

    Row security finds those that are in sight now; of those that have left, whoever asks keeps what was his.
    """
    end = day_end(on)
    left = [row["stream_id"] for row in await conn.fetch(_LEFT, end)]
    for start in range(0, len(left), BATCH):
        for row in await _folded(conn, store, left[start : start + BATCH], end):
            yield row
    known, last = set(left), NIL
    while page := [row["certificate_id"] for row in await conn.fetch(_CHANGED, on, last, BATCH)]:
        last = page[-1]
        for row in await _folded(conn, store, [each for each in page if each not in known], end):
            yield row


async def _folded(conn: Any, store: Any, certificates: Sequence[UUID], end: datetime) -> list[CertificateRow]:
    rows: dict[Any, CertificateRow | None] = {}
    for record in await conn.fetch(_PAST, certificates, end):
        fold_into(CERTIFICATE_VIEW, rows, store.recorded(record))
    return [row for row in rows.values() if row is not None]
