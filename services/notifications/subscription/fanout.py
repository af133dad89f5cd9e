"""The fan-out: published notices → deliveries, one cursor per subscription over the order of publishing.

The only maker of deliveries of notices and reminders. What a subscription was given is decided by its cursor and by nothing else: a
replay, a rebuild or an event that comes twice moves no cursor and makes no delivery. Sends nothing (`delivery/engine.py` does).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.projection import turned
from services.notifications.delivery.pacing import GATHERED, next_digest
from services.notifications.delivery.queue import HELD

IDLE, LONGEST_IDLE = 0.02, 0.1  # seconds
AT_ONCE = 500
# The next published events after one of the subscriptions that are behind (any one: none waits for another that was rewound), and for
# each subscription that stands within them those that it wants. `about`: what is waiting about one goes out as one letter: a household,
# where it is known, or the subject itself. From the feed to the notices, so that history costs nothing: OFFSET 0 keeps this order, since
# the planner, which cannot know how few are new, would rather begin with all notices.
_TAKE = """
WITH start AS MATERIALIZED (
    SELECT r.seq FROM reading r JOIN views.subscription s USING (subscription_id)
    WHERE s.state = 'ACTIVE' AND r.seq < (SELECT coalesce(max(seq), 0) FROM feed) ORDER BY random() LIMIT 1),
published AS MATERIALIZED (SELECT seq, position FROM feed WHERE seq > (SELECT seq FROM start) ORDER BY seq LIMIT $1),
mine AS MATERIALIZED (
    SELECT r.subscription_id, r.seq, r.generation FROM reading r JOIN views.subscription s USING (subscription_id)
    WHERE s.state = 'ACTIVE' AND r.seq >= (SELECT seq FROM start) AND r.seq < (SELECT max(seq) FROM published)
    ORDER BY r.subscription_id FOR UPDATE OF r SKIP LOCKED),
told AS MATERIALIZED (
    SELECT p.seq, e.event_id, CASE e.type WHEN 'NoticeQueued' THEN n.notice_id ELSE e.event_id END AS told_id, n.*,
        coalesce(views.home_of(coalesce(n.person_id, n.subject_id)), n.subject_id) AS about
    FROM published p
    CROSS JOIN LATERAL (SELECT event_id, type, stream_id FROM events
        WHERE position = p.position AND type IN ('NoticeQueued', 'NoticeReminded') OFFSET 0) e
    CROSS JOIN LATERAL (SELECT * FROM views.notice WHERE notice_id = e.stream_id OFFSET 0) n)
SELECT m.subscription_id, m.generation, (SELECT max(seq) FROM published) AS upto, t.told_id, t.notice_id, t.about, t.event_id,
    t.correlation_id, s.channel, s.agency, s.division, s.digest, t.severity = 'HIGH' OR coalesce(t.reminder, '') = 'ONE_MONTH' AS urgent
FROM mine m JOIN views.subscription s USING (subscription_id)
LEFT JOIN told t ON t.seq > m.seq AND t.agency = s.agency AND t.division = s.division
    AND (s.event_types = '[]' OR s.event_types ? t.cause_type)
    AND (s.divisions = '[]' OR EXISTS (SELECT FROM jsonb_array_elements_text(s.divisions) d WHERE starts_with(t.subject_division, d)))
    AND array_position(ARRAY['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH'], t.severity)
        >= array_position(ARRAY['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH'], s.least_severity)"""
_MAKE = """
INSERT INTO delivery (delivery_id, stream_id, subject_id, recipient, cause_id, correlation_id, agency, division, channel, urgent, digest,
    generation, held_until, held_for, source)
SELECT u.*, CASE WHEN u.held_until IS NOT NULL THEN 'digest' END, 'NOTICE'
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::boolean[],
    $11::boolean[], $12::bigint[], $13::timestamptz[])
    AS u(id, stream_id, subject_id, recipient, cause_id, correlation_id, agency, division, channel, urgent, digest, generation,
        held_until)
ORDER BY u.id ON CONFLICT (delivery_id) DO NOTHING RETURNING channel, urgent, held_for"""
_COPIED = ("notice_id", "about", "subscription_id", "event_id", "correlation_id", "agency", "division", "channel", "urgent")
_MOVE = """UPDATE reading r SET seq = u.upto FROM unnest($1::uuid[], $2::bigint[]) AS u(subscription_id, upto)
    WHERE r.subscription_id = u.subscription_id"""


async def run(runtime: Runtime) -> None:
    """Take what was published until cancelled; several may run, each subscription is served by one at a time."""
    await looped("fanout", lambda: take(runtime), IDLE, LONGEST_IDLE, bell=runtime.bell, rings=runtime.outward, pulse=runtime.pulse)


async def take(runtime: Runtime, at_once: int = AT_ONCE) -> int:
    """One round for all active subscriptions in one transaction; how many of them moved on."""
    made: Sequence[Any] = ()
    async with runtime.pool.acquire() as conn, conn.transaction():
        rows = await conn.fetch(_TAKE, at_once)
        wanted = [r for r in rows if r["notice_id"] is not None]
        if wanted:
            made = await conn.fetch(_MAKE, *_columns(runtime, wanted))
        upto = {r["subscription_id"]: r["upto"] for r in rows}
        if upto:
            await conn.execute(_MOVE, [*upto.keys()], [*upto.values()])
    for r in made:
        if r["held_for"]:
            HELD.labels(r["channel"], r["held_for"], str(r["urgent"]).lower()).inc()
    return len(upto)


def delivery_id(told_id: UUID, subscription_id: UUID, generation: int) -> UUID:
    """The same notice, or reminder of it, for the same subscription is the same delivery, however often it is taken, until a rewind."""
    return uuid5(told_id, f"{subscription_id}/{generation}")


def _columns(runtime: Runtime, wanted: Sequence[Any]) -> list[list[Any]]:
    now, day, rules = runtime.clock(), today(runtime.clock), runtime.service.policy.conduct
    hold = {channel: next_digest(now, rules.one(channel, day)) for channel in {r["channel"] for r in wanted if r["digest"]}}
    records = []
    for r in wanted:
        digest = r["digest"] and (not r["urgent"] or r["channel"] in GATHERED)
        this = delivery_id(r["told_id"], r["subscription_id"], r["generation"])
        copied = [r[name] for name in _COPIED]
        records.append((this, *copied, digest, r["generation"], hold[r["channel"]] if digest else None))
    return turned(records)


async def begin(conn: Any, subscription_id: UUID) -> None:
    """A new subscription is read from now on."""
    await conn.execute(
        """INSERT INTO reading (subscription_id, seq) SELECT $1, coalesce(max(seq), 0) FROM feed
           ON CONFLICT (subscription_id) DO NOTHING""",
        subscription_id,
    )


async def rewind(conn: Any, subscription_id: UUID, to_seq: int, generation: int) -> None:
    """Read again from `to_seq` on; what is taken from now on belongs to another generation."""
    await conn.execute(
        "UPDATE reading SET seq = $2 - 1, generation = $3 WHERE subscription_id = $1", subscription_id, to_seq, generation
    )


async def healthy(conn: Any, subscription_id: UUID) -> None:
    """Failures before now do not count any more."""
    await conn.execute("UPDATE reading SET failing_since = NULL WHERE subscription_id = $1", subscription_id)


async def ends(conn: Any) -> tuple[int, int]:
    """The first and the last place in the order of publishing; (1, 0) while there is none."""
    first, last = await conn.fetchrow("SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM feed")
    return first, last
