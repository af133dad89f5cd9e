"""SELECTs for the renewal queue and the forecast, one round trip each. Row security confines them; nothing here ranks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.certificates.renewal_queue.ranking import Expiring, Paid
from services.certificates.vocabulary import ReviewKind
from services.matching.vocabulary import Subsidy

# Members of households with an open case are few: found once, not once per card. A person with a longer card loses nothing.
_EXPIRING = """
WITH known AS (SELECT left(division, 6) AS county, max(month) AS month FROM views.benefit GROUP BY 1),
watched AS (SELECT DISTINCT member::uuid AS person_id
    FROM views.monitored_case JOIN views.household USING (household_id), jsonb_array_elements_text(members) member)
SELECT c.certificate_id, c.person_id, c.division, c.valid_to, c.frozen_on IS NOT NULL AS frozen, c.lost_on IS NOT NULL AS lost, c.review,
    coalesce(c.setting = 'HOME', false) AS at_home, w.person_id IS NOT NULL AS monitored, k.month AS known_month, b.subsidies, b.months,
    b.amounts
FROM views.certificate_view c LEFT JOIN watched w USING (person_id) LEFT JOIN known k ON k.county = left(c.division, 6)
CROSS JOIN LATERAL (SELECT array_agg(subsidy ORDER BY subsidy) AS subsidies, array_agg(month ORDER BY subsidy) AS months,
    array_agg(amount ORDER BY subsidy) AS amounts FROM views.benefit WHERE person_id = c.person_id) b
WHERE c.step = 'ISSUED' AND c.valid_to BETWEEN $1 AND $2 AND starts_with(c.division, $3) AND NOT EXISTS (
    SELECT FROM views.certificate_view l WHERE l.person_id = c.person_id AND l.step = 'ISSUED' AND l.valid_to > c.valid_to)"""


@dataclass(frozen=True, slots=True)
class Source:
    """What the register follows elsewhere: when it last heard of it in the caller's divisions (None: never), up to which month."""

    source: str
    heard_at: datetime | None
    month: str | None


async def expiring(conn: Any, since: date, until: date, division: str) -> list[Expiring]:
    """The issued cards whose last valid day lies in these days, with what is known of their holders, in no order."""
    return [_expiring(row) for row in await conn.fetch(_EXPIRING, since, until, division)]


def _expiring(row: Any) -> Expiring:
    known = dict(row)
    columns = [known.pop(name) or () for name in ("subsidies", "months", "amounts")]
    review = ReviewKind(row["review"]) if row["review"] else None
    paid = tuple(Paid(Subsidy(subsidy), month, amount) for subsidy, month, amount in zip(*columns, strict=True))
    return Expiring(**known | {"review": review, "paid": paid})


async def sources(conn: Any) -> list[Source]:
    """When payments and households were last heard of; one row each, also when never."""
    rows = await conn.fetch(
        """SELECT 'PAYMENTS' AS source, max(heard_at) AS heard_at, max(month) AS month FROM views.benefit
           UNION ALL SELECT 'HOUSEHOLDS', max(heard_at), NULL FROM views.household ORDER BY 1 DESC"""
    )
    return [Source(**row) for row in rows]


async def seats(conn: Any, since: date, until: date) -> dict[tuple[str, str], int]:
    """The quota of planned rounds by township and month, between these days."""
    rows = await conn.fetch(
        """SELECT left(division, 9) AS township, to_char(on_day, 'YYYY-MM') AS month, sum(quota)::bigint AS seats FROM views.home_round
           WHERE state = 'PLANNED' AND on_day BETWEEN $1 AND $2 GROUP BY 1, 2""",
        since,
        until,
    )
    return {(row["township"], row["month"]): row["seats"] for row in rows}
