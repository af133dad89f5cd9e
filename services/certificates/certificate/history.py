"""Every event of one certificate in words, for the clerk who asks; and what was known of it at the end of a past day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from services.certificates.certificate.described import disability, in_words
from services.certificates.certificate.projection import CERTIFICATE_VIEW, CertificateRow
from services.certificates.policy.load import CertificatePolicy
from services.domain.actors import Actor
from services.kernel.events import SHANGHAI
from services.kernel.projection import fold_into


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words: version, id, instant, the office that acted (no person), the sentence, and the policy it stood under."""

    version: int
    event_id: UUID
    at: datetime
    office: str
    words: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """A certificate as it was known at the end of a day."""

    on: date
    version: int
    division: str
    step: str
    words: str
    valid_from: date | None
    valid_to: date | None
    frozen_on: date | None
    lost_on: date | None


async def events_in_words(conn: Any, certificate_id: UUID, store: Any, policy: CertificatePolicy) -> list[Told] | None:
    """Every event, oldest first; None for a certificate that the caller may not see."""
    if not await conn.fetchval("SELECT true FROM views.certificate_view WHERE certificate_id = $1", certificate_id):
        return None
    past = await store.read(conn, certificate_id)
    return [
        Told(
            recorded.version,
            recorded.event_id,
            recorded.occurred_at,
            office(recorded.actor),
            in_words(recorded.event, partial(policy.said, division=recorded.division, day=recorded.occurred_on)),
            recorded.policy_version,
        )
        for recorded in past
    ]


def office(actor: str) -> str:
    """The office without the person in it; a machine says what it is."""
    return Actor.parse(actor).office


def day_end(on: date) -> datetime:
    """The instant at which a day in Shanghai is over."""
    return datetime.combine(on, time(), SHANGHAI) + timedelta(days=1)


async def as_of(conn: Any, certificate_id: UUID, on: date, store: Any) -> AsOf | None:
    """The certificate as recorded until the end of that day in Shanghai; None when there was nothing that the caller may see."""
    if not await conn.fetchval("SELECT true FROM views.certificate_view WHERE certificate_id = $1", certificate_id):
        return None
    end = day_end(on)
    rows: dict[Any, CertificateRow | None] = {}
    for recorded in await store.read(conn, certificate_id):
        if recorded.occurred_at < end:
            fold_into(CERTIFICATE_VIEW, rows, recorded)
    row = next(iter(rows.values()), None)
    if row is None:
        return None
    words = disability(row.category, row.grade)
    return AsOf(on, row.version, row.division, row.step, words, row.valid_from, row.valid_to, row.frozen_on, row.lost_on)
