"""SELECTs over rosters, payments and findings. For readers row security confines them; comparisons see one county at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.domain.months import last_day
from services.kernel.events import Recorded
from services.matching.events import RosterKind, RosterReceived, Subsidy
from services.matching.linkage import Compared, Holder, LatePayment, must_be_valid_on
from services.matching.policy import MatchingPolicy
from services.matching.projections import (
    COMPARISON,
    DISCREPANCY,
    PAYMENT,
    ROSTER,
    ComparisonRow,
    DiscrepancyRow,
    FindingState,
    PaymentRow,
    RosterRow,
)
from services.matching.selections import SETS

_ROSTERS = """SELECT roster_id, kind, as_of, month FROM views.roster
    WHERE division = $1 AND refused_for IS NULL AND kind = $2 ORDER BY month DESC NULLS LAST, as_of DESC LIMIT 1"""
_SETS = f"""
WITH {SETS},
missing AS (SELECT * FROM holder WHERE person_id IN (SELECT person_id FROM poor) AND person_id NOT IN (SELECT person_id FROM paid))
SELECT (SELECT count(*) FROM holder) AS certificates, (SELECT count(*) FROM poor) AS beneficiaries, (SELECT count(*) FROM paid) AS payments,
    (SELECT array_agg((person_id, certificate_id, division) ORDER BY person_id) FROM missing) AS missing,
    (SELECT array_agg(discrepancy_id ORDER BY discrepancy_id) FROM views.discrepancy d WHERE d.rule = 'C3a' AND d.state = 'OPEN'
        AND starts_with(d.division, $1) AND d.month <= $3 AND d.person_id NOT IN (SELECT person_id FROM missing)) AS no_longer"""  # noqa: S608
_LATE = """
SELECT DISTINCT ON (p.person_id, r.subsidy, r.month) p.person_id, p.division, r.subsidy, r.month, r.amount, r.roster_id,
    c.certificate_id, c.grade
FROM roster_row r JOIN views.person_index p USING (index)
LEFT JOIN LATERAL (SELECT certificate_id, grade FROM views.certificate c WHERE c.person_id = p.person_id
    ORDER BY valid_to DESC LIMIT 1) c ON true
WHERE r.division = $1 AND r.subsidy IS NOT NULL AND ($2::uuid IS NULL OR r.roster_id = $2) AND starts_with(p.division, $1)
    AND NOT EXISTS (SELECT FROM views.payment y WHERE (y.person_id, y.subsidy, y.month) = (p.person_id, r.subsidy, r.month))
ORDER BY p.person_id, r.subsidy, r.month, r.row"""


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of a rule are in a state."""

    rule: str
    state: FindingState
    count: int


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """A row that was not used, or was used although something is odd."""

    row: int
    code: str
    rejected: bool


async def payable(conn: Any, division: str, roster_id: UUID | None = None) -> list[LatePayment]:
    """Payment rows of a county whose person is known and for which no payment is recorded yet."""
    rows = await conn.fetch(_LATE, division, roster_id)
    return [
        LatePayment(
            r["person_id"],
            r["division"],
            Subsidy(r["subsidy"]),
            r["month"],
            r["amount"],
            r["roster_id"],
            r["certificate_id"],
            r["grade"],
        )
        for r in rows
    ]


def compared(policy: MatchingPolicy) -> Any:
    """A facts function: for each roster that came in, the comparison of its county with the latest other roster."""

    async def facts(conn: Any, received: Sequence[Recorded]) -> list[Compared | None]:
        return [await _compare(conn, r.event, r, policy) for r in received]

    return facts


async def _compare(conn: Any, said: RosterReceived, recorded: Recorded, policy: MatchingPolicy) -> Compared | None:
    payment = await conn.fetchrow(_ROSTERS, said.division, RosterKind.SUBSIDY_PAYMENT.value)
    poor = await conn.fetchrow(_ROSTERS, said.division, RosterKind.SUBSISTENCE_ALLOWANCE.value)
    month = said.month or (payment["month"] if payment else None)
    if month is None:
        return None
    row = policy.comparisons.one("C3a", recorded.occurred_on, said.division)
    valid_on = must_be_valid_on(month, row.valid_on)
    sets = await conn.fetchrow(
        _SETS, said.division, poor["roster_id"] if poor else None, month, Subsidy.LIVING.value, last_day(month), valid_on
    )
    complete = payment is not None and poor is not None
    return Compared(
        division=said.division,
        month=month,
        as_of=min(said.as_of, poor["as_of"] if poor else said.as_of, payment["as_of"] if payment else said.as_of),
        complete=complete,
        certificates=sets["certificates"],
        beneficiaries=sets["beneficiaries"],
        payments=sets["payments"],
        missing=tuple(Holder(*m) for m in sets["missing"] or ()) if complete else (),
        no_longer=tuple(sets["no_longer"] or ()) if complete else (),
        late=tuple(await payable(conn, said.division)),
    )


async def last_paid(conn: Any, approaching: Sequence[Recorded]) -> list[tuple[Subsidy, ...]]:
    """For each event about a person: the subsidies that the latest known month of the person's county pays; one round trip."""
    rows = await conn.fetch(
        """SELECT p.person_id, array_agg(p.subsidy ORDER BY p.subsidy) AS subsidies FROM views.payment p
           WHERE p.person_id = ANY($1::uuid[]) AND p.month = (SELECT max(month) FROM views.roster r
               WHERE starts_with(p.division, r.division) AND r.refused_for IS NULL) GROUP BY p.person_id""",
        [r.event.person_id for r in approaching],
    )
    found = {r["person_id"]: tuple(Subsidy(s) for s in r["subsidies"]) for r in rows}
    return [found.get(r.event.person_id, ()) for r in approaching]


async def discrepancy(conn: Any, discrepancy_id: UUID) -> DiscrepancyRow | None:
    """One finding, or None."""
    row = await conn.fetchrow("SELECT * FROM views.discrepancy WHERE discrepancy_id = $1", discrepancy_id)
    return DISCREPANCY.from_record(row) if row else None


async def discrepancies(
    conn: Any, state: FindingState | None, person_id: UUID | None, after: str | None, limit: int
) -> list[DiscrepancyRow]:
    """Findings in the order of their ids."""
    rows = await conn.fetch(
        """SELECT * FROM views.discrepancy WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR person_id = $2)
           AND discrepancy_id > $3::uuid ORDER BY discrepancy_id LIMIT $4""",
        state,
        person_id,
        after or str(UUID(int=0)),
        limit,
    )
    return [DISCREPANCY.from_record(r) for r in rows]


async def finding_counts(conn: Any) -> list[FindingCount]:
    """Findings by rule and state."""
    rows = await conn.fetch("SELECT rule, state, count(*) AS n FROM views.discrepancy GROUP BY rule, state ORDER BY rule, state")
    return [FindingCount(r["rule"], FindingState(r["state"]), r["n"]) for r in rows]


async def roster(conn: Any, roster_id: UUID) -> RosterRow | None:
    """One roster, or None."""
    row = await conn.fetchrow("SELECT * FROM views.roster WHERE roster_id = $1", roster_id)
    return ROSTER.from_record(row) if row else None


async def problems(conn: Any, roster_id: UUID) -> list[RosterProblem]:
    """The row report of a roster: numbers and codes."""
    rows = await conn.fetch("SELECT row, code, rejected FROM roster_problem WHERE roster_id = $1 ORDER BY row, code", roster_id)
    return [RosterProblem(*r) for r in rows]


async def comparisons(conn: Any, limit: int) -> list[ComparisonRow]:
    """The latest comparisons."""
    rows = await conn.fetch("SELECT * FROM views.comparison ORDER BY month DESC, run_on DESC, comparison_id LIMIT $1", limit)
    return [COMPARISON.from_record(r) for r in rows]


async def payments(conn: Any, person_id: UUID) -> list[PaymentRow]:
    """What a person was paid, by month."""
    rows = await conn.fetch("SELECT * FROM views.payment WHERE person_id = $1 ORDER BY month, subsidy", person_id)
    return [PAYMENT.from_record(r) for r in rows]
