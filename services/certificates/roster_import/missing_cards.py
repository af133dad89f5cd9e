"""Cards that a newer roster of their county shows no more: proposed for cancellation, never cancelled, all in a few statements.

A roster's silence says something only when the whole county was to be on it and its file was taken to its end. One that lacks too large
a share of the known cards is a part of a roster, whatever its sender says, and proposes nothing.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from services.certificates.certificate.commands import Missing
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.roster_import.batch import Job, transaction
from services.domain import citizen_id as citizen_ids
from services.domain.names import comparable_name
from services.engine.runtime import Runtime
from services.kernel.execute import Order

INCOMPLETE, BATCH = "roster_looks_incomplete", 1000
_EARLIER = "SELECT true FROM roster_import WHERE as_of < $1 LIMIT 1"
_LACKING = """
WITH shown AS (
    SELECT person_id FROM person WHERE blind_index = ANY($3::uuid[])
    UNION SELECT person_id FROM citizen_id_history WHERE blind_index = ANY($3::uuid[])),
known AS (
    SELECT certificate_id, person_id FROM views.certificate_view
    WHERE division LIKE $1 || '%' AND step = 'ISSUED' AND valid_from <= $2 AND NOT arriving)
SELECT k.certificate_id, p.name, (SELECT count(*) FROM known) AS known
FROM known k JOIN person p USING (person_id) WHERE NOT EXISTS (SELECT FROM shown s WHERE s.person_id = k.person_id)
ORDER BY k.certificate_id"""


async def propose(runtime: Runtime, job: Job, shown: Collection[str], nameless: Collection[str], percent: int) -> Counter[str]:
    """Outcomes by name. `shown`: all citizen ids on the roster; `nameless`: names of its rows without an id, whose cards may be theirs.

    Each card once per roster, also after the proposal was dismissed. Gives `roster_looks_incomplete` with the number of cards, and
    proposes nothing, beyond `percent` of the known ones.
    """
    key = runtime.settings.site_key.get_secret_value()
    async with runtime.pool.acquire() as conn:
        if not (job.newest and await conn.fetchval(_EARLIER, job.as_of)):
            return Counter()  # no card can be known from before
        index = [citizen_ids.blind_index(key, citizen_id) for citizen_id in shown]
        lacking = await conn.fetch(_LACKING, job.county, job.as_of, index)
    if lacking and 100 * len(lacking) > percent * lacking[0]["known"]:
        return Counter({INCOMPLETE: len(lacking)})
    cards = [row["certificate_id"] for row in lacking if comparable_name(row["name"]) not in nameless]
    found = Counter[str]()
    for start in range(0, len(cards), BATCH):
        async with transaction(runtime.pool, job.keep) as conn:
            found += await _proposed(conn, runtime, job, cards[start : start + BATCH])
    return found


async def _proposed(conn: Any, runtime: Runtime, job: Job, cards: list[UUID]) -> Counter[str]:
    now = runtime.clock()
    orders = [Order(CERTIFICATE, card, Missing(job.as_of), job.context(now, card, "missing")) for card in cards]
    seeds = [order.context.seed for order in orders]
    proposed = {row["event_id"] for row in await conn.fetch("SELECT event_id FROM events WHERE event_id = ANY($1::uuid[])", seeds)}
    done = await runtime.executor.execute_many(conn, [order for order in orders if order.context.seed not in proposed])
    return Counter(type(recorded.event).__name__ for recorded in done)
