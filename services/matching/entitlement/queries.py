"""What stands of persons' subsidies; payments that a county's sheets still make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.matching.entitlement.payment import Payment
from services.matching.entitlement.projection import STANDINGS, StandingRow
from services.matching.vocabulary import Subsidy

_PAYABLE = """
SELECT DISTINCT ON (p.person_id, r.subsidy, r.month) p.person_id, p.division, r.subsidy, r.month, r.amount, r.roster_id,
    c.certificate_id, c.grade
FROM roster_row r JOIN views.person_index p USING (index)
LEFT JOIN LATERAL (SELECT certificate_id, grade FROM views.certificate c WHERE c.person_id = p.person_id
    ORDER BY valid_to DESC, certificate_id LIMIT 1) c ON true
WHERE r.division = $1 AND r.subsidy IS NOT NULL AND ($2::uuid IS NULL OR r.roster_id = $2) AND starts_with(p.division, $1)
    AND NOT EXISTS (SELECT FROM views.payment y WHERE (y.person_id, y.subsidy, y.month) = (p.person_id, r.subsidy, r.month)
        AND y.nature = 'REGULAR' AND y.roster_id IS DISTINCT FROM $3)
ORDER BY p.person_id, r.subsidy, r.month, r.staged_at, r.roster_id, r.row"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which standings: of a subsidy and a division, and where asked for, likely ones or not, of a reason, or at risk before a day."""

    subsidy: Subsidy
    division: str
    entitled: bool | None
    reason: str | None
    at_risk_before: date | None


async def payable(conn: Any, division: str, roster_id: UUID | None = None, without: UUID | None = None) -> list[Payment]:
    """Payment rows of a county (of one roster) whose person is known and for which no payment is recorded yet, as if the payments by the
    roster `without` were none. Of several sheets that pay the same the one that came first counts."""
    rows = await conn.fetch(_PAYABLE, division, roster_id, without)
    return [
        Payment(
            person_id=row["person_id"],
            division=row["division"],
            subsidy=Subsidy(row["subsidy"]),
            month=row["month"],
            amount=row["amount"],
            roster_id=row["roster_id"],
            certificate_id=row["certificate_id"],
            grade=row["grade"],
        )
        for row in rows
    ]


async def of_person(conn: Any, person_id: UUID) -> Sequence[StandingRow]:
    """What stands of a person's subsidies."""
    rows = await conn.fetch("SELECT * FROM views.standing WHERE person_id = $1 ORDER BY subsidy", person_id)
    return [STANDINGS.from_record(row) for row in rows]


_STANDINGS = """
SELECT * FROM views.standing WHERE subsidy = $1 AND starts_with(division, $2) AND ($3::bool IS NULL OR entitled = $3)
    AND ($4::text IS NULL OR reason = $4) AND ($5::date IS NULL OR at_risk_by < $5) AND ($6::uuid IS NULL OR person_id > $6)
ORDER BY person_id LIMIT $7"""


async def standings(conn: Any, asked: Asked, after: str | None, limit: int) -> Sequence[StandingRow]:
    """Those of a division, in the order of pseudonyms."""
    rows = await conn.fetch(
        _STANDINGS, asked.subsidy, asked.division, asked.entitled, asked.reason, asked.at_risk_before, after, limit
    )
    return [STANDINGS.from_record(row) for row in rows]
