"""Whom a comparison or an announcement is about: sets of persons of one county, and whether the sheets for them are there.

A selection knows only what matching knows: cards, the list of the subsistence allowance, payment sheets. It is a lead, never a decision:
what else excludes somebody (特困, 孤儿, 工伤; domain reference 2.3) people see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.matching.policy.load import Selection


@dataclass(frozen=True, slots=True)
class Sheets:
    """The latest sheets of a county that a selection may need; None = none is there."""

    poor: UUID | None
    poor_as_of: date | None
    month: str | None
    paid_as_of: date | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The persons of one village."""

    division: str
    persons: tuple[UUID, ...]


# $1 county, $2 list of the allowance, $3 month, $4 subsidy; a card counts that begins by $5, and is valid on $6.
SETS = """
holder AS (
    SELECT DISTINCT ON (person_id) person_id, certificate_id, division, grade FROM views.certificate
    WHERE starts_with(division, $1) AND valid_from <= $5 AND valid_to >= $6 AND coalesce(least(cancelled_on, frozen_on, lost_on) > $6, true)
    ORDER BY person_id, valid_to DESC, certificate_id),
poor AS (SELECT DISTINCT p.person_id FROM roster_row r JOIN views.person_index p USING (index)
    WHERE r.roster_id = $2 AND starts_with(p.division, $1)),
paid AS (SELECT DISTINCT p.person_id FROM roster_row r JOIN views.person_index p USING (index)
    WHERE r.division = $1 AND r.month = $3 AND r.subsidy = $4)"""
_PAID = "SELECT person_id, division FROM holder WHERE person_id IN (SELECT person_id FROM paid)"  # whose card ended has other news
_CHOSEN = {
    Selection.LIVING_MAY_QUALIFY: """SELECT person_id, division FROM holder
        WHERE person_id IN (SELECT person_id FROM poor) AND person_id NOT IN (SELECT person_id FROM paid)""",
    Selection.LIVING_PAID: _PAID,
    Selection.CARE_MAY_QUALIFY: """SELECT person_id, division FROM holder
        WHERE grade IN (1, 2) AND person_id NOT IN (SELECT person_id FROM paid)""",
    Selection.CARE_PAID: _PAID,
}
# From each county straight to the next, by the index of divisions: this is asked twice a second.
_COUNTIES = """
WITH RECURSIVE found AS (
    (SELECT left(division, 6) AS county FROM views.certificate ORDER BY division USING ~<~ LIMIT 1)
    UNION ALL
    SELECT (SELECT left(c.division, 6) FROM views.certificate c WHERE c.division ~>~ (found.county || '999999')
        ORDER BY c.division USING ~<~ LIMIT 1) FROM found WHERE found.county IS NOT NULL)
SELECT county FROM found WHERE county IS NOT NULL ORDER BY county"""
# Of each county and subsidy the latest sheets whose rows are here. A sheet that pays nobody this subsidy says nothing about it.
_SHEETS = """
SELECT poor.roster_id AS poor, poor.as_of AS poor_as_of, paid.month, paid.as_of AS paid_as_of
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(county, subsidy, n)
LEFT JOIN LATERAL (SELECT r.roster_id, r.as_of FROM views.roster r
    WHERE r.division = u.county AND r.kind = 'SUBSISTENCE_ALLOWANCE' AND r.state = 'RECEIVED'
        AND EXISTS (SELECT FROM roster_row s WHERE s.roster_id = r.roster_id) ORDER BY r.as_of DESC, r.roster_id LIMIT 1) poor ON true
LEFT JOIN LATERAL (SELECT r.period AS month, r.as_of FROM views.roster r
    WHERE r.division = u.county AND r.kind = 'SUBSIDY_PAYMENT' AND r.state = 'RECEIVED'
        AND EXISTS (SELECT FROM roster_row s WHERE s.roster_id = r.roster_id AND s.subsidy = u.subsidy)
    ORDER BY r.period DESC, r.as_of DESC LIMIT 1) paid ON true
ORDER BY u.n"""


async def counties(conn: Any) -> list[str]:
    """The counties that have card holders."""
    return [row["county"] for row in await conn.fetch(_COUNTIES)]


async def sheets(conn: Any, asked: Sequence[tuple[str, Selection]]) -> list[Sheets]:
    """For each county and selection the latest sheets; one round trip."""
    rows = await conn.fetch(_SHEETS, [county for county, _ in asked], [selection.subsidy.value for _, selection in asked])
    return [Sheets(*row) for row in rows]


async def chosen(conn: Any, county: str, selection: Selection, of: Sheets, today: date) -> list[Chosen]:
    """The county's persons whom the selection means today, by village."""
    rows = await conn.fetch(
        f"""WITH {SETS}, chosen AS ({_CHOSEN[selection]})
            SELECT division, array_agg(person_id ORDER BY person_id) AS persons FROM chosen GROUP BY division ORDER BY division""",  # noqa: S608
        county,
        of.poor,
        of.month,
        selection.subsidy.value,
        today,
        today,
    )
    return [Chosen(row["division"], tuple(UUID(str(person)) for person in row["persons"])) for row in rows]
