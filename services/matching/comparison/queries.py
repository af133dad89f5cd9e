"""The two sides of a comparison, and the comparisons that were run."""

from collections.abc import Sequence
from typing import Any

from services.domain.months import last_day
from services.kernel.events import Recorded
from services.matching.comparison.projection import COMPARISONS, ComparisonRow
from services.matching.comparison.selections import SETS
from services.matching.comparison.sets import RULE, Compared, Holder, must_be_valid_on
from services.matching.entitlement.queries import payable
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterReceived
from services.matching.roster.queries import LATEST_ROSTER
from services.matching.vocabulary import RosterKind, Subsidy

_SETS = f"""
WITH {SETS},
missing AS (SELECT * FROM holder WHERE person_id IN (SELECT person_id FROM poor) AND person_id NOT IN (SELECT person_id FROM paid))
SELECT (SELECT count(*) FROM holder) AS certificates, (SELECT count(*) FROM poor) AS beneficiaries, (SELECT count(*) FROM paid) AS payments,
    (SELECT array_agg((person_id, certificate_id, division) ORDER BY person_id) FROM missing) AS missing,
    (SELECT array_agg(discrepancy_id ORDER BY discrepancy_id) FROM views.discrepancy d WHERE d.rule = '{RULE}' AND d.state = 'OPEN'
        AND starts_with(d.division, $1) AND d.month <= $3 AND d.person_id NOT IN (SELECT person_id FROM missing)) AS no_longer"""  # noqa: S608


def compared(policy: MatchingPolicy) -> Any:
    """A facts function: for each roster that came in, its county compared by the latest list and payment sheet; None without a month."""

    async def facts(conn: Any, received: Sequence[Recorded]) -> list[Compared | None]:
        return [await _compare(conn, recorded, policy) for recorded in received]

    return facts


async def _compare(conn: Any, recorded: Recorded, policy: MatchingPolicy) -> Compared | None:
    received: RosterReceived = recorded.event
    payment = await conn.fetchrow(LATEST_ROSTER, received.division, RosterKind.SUBSIDY_PAYMENT.value)
    poor = await conn.fetchrow(LATEST_ROSTER, received.division, RosterKind.SUBSISTENCE_ALLOWANCE.value)
    month = received.month or (payment["month"] if payment else None)
    if month is None:
        return None
    rule = policy.comparisons.one(RULE, recorded.occurred_on, received.division)
    valid_on = must_be_valid_on(month, rule.valid_on)
    sets = await conn.fetchrow(
        _SETS, received.division, poor["roster_id"] if poor else None, month, Subsidy.LIVING.value, last_day(month), valid_on
    )
    complete = payment is not None and poor is not None
    return Compared(
        division=received.division,
        month=month,
        as_of=min([received.as_of, *(latest["as_of"] for latest in (poor, payment) if latest)]),
        complete=complete,
        certificates=sets["certificates"],
        beneficiaries=sets["beneficiaries"],
        payments=sets["payments"],
        missing=tuple(Holder(*holder) for holder in sets["missing"] or ()) if complete else (),
        no_longer=tuple(sets["no_longer"] or ()) if complete else (),
        late=tuple(await payable(conn, received.division)),
    )


async def comparisons(conn: Any, limit: int) -> list[ComparisonRow]:
    """The latest comparisons."""
    rows = await conn.fetch("SELECT * FROM views.comparison ORDER BY month DESC, run_on DESC, comparison_id LIMIT $1", limit)
    return [COMPARISONS.from_record(row) for row in rows]
