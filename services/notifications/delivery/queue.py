"""The rows of `delivery` as the engine moves them: claimed, held, settled. SQL and values; decides nothing about whether to send."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from services.kernel.projection import turned
from services.notifications.vocabulary import Channel

HELD = Counter("shouwang_deliveries_held_total", "deliveries delayed by a rule", ["channel", "reason", "urgent"])
GRACE = 2.0  # seconds for receipts that an outage kept from being written
_SELECT = """
SELECT d.delivery_id, d.source, d.stream_id, d.subject_id, d.recipient, d.agency, d.division, d.urgent, d.digest, d.state, d.attempt,
    d.tries, d.unknowns, d.flagged, d.letter_id, d.cause_id, d.correlation_id, d.created_at,
    EXISTS (SELECT FROM reading r WHERE r.subscription_id = d.recipient AND r.failing_since IS NOT NULL) AS failing
FROM delivery d """
_PARTS = (
    _SELECT
    + """
WHERE d.letter_id = ANY($1::uuid[]) AND d.state IN ('due', 'unknown') ORDER BY d.delivery_id FOR UPDATE OF d"""
)
_REST = (
    _SELECT
    + """
WHERE d.channel = $1 AND d.state = 'due' AND d.due_at <= now() AND d.held_until IS NULL
    AND d.recipient = ANY($2::uuid[]) AND d.letter_id IS NULL AND d.digest AND d.delivery_id <> ALL($3::uuid[])
ORDER BY d.seq FOR UPDATE OF d SKIP LOCKED"""
)
_LETTER = _SELECT + "WHERE d.letter_id = $1 AND d.channel = $2 ORDER BY d.delivery_id FOR UPDATE OF d"
# What may be sent: due, and held back by no rule any more. `released` ends the holding, so that what is still held costs a look nothing.
_OPEN = "d.state IN ('due', 'unknown') AND d.due_at <= now() AND d.held_until IS NULL"
_ELSE = "d.source NOT IN ('NOTICE', 'TEST')"  # to whom there is no subscription: persons
# Those with their share under way. Where nothing arrives the share is one letter, until one has: a dead office costs the others little.
_FULL = """full_ones AS MATERIALIZED (SELECT d.recipient FROM delivery d LEFT JOIN reading r ON r.subscription_id = d.recipient
    WHERE d.channel = $1 AND d.state = 'sending' GROUP BY d.recipient
    HAVING count(DISTINCT d.letter_id) >= CASE WHEN bool_or(r.failing_since IS NOT NULL) THEN 1 ELSE $2 END)"""
# Subscriptions that may be written to: not those that have their share under way, and a paused or disabled one has only its tests.
_PLACES = """places AS MATERIALIZED (SELECT s.subscription_id AS recipient, k.source
    FROM views.subscription s CROSS JOIN (VALUES ('NOTICE'), ('TEST')) AS k(source)
    WHERE s.channel = $1 AND (s.state = 'ACTIVE' OR k.source = 'TEST') AND s.subscription_id NOT IN (SELECT recipient FROM full_ones))"""
_ANYTHING = f"""
WITH released AS (
    UPDATE delivery d SET held_until = NULL WHERE channel = $1 AND state IN ('due', 'unknown') AND held_until <= $3 RETURNING 1),
{_FULL}, {_PLACES}
SELECT EXISTS (SELECT FROM released)
    OR EXISTS (SELECT FROM places p CROSS JOIN LATERAL (SELECT FROM delivery d
        WHERE d.recipient = p.recipient AND d.source = p.source AND {_OPEN} ORDER BY d.due_at, d.delivery_id LIMIT 1) n)
    OR EXISTS (SELECT FROM delivery d WHERE d.channel = $1 AND {_ELSE} AND {_OPEN}
        AND d.recipient NOT IN (SELECT recipient FROM full_ones))"""  # noqa: S608
# By turns: the oldest of each recipient, then what each has next. However much waits for one of them, it costs the others nothing.
_WAITING = f"""
WITH {_FULL}, {_PLACES},
next AS (
    SELECT n.* FROM places p CROSS JOIN LATERAL (
        SELECT d.delivery_id, d.due_at, row_number() OVER (ORDER BY d.due_at, d.delivery_id) AS turn FROM delivery d
        WHERE d.recipient = p.recipient AND d.source = p.source AND {_OPEN} ORDER BY d.due_at, d.delivery_id LIMIT $3) n
    UNION ALL (SELECT d.delivery_id, d.due_at, 1 FROM delivery d WHERE d.channel = $1 AND {_ELSE} AND {_OPEN}
        AND d.recipient NOT IN (SELECT recipient FROM full_ones) ORDER BY d.due_at, d.delivery_id LIMIT $4)
    ORDER BY turn, due_at, delivery_id LIMIT $4)
{_SELECT} JOIN next n USING (delivery_id)
WHERE d.state IN ('due', 'unknown') ORDER BY n.turn, d.due_at, d.delivery_id FOR UPDATE OF d SKIP LOCKED"""  # noqa: S608
# A clock that was set back must not stop the channel until it has caught up: what it says to have passed counts, whichever way.
_ALLOWANCE = """
SELECT least($3, allowance + $2 * abs(extract(epoch FROM clock_timestamp() - at))) FROM pace WHERE channel = $1 FOR UPDATE"""
_TAKE = """
UPDATE delivery d SET state = 'sending', attempt = u.attempt, flagged = d.flagged OR d.state = 'unknown', letter_id = u.letter_id,
    leased_until = clock_timestamp() + make_interval(secs => $4), sent_on = $5, held_until = NULL
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS u(delivery_id, attempt, letter_id) WHERE d.delivery_id = u.delivery_id"""
# Not tried again at once: after an outage whoever still holds a receipt writes it first, and nothing goes out twice for that.
_EXPIRED = """
UPDATE delivery SET state = 'unknown', unknowns = unknowns + 1, reason = 'lease_ran_out', leased_until = NULL,
    due_at = now() + make_interval(secs => $2)
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
    """One notice (or test, or message to a person) for one recipient, as it was when it was claimed.

    `failing`: the last that its subscription was sent has not arrived.
    """

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
    failing: bool = False


async def anything(conn: Any, channel: Channel, share: int, now: datetime) -> bool:
    """Whether something may have to be sent to somebody who has not `share` letters under way; cheap. What was held until now is free."""
    return bool(await conn.fetchval(_ANYTHING, channel, share, now))


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


async def waiting(conn: Any, channel: Channel, share: int, each: int, limit: int) -> list[Delivery]:
    """What may be sent, locked: `limit` in all, and `each` at most for one recipient, of whom none has `share` letters under way."""
    return [Delivery(**row) for row in await conn.fetch(_WAITING, channel, share, each, limit)]


async def rest(conn: Any, channel: Channel, found: Sequence[Delivery]) -> list[Delivery]:
    """What else may be sent to the recipients of `found` in digests, oldest first, locked."""
    known, to = [d.delivery_id for d in found], sorted({d.recipient for d in found if d.digest})
    return [Delivery(**row) for row in await conn.fetch(_REST, channel, to, known)] if to else []


async def parts(conn: Any, letter_ids: Sequence[UUID]) -> list[Delivery]:
    """All open deliveries of letters that were tried before: such a letter never goes out in pieces."""
    return [Delivery(**row) for row in await conn.fetch(_PARTS, list(letter_ids))]


async def sent_as(conn: Any, channel: Channel, letter_id: UUID) -> list[Delivery]:
    """All deliveries of a letter that was tried, locked, as they were when its last attempt was claimed; `state` is that of now."""
    found = [Delivery(**row) for row in await conn.fetch(_LETTER, letter_id, channel)]
    return [replace(d, attempt=d.attempt - 1) for d in found]


async def sent_today(conn: Any, recipients: Sequence[UUID], channel: Channel, day: date) -> dict[UUID, int]:
    """Letters that recipients were sent on a day by this channel."""
    rows = await conn.fetch(
        """SELECT recipient, count(DISTINCT letter_id) AS n FROM delivery
           WHERE recipient = ANY($1::uuid[]) AND sent_on = $2 AND channel = $3 AND source <> 'TEST' GROUP BY recipient""",
        list(recipients),
        day,
        channel,
    )
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
    return len(await conn.fetch(_EXPIRED, channel, GRACE))


async def insert_test(conn: Any, delivery_id: UUID, subscription: Any, command_id: UUID) -> None:
    """A sample for a subscription (its row); sent like everything else, at once."""
    await conn.execute(
        """INSERT INTO delivery (delivery_id, source, stream_id, recipient, cause_id, correlation_id, agency, division, channel, urgent)
           VALUES ($1, 'TEST', $1, $2, $3, $3, $4, $5, $6, true)""",
        delivery_id,
        subscription["subscription_id"],
        command_id,
        subscription["agency"],
        subscription["division"],
        subscription["channel"],
    )


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
