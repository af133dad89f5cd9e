"""SELECTs over the read models. Row security confines them to the caller's division; nothing here filters for safety."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.certificates.certificate.projection import CERTIFICATE_VIEW, CertificateRow
from services.certificates.certificate.states import Standing
from services.certificates.vocabulary import (
    ApplicationChannel,
    AssessmentSetting,
    CancellationReason,
    Category,
    DisputeLevel,
    ReviewKind,
)


class Status(StrEnum):
    """An application's step; for an issued certificate whether it is frozen, lost, or today inside its validity."""

    APPLIED = "APPLIED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    IN_ASSESSMENT = "IN_ASSESSMENT"
    ASSESSED = "ASSESSED"
    STANDARD_NOT_MET = "STANDARD_NOT_MET"
    NOTICE_ORDERED = "NOTICE_ORDERED"
    IN_NOTICE = "IN_NOTICE"
    NOTICE_CLOSED = "NOTICE_CLOSED"
    OBJECTED = "OBJECTED"
    VALID = "VALID"
    EXPIRED = "EXPIRED"
    FROZEN = "FROZEN"
    LOST = "LOST"
    DISPUTED = "DISPUTED"
    WITHDRAWN = "WITHDRAWN"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One application and what became of it, as of a day."""

    certificate_id: UUID
    file_number: str
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
    step_on: date
    setting: AssessmentSetting | None
    home_due_on: date | None
    visit_on: date | None
    suffix: int
    lost_on: date | None
    frozen_on: date | None
    arriving: bool
    proposal: str | None
    review: ReviewKind | None
    disputed: DisputeLevel | None
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificates; what is left open is not asked."""

    division: str = ""
    status: Status | None = None
    category: Category | None = None
    grade: int | None = None
    valid_to_from: date | None = None
    valid_to_until: date | None = None
    person_id: UUID | None = None
    file_number: str | None = None


STATUS = """CASE WHEN step <> 'ISSUED' THEN step WHEN frozen_on IS NOT NULL THEN 'FROZEN' WHEN lost_on IS NOT NULL THEN 'LOST'
    WHEN valid_to < $1 THEN 'EXPIRED' ELSE 'VALID' END"""
_SHOWN = tuple(field.name for field in fields(Certificate) if field.name != "status")
_SELECT = f"SELECT * FROM (SELECT {', '.join(_SHOWN)}, {STATUS} AS status FROM views.certificate_view) c"  # noqa: S608
_READERS = {column.name: column.read for column in CERTIFICATE_VIEW.columns if column.read}


def _certificate(record: Mapping[str, Any]) -> Certificate:
    shown = {name: _READERS[name](record[name]) if name in _READERS else record[name] for name in _SHOWN}
    return Certificate(status=Status(record["status"]), **shown)


async def certificate(conn: Any, certificate_id: UUID, today: date) -> Certificate | None:
    """One certificate, or None."""
    row = await conn.fetchrow(f"{_SELECT} WHERE certificate_id = $2", today, certificate_id)
    return _certificate(row) if row else None


async def view_row(conn: Any, certificate_id: UUID) -> CertificateRow | None:
    """One certificate as the read model has it, or None."""
    return await CERTIFICATE_VIEW.one(conn, certificate_id)


async def numbered(conn: Any, file_number: str) -> list[CertificateRow]:
    """What the read model has under a number (办件号); hardly ever more than one."""
    rows = await conn.fetch("SELECT * FROM views.certificate_view WHERE file_number = $1 ORDER BY certificate_id", file_number)
    return [CERTIFICATE_VIEW.from_record(row) for row in rows]


async def certificates(conn: Any, today: date, wanted: Wanted, after: UUID | None, limit: int) -> list[Certificate]:
    """Certificates in order of their ids, those after `after`."""
    rows = await conn.fetch(
        f"""{_SELECT} WHERE starts_with(division, $2) AND ($3::text IS NULL OR status = $3)
            AND ($4::uuid IS NULL OR person_id = $4) AND ($5::text IS NULL OR category = $5) AND ($6::int IS NULL OR grade = $6)
            AND ($7::date IS NULL OR valid_to >= $7) AND ($8::date IS NULL OR valid_to <= $8)
            AND ($9::text IS NULL OR file_number = $9)
            AND ($10::uuid IS NULL OR certificate_id > $10) ORDER BY certificate_id LIMIT $11""",
        today,
        wanted.division,
        wanted.status,
        wanted.person_id,
        wanted.category,
        wanted.grade,
        wanted.valid_to_from,
        wanted.valid_to_until,
        wanted.file_number,
        after,
        limit,
    )
    return [_certificate(row) for row in rows]


async def waiting(conn: Any, limit: int) -> list[CertificateRow]:
    """Everything in the caller's sight that somebody must do something about, longest waiting first."""
    rows = await conn.fetch(
        """SELECT * FROM views.certificate_view
           WHERE step NOT IN ('ISSUED', 'REFUSED', 'CANCELLED', 'WITHDRAWN') OR proposal IS NOT NULL OR arriving OR review IS NOT NULL
               OR disputed IS NOT NULL OR home_due_on IS NOT NULL
           ORDER BY step_on, certificate_id LIMIT $1""",
        limit,
    )
    return [CERTIFICATE_VIEW.from_record(row) for row in rows]


async def standing(conn: Any, person_id: UUID, minor: bool, guardian: bool, dead: bool) -> Standing:
    """What the register holds of a person. Needs a connection that sees every division, and the person's row locked."""
    rows = await conn.fetch(
        "SELECT step, valid_to, reason, cancelled_on FROM views.certificate_view WHERE person_id = $1", person_id
    )
    ended = [row for row in rows if row["step"] == "CANCELLED"]
    return Standing(
        applying=any(row["step"] not in ("ISSUED", "REFUSED", "CANCELLED", "WITHDRAWN") for row in rows),
        holds_until=max((row["valid_to"] for row in rows if row["step"] == "ISSUED"), default=None),
        cancelled=tuple((CancellationReason(row["reason"]), row["cancelled_on"]) for row in ended),
        minor=minor,
        guardian=guardian,
        dead=dead,
    )


async def has_guardian(conn: Any, certificate_id: UUID) -> bool:
    """Whether the person of a certificate has a guardian."""
    query = "SELECT true FROM guardian JOIN views.certificate_view USING (person_id) WHERE certificate_id = $1 LIMIT 1"
    return bool(await conn.fetchval(query, certificate_id))


@dataclass(frozen=True, slots=True)
class CardData:
    """Whose card, and what its number is composed of."""

    person_id: UUID
    category: Category
    grade: int


async def card(conn: Any, certificate_id: UUID) -> CardData:
    """The data of an issued certificate; it must exist."""
    row = await conn.fetchrow(
        "SELECT person_id, category, grade FROM views.certificate_view WHERE certificate_id = $1", certificate_id
    )
    return CardData(row["person_id"], Category(row["category"]), row["grade"])


async def issued_to(conn: Any, person_id: UUID) -> list[UUID]:
    """The certificates of a person that are issued and not cancelled."""
    rows = await conn.fetch(
        "SELECT certificate_id FROM views.certificate_view WHERE person_id = $1 AND step = 'ISSUED' ORDER BY 1", person_id
    )
    return [row["certificate_id"] for row in rows]


async def cancelled_for_death(conn: Any, person_id: UUID) -> list[UUID]:
    """The certificates of a person that were cancelled because of a death."""
    rows = await conn.fetch(
        """SELECT certificate_id FROM views.certificate_view WHERE person_id = $1 AND step = 'CANCELLED' AND reason = 'DEATH'
           ORDER BY 1""",
        person_id,
    )
    return [row["certificate_id"] for row in rows]
