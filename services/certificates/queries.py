"""SELECTs over the read models. Row security confines them to the caller's division; nothing here filters for safety."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.application import Standing
from services.certificates.events import ApplicationChannel, CancellationReason, Category


class Status(StrEnum):
    """An application's step; for an issued certificate, whether today is inside its validity."""

    APPLIED = "APPLIED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    IN_ASSESSMENT = "IN_ASSESSMENT"
    ASSESSED = "ASSESSED"
    STANDARD_NOT_MET = "STANDARD_NOT_MET"
    IN_NOTICE = "IN_NOTICE"
    NOTICE_CLOSED = "NOTICE_CLOSED"
    OBJECTED = "OBJECTED"
    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One application and what became of it, as of a day."""

    certificate_id: UUID
    person_id: UUID
    division: str
    status: Status
    channel: ApplicationChannel
    applied_on: date
    changed_on: date
    reason: str | None
    institution: str | None
    notice_ends_on: date | None
    objections: int | None
    category: Category | None
    grade: int | None
    valid_from: date | None
    valid_to: date | None
    cancelled_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many certificates or applications of a status a township has; None when there are fewer than may be shown."""

    township: str
    status: Status
    count: int | None


_STATUS = "CASE WHEN step <> 'ISSUED' THEN step WHEN valid_to < $1 THEN 'EXPIRED' ELSE 'VALID' END"
_SELECT = f"""SELECT * FROM (SELECT certificate_id, person_id, division, {_STATUS} AS status, channel, applied_on, changed_on,
    reason, institution, notice_ends_on, objections, category, grade, valid_from, valid_to, cancelled_on, version
    FROM views.certificate_view) c"""  # noqa: S608


def _certificate(row: Any) -> Certificate:
    known = dict(row)
    known["status"], known["channel"] = Status(row["status"]), ApplicationChannel(row["channel"])
    known["category"] = Category(row["category"]) if row["category"] else None
    return Certificate(**known)


async def certificate(conn: Any, certificate_id: UUID, today: date) -> Certificate | None:
    """One certificate, or None."""
    row = await conn.fetchrow(f"{_SELECT} WHERE certificate_id = $2", today, certificate_id)
    return _certificate(row) if row else None


async def certificates(
    conn: Any, today: date, division: str, status: Status | None, person_id: UUID | None, after: UUID | None, limit: int
) -> list[Certificate]:
    """Certificates in order of their ids, those after `after`; each filter may be left open."""
    rows = await conn.fetch(
        f"""{_SELECT} WHERE starts_with(division, $2) AND ($3::text IS NULL OR status = $3)
            AND ($4::uuid IS NULL OR person_id = $4) AND ($5::uuid IS NULL OR certificate_id > $5)
            ORDER BY certificate_id LIMIT $6""",
        today,
        division,
        status,
        person_id,
        after,
        limit,
    )
    return [_certificate(row) for row in rows]


async def counts(conn: Any, today: date, division: str, smallest_cell: int) -> list[Count]:
    """Counts by township and status; a cell below `smallest_cell` persons shows no number, and no total gives it away."""
    rows = await conn.fetch(
        f"""SELECT left(division, 9) AS township, {_STATUS} AS status, count(DISTINCT person_id) AS persons
            FROM views.certificate_view WHERE starts_with(division, $2) GROUP BY 1, 2 ORDER BY 1, 2""",  # noqa: S608
        today,
        division,
    )
    return [Count(r["township"], Status(r["status"]), r["persons"] if r["persons"] >= smallest_cell else None) for r in rows]


async def standing(conn: Any, person_id: UUID) -> Standing:
    """What the register holds of a person. Needs a connection that sees every division, and the person's row locked."""
    rows = await conn.fetch(
        "SELECT step, valid_to, reason, cancelled_on FROM views.certificate_view WHERE person_id = $1", person_id
    )
    ended = [r for r in rows if r["step"] == "CANCELLED"]
    return Standing(
        applying=any(r["step"] not in ("ISSUED", "REFUSED", "CANCELLED") for r in rows),
        holds_until=max((r["valid_to"] for r in rows if r["step"] == "ISSUED"), default=None),
        cancelled=tuple((CancellationReason(r["reason"]), r["cancelled_on"]) for r in ended),
    )
