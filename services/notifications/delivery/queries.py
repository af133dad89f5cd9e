"""How much is on its way out of the house, by channel, for those who keep it running. Counts alone: no office, no content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notifications.vocabulary import Channel

# One part for each index: there is none over all that is open.
_BY_CHANNEL = """
SELECT channel, count(*) FILTER (WHERE state = 'due' AND due_at <= now() AND coalesce(held_until <= $1, true)) AS due,
    count(*) FILTER (WHERE state = 'sending') AS sending, count(*) FILTER (WHERE state = 'unknown') AS unknown,
    count(*) FILTER (WHERE state = 'due' AND held_until > $1) AS held,
    count(*) FILTER (WHERE state = 'due' AND due_at > now() AND coalesce(held_until <= $1, true)) AS again, min(created_at) AS oldest
FROM (SELECT * FROM delivery WHERE state IN ('due', 'unknown') AND held_until IS NULL
    UNION ALL SELECT * FROM delivery WHERE state IN ('due', 'unknown') AND held_until IS NOT NULL
    UNION ALL SELECT * FROM delivery WHERE state = 'sending') d GROUP BY channel ORDER BY channel"""
_BEHIND = """
SELECT count(*) FROM reading r JOIN views.subscription s USING (subscription_id)
WHERE s.state = 'ACTIVE' AND r.seq < (SELECT coalesce(max(seq), 0) FROM feed)"""


@dataclass(frozen=True, slots=True)
class ChannelTraffic:
    """Deliveries by a channel that are not settled: may go out now, with a sender, of unknown fate, held by a rule (quiet hours, digests,
    ceilings), to be tried again later; and since when the oldest of them waits. `due` stays where a door is shut or nothing sends."""

    channel: Channel
    due: int
    sending: int
    unknown: int
    held: int
    again: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """`behind`: active subscriptions that have not been read to the end of what was published."""

    behind: int
    channels: tuple[ChannelTraffic, ...]


async def traffic(conn: Any, now: datetime) -> Traffic:
    """What is on its way; `now` is domain time."""
    behind = await conn.fetchval(_BEHIND)
    rows = await conn.fetch(_BY_CHANNEL, now)
    return Traffic(behind, tuple(ChannelTraffic(**{**row, "channel": Channel(row["channel"])}) for row in rows))
