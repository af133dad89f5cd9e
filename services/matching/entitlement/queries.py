"""What stands of persons' subsidies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.matching.entitlement.projection import STANDINGS, StandingRow
from services.matching.vocabulary import Subsidy


@dataclass(frozen=True, slots=True)
class Asked:
    """Which standings: of a subsidy and a division, and where asked for, likely ones or not, of a reason, or at risk before a day."""

    subsidy: Subsidy
    division: str
    entitled: bool | None
    reason: str | None
    at_risk_before: date | None


async def of_person(conn: Any, person_id: UUID) -> Sequence[StandingRow]:
    """What stands of a person's subsidies."""
    rows = await conn.fetch("SELECT * FROM views.standing WHERE person_id = $1 ORDER BY subsidy", person_id)
    return [STANDINGS.from_record(row) for row in rows]


async def lives_in(conn: Any, person_id: UUID, division: str) -> str | None:
    """The village of a person who lives in a division, or None."""
    village: str | None = await conn.fetchval(
        "SELECT division FROM views.person WHERE person_id = $1 AND starts_with(division, $2)", person_id, division
    )
    return village


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
