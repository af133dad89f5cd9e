"""The rows of `delivery` as the engine moves them: claimed, held, settled. SQL and values; decides nothing about whether to send."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kernel.project import turned
from services.notifications.events import Channel

_SELECT = """
SELECT d.delivery_id, d.source, d.stream_id, d.subject_id, d.recipient, d.agency, d.division, d.urgent, d.digest, d.state, d.attempt,
    d.tries, d.unknowns, d.flagged, d.letter_id, d.cause_id, d.correlation_id, d.created_at
FROM delivery d """
_PARTS = (
    _SELECT
    + """
WHERE d.letter_id = ANY($1::uuid[]) AND d.state IN ('due', 'unknown') ORDER BY d.delivery_id FOR UPDATE OF d"""
)
_REST = (
    _SELECT
    + """
WHERE d.channel = $1 AND d.state = 'due' AND d.due_at <= now() AND (d.held_until IS NULL OR d.held_until <= $2)
    AND d.recipient = ANY($3::uuid[]) AND d.letter_id IS NULL AND d.digest AND d.delivery_id <> ALL($4::uuid[])
ORDER BY d.seq FOR UPDATE OF d SKIP LOCKED"""
)
_LETTER = _SELECT + "WHERE d.letter_id = $1 AND d.channel = $2 ORDER BY d.delivery_id FOR UPDATE OF d"
# What waits, oldest first. Recipients that have their share under way, and subscriptions that are paused or disabled, are left out:
# one slow office fills its own share and nobody else's.
_WAITING = (
    _SELECT
    + """
WHERE d.channel = $1 AND d.state IN ('due', 'unknown') AND d.due_at <= now() AND (d.held_until IS NULL OR d.held_until <= $2)
    AND d.recipient <> ALL($3::uuid[])
    AND NOT EXISTS (SELECT FROM views.subscription s WHERE s.subscription_id = d.recipient AND s.state <> 'ACTIVE' AND d.source <> 'TEST')
ORDER BY d.due_at, d.delivery_id LIMIT $4 FOR UPDATE OF d SKIP LOCKED"""
)
_ALLOWANCE = """
SELECT least($3, allowance + $2 * extract(epoch FROM clock_timestamp() - at)) FROM pace WHERE channel = $1 FOR UPDATE"""
_TAKE = """
UPDATE delivery d SET state = 'sending', attempt = u.attempt, flagged = d.flagged OR d.state = 'unknown', letter_id = u.letter_id,
    leased_until = clock_timestamp() + make_interval(secs => $4), sent_on = $5, held_until = NULL
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS u(delivery_id, attempt, letter_id) WHERE d.delivery_id = u.delivery_id"""
_ANYTHING = """SELECT EXISTS (SELECT FROM delivery WHERE channel = $1 AND state IN ('due', 'unknown') AND due_at <= now()
    AND (held_until IS NULL OR held_until <= $2))"""
_EXPIRED = """
UPDATE delivery SET state = 'unknown', unknowns = unknowns + 1, reason = 'lease_ran_out', due_at = now(), leased_until = NULL
WHERE delivery_id IN (SELECT delivery_id FROM delivery WHERE channel = $1 AND state = 'sending' AND leased_until < now()
    ORDER BY delivery_id FOR UPDATE SKIP LOCKED) RETURNING delivery_id"""
# A receipt counts once: for the attempt it belongs to, while that is under way or its fate unknown; a late one for what was only sent.
_SETTLE = """
UPDATE delivery d SET state = u.state, reason = u.reason, provider_ref = coalesce(u.ref, d.provider_ref), leased_until = NULL,
    due_at = now() + make_interval(secs => u.wait), tries = d.tries + u.tried::int,
    unknowns = d.unknowns + u.silence::int, flagged = d.flagged AND NOT u.answered,
    settled_at = CASE WHEN u.state IN ('due', 'unknown') THEN NULL ELSE now() END
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::boolean[], $8::boolean[], $9::boolean[])
    AS u(delivery_id, attempt, state, reason, ref, wait, answered, tried, silence)
WHERE d.delivery_id = u.delivery_id AND d.attempt = u.attempt
    AND (d.state IN ('sending', 'unknown') OR (d.state = 'sent' AND u.state IN ('delivered', 'failed')))
RETURNING d.delivery_id"""
_SUPPRESS = """UPDATE delivery d SET state = 'suppressed', reason = u.reason, settled_at = now(), leased_until = NULL
    FROM unnest($1::uuid[], $2::text[]) AS u(delivery_id, reason) WHERE d.delivery_id = u.delivery_id"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice (or test, or message to a person) for one recipient, as it was when it was claimed."""

    delivery_id: UUID
    source: str
    stream_id: UUID
    subject_id: UUID | None
    recipient: UUID
    agency: str
    division: str
    urgent: bool
    digest: bool
    state: str
    attempt: int
    tries: int
    unknowns: int
    flagged: bool
    letter_id: UUID | None
    cause_id: UUID
    correlation_id: UUID
    created_at: datetime


async def anything(conn: Any, channel: Channel, now: datetime) -> bool:
    """Whether something may have to be sent; cheap."""
    return bool(await conn.fetchval(_ANYTHING, channel, now))


async def allowance(conn: Any, channel: Channel, per_minute: int) -> float:
    """How many letters the channel may send now. Locks the channel's bucket: processes claim one after the other."""
    a_second = per_minute / 60
    full = max(1.0, a_second)
    await conn.execute("INSERT INTO pace (channel, allowance) VALUES ($1, $2) ON CONFLICT DO NOTHING", channel, full)
    return float(await conn.fetchval(_ALLOWANCE, channel, a_second, full))


async def spend(conn: Any, channel: Channel, left: float) -> None:
    """What is left in the bucket."""
    await conn.execute("UPDATE pace SET allowance = $2, at = clock_timestamp() WHERE channel = $1", channel, left)


async def under_way(conn: Any, channel: Channel) -> dict[UUID, int]:
    """Letters being sent, by recipient; of all processes."""
    rows = await conn.fetch(
        "SELECT recipient, count(DISTINCT letter_id) AS n FROM delivery WHERE channel = $1 AND state = 'sending' GROUP BY recipient",
        channel,
    )
    return {r["recipient"]: r["n"] for r in rows}


async def waiting(conn: Any, channel: Channel, now: datetime, busy: Sequence[UUID], limit: int) -> list[Delivery]:
    """What may be sent, oldest first, locked; `now` is domain time."""
    return [Delivery(*r) for r in await conn.fetch(_WAITING, channel, now, list(busy), limit)]


async def rest(conn: Any, channel: Channel, now: datetime, found: Sequence[Delivery]) -> list[Delivery]:
    """What else may be sent to the recipients of `found` in digests, oldest first, locked."""
    known, to = [d.delivery_id for d in found], sorted({d.recipient for d in found if d.digest})
    return [Delivery(*r) for r in await conn.fetch(_REST, channel, now, to, known)] if to else []


async def parts(conn: Any, letter_ids: Sequence[UUID]) -> list[Delivery]:
    """All open deliveries of letters that were tried before: such a letter never goes out in pieces."""
    return [Delivery(*r) for r in await conn.fetch(_PARTS, list(letter_ids))]


async def sent_as(conn: Any, channel: Channel, letter_id: UUID) -> list[Delivery]:
    """All deliveries of a letter that was tried, locked, as they were when its last attempt was claimed; `state` is that of now."""
    found = [Delivery(*r) for r in await conn.fetch(_LETTER, letter_id, channel)]
    return [replace(d, attempt=d.attempt - 1) for d in found]


async def sent_today(conn: Any, recipients: Sequence[UUID], channel: Channel, day: date) -> dict[UUID, int]:
    """Letters that recipients were sent on a day by this channel."""
    rows = await conn.fetch(
        """SELECT recipient, count(DISTINCT letter_id) AS n FROM delivery
           WHERE recipient = ANY($1::uuid[]) AND sent_on = $2 AND channel = $3 AND source <> 'TEST' GROUP BY recipient""",
        list(recipients), day, channel,
    )  # fmt: skip
    return {r["recipient"]: r["n"] for r in rows}


async def hold(conn: Any, delivery_ids: Sequence[UUID], until: datetime, why: str) -> None:
    """Not before `until` (domain time)."""
    await conn.execute(
        "UPDATE delivery SET held_until = $2, held_for = $3 WHERE delivery_id = ANY($1::uuid[])", list(delivery_ids), until, why
    )


async def suppress(conn: Any, reasons: Sequence[tuple[Delivery, str]]) -> None:
    """Never to be sent, each for its reason."""
    await conn.execute(_SUPPRESS, [d.delivery_id for d, _ in reasons], [why for _, why in reasons])


async def start(conn: Any, letters: Sequence[tuple[UUID, Sequence[Delivery]]], lease: int, day: date) -> None:
    """Mark letters as being sent: what the provider is asked by, and until when nobody else may try, is known before it is called."""
    flat = [(d.delivery_id, d.attempt + 1, letter_id) for letter_id, parts in letters for d in parts]
    await conn.execute(_TAKE, *turned(flat), float(lease), day)


async def expire(conn: Any, channel: Channel) -> int:
    """Letters whose sender did not come back: nobody knows whether they went out. How many deliveries."""
    return len(await conn.fetch(_EXPIRED, channel))


async def insert_test(conn: Any, delivery_id: UUID, subscription: Any, command_id: UUID) -> None:
    """A sample for a subscription (its row); sent like everything else, at once."""
    await conn.execute(
        """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent)
           VALUES ($1, 'TEST', $1, $2, $3, $3, $4, $5, $6, true)""",
        delivery_id, subscription["subscription_id"], command_id, subscription["agency"], subscription["division"],
        subscription["channel"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a delivery's attempt. `wait`: seconds until it is due again. `answered`: the provider said what became of the earlier
    attempt, so this one was no resend. `tried`, `silence`: what it counts as."""

    delivery: Delivery
    state: str
    reason: str | None
    provider_ref: str | None
    wait: float
    answered: bool
    tried: bool
    silence: bool


async def settle(conn: Any, settlements: Sequence[Settlement]) -> set[UUID]:
    """Write what became of deliveries; those for which it counts: a receipt that comes again, or for an earlier attempt, does not."""
    flat = [
        (s.delivery.delivery_id, s.delivery.attempt + 1, s.state, s.reason, s.provider_ref, s.wait, s.answered, s.tried, s.silence)
        for s in settlements
    ]
    return {r["delivery_id"] for r in await conn.fetch(_SETTLE, *turned(flat))}
