"""SELECTs over subscribers and their deliveries: how far each subscription is read, how it fares. No address, no secret."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.kernel.projection import Projection
from services.notifications import vocabulary
from services.notifications.subscription.projection import SUBSCRIBERS, SUBSCRIPTIONS, SubscriberRow, SubscriptionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionHealth(SubscriptionRow):
    """With how it fares: `behind` published events are not looked at yet, `open` deliveries are not settled; `lag` is their sum."""

    next_seq: int
    behind: int
    open: int
    lag: int
    failing_since: datetime | None
    last_state: str | None
    last_reason: str | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class SubscriberHealth:
    """An office with all its subscriptions."""

    subscriber_id: UUID
    division: str
    agency: str
    version: int
    subscriptions: tuple[SubscriptionHealth, ...]


class DeliveryState(StrEnum):
    """How far a delivery is; see the design: due → sending → sent → delivered, failed, unknown; suppressed is never sent."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What became of one delivery: which notice or reminder, to whom, by which channel, how often tried, why not.

    `letter_id`: what the provider knows it by, and what a receiver finds as id of the message; None before the first attempt.
    """

    seq: int
    delivery_id: UUID
    source: str
    stream_id: UUID
    recipient: UUID
    channel: vocabulary.Channel
    state: DeliveryState
    attempt: int
    generation: int
    flagged: bool
    reason: str | None
    held_for: str | None
    letter_id: UUID | None
    created_at: datetime
    settled_at: datetime | None


_HEALTH: Projection[Any] = replace(SUBSCRIPTIONS, row=SubscriptionHealth)
_DELIVERIES: Projection[Any] = Projection("", DeliveryRow, ("delivery_id",), {}, lambda _, row, __: row)


async def subscribers(conn: Any, division: str = "") -> list[SubscriberRow]:
    """The offices that the connection may see, inside a division."""
    rows = await conn.fetch(
        "SELECT * FROM views.subscriber WHERE starts_with(division, $1) ORDER BY division, agency LIMIT 1000", division
    )
    return [SUBSCRIBERS.from_record(r) for r in rows]


async def subscriber(conn: Any, subscriber_id: UUID, division: str = "") -> SubscriberHealth | None:
    """One office with its subscriptions, or None. `next_seq` is where reading goes on."""
    row = await conn.fetchrow(
        "SELECT * FROM views.subscriber WHERE subscriber_id = $1 AND starts_with(division, $2)", subscriber_id, division
    )
    if row is None:
        return None
    found = await conn.fetch(
        """SELECT s.*, r.seq + 1 AS next_seq, r.failing_since, r.last_state, r.last_reason, r.last_at, w.behind, o.open,
               w.behind + o.open AS lag
           FROM views.subscription s JOIN reading r USING (subscription_id),
               LATERAL (SELECT greatest(coalesce(max(f.seq), 0) - r.seq, 0) AS behind FROM feed f) w,
               LATERAL (SELECT (SELECT count(*) FROM delivery d WHERE d.recipient = s.subscription_id
                            AND d.state IN ('due', 'unknown') AND d.held_until IS NULL)
                        + (SELECT count(*) FROM delivery d WHERE d.recipient = s.subscription_id
                            AND (d.state = 'sending' OR d.state IN ('due', 'unknown') AND d.held_until IS NOT NULL)) AS open) o
           WHERE s.subscriber_id = $1 ORDER BY s.subscription_id""",
        subscriber_id,
    )
    return SubscriberHealth(**row, subscriptions=tuple(_HEALTH.from_record(r) for r in found))


async def deliveries(conn: Any, state: DeliveryState | None, after: int | None, limit: int) -> list[DeliveryRow]:
    """Deliveries to the offices that the connection may see, oldest first. A list to look at, not a feed: states change behind one."""
    rows = await conn.fetch(
        """SELECT * FROM delivery WHERE ($1::text IS NULL OR state = $1) AND agency = current_setting('shouwang.agency') AND seq > $2
           ORDER BY seq LIMIT $3""",
        state,
        after or 0,
        limit,
    )
    return [_DELIVERIES.from_record(r) for r in rows]


async def one(conn: Any, subscription_id: UUID) -> Any:
    """A subscription that is there."""
    return await conn.fetchrow("SELECT * FROM views.subscription WHERE subscription_id = $1", subscription_id)


async def delivery(conn: Any, delivery_id: UUID) -> DeliveryRow | None:
    """One delivery, or None."""
    row = await conn.fetchrow("SELECT * FROM delivery WHERE delivery_id = $1", delivery_id)
    return _DELIVERIES.from_record(row) if row else None
