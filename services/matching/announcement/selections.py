"""Whom a row of the policy may concern in a county by now, and which lists that is known by.

By what stands of subsidies and payments, which the comparison of the county derives: so whoever is excluded from a subsidy, or may be, is
not told that they could have it. A lead, never a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.matching.policy.load import Selection
from services.matching.vocabulary import RosterKind


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a county sent last: the day of each kind of list; `month`: of the latest sheet that pays the subsidy at all. `compared`: whether
    what stands goes by all of it."""

    as_of: Mapping[RosterKind, date]
    month: str | None
    compared: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """The persons of one village."""

    division: str
    persons: tuple[UUID, ...]


# $1 county, $2 subsidy, $3 the month of its latest sheet.
_PAID = """
SELECT person_id FROM views.payment
WHERE county = $1 AND subsidy = $2 AND month = $3 AND nature <> 'BOUNCED' GROUP BY person_id HAVING sum(amount) > 0"""
_MAY_QUALIFY = """
SELECT person_id, division FROM views.standing
WHERE starts_with(division, $1) AND subsidy = $2 AND entitled AND person_id NOT IN (SELECT person_id FROM paid)"""
# Whose card ended, or who died or left, has other news.
_IS_PAID = """
SELECT person_id, person.division
FROM paid JOIN views.person USING (person_id) LEFT JOIN (SELECT * FROM views.standing WHERE subsidy = $2) standing USING (person_id)
WHERE starts_with(person.division, $1) AND coalesce(standing.reason NOT IN ('NO_CARD', 'DIED', 'LEFT_PROVINCE'), true)"""
# From each county straight to the next, by the index of divisions: this is asked twice a second.
_COUNTIES = """
WITH RECURSIVE found AS (
    (SELECT left(division, 6) AS county FROM views.certificate ORDER BY division USING ~<~ LIMIT 1)
    UNION ALL
    SELECT (SELECT left(c.division, 6) FROM views.certificate c WHERE c.division ~>~ (found.county || '999999')
        ORDER BY c.division USING ~<~ LIMIT 1) FROM found WHERE found.county IS NOT NULL)
SELECT county FROM found WHERE county IS NOT NULL ORDER BY county"""
# A sheet that pays nobody a subsidy says nothing about who lacks it.
_SHEETS = """
SELECT poor.as_of AS poor, destitute.as_of AS destitute, paid.as_of AS paid, paid.period AS month,
    EXISTS (SELECT FROM comparison_run run JOIN views.county_change seen USING (division)
        WHERE run.division = u.county AND run.changes >= seen.changes) AS compared
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(county, subsidy, n)
LEFT JOIN LATERAL (SELECT max(as_of) AS as_of FROM views.roster r
    WHERE r.division = u.county AND r.kind = 'SUBSISTENCE_ALLOWANCE' AND r.state = 'RECEIVED') poor ON true
LEFT JOIN LATERAL (SELECT max(as_of) AS as_of FROM views.roster r
    WHERE r.division = u.county AND r.kind = 'DESTITUTE_SUPPORT' AND r.state = 'RECEIVED') destitute ON true
LEFT JOIN LATERAL (SELECT r.period, r.as_of FROM views.roster r
    WHERE r.division = u.county AND r.kind = 'SUBSIDY_PAYMENT' AND r.state = 'RECEIVED' AND EXISTS (SELECT FROM views.payment p
        WHERE p.county = u.county AND p.sheet_month = r.period AND p.subsidy = u.subsidy)
    ORDER BY r.period DESC, r.as_of DESC LIMIT 1) paid ON true
ORDER BY u.n"""


async def counties(conn: Any) -> list[str]:
    """The counties that have card holders."""
    return [row["county"] for row in await conn.fetch(_COUNTIES)]


async def sheets(conn: Any, asked: Sequence[tuple[str, Selection]]) -> list[Sheets]:
    """For each county and selection what was sent last; one round trip."""
    rows = await conn.fetch(_SHEETS, [county for county, _ in asked], [selection.subsidy.value for _, selection in asked])
    return [_sheets(row) for row in rows]


def _sheets(row: Mapping[str, Any]) -> Sheets:
    days = {
        RosterKind.SUBSISTENCE_ALLOWANCE: row["poor"],
        RosterKind.DESTITUTE_SUPPORT: row["destitute"],
        RosterKind.SUBSIDY_PAYMENT: row["paid"],
    }
    return Sheets({kind: day for kind, day in days.items() if day is not None}, row["month"], row["compared"])


async def chosen(conn: Any, county: str, selection: Selection, of: Sheets) -> list[Chosen]:
    """The county's persons whom the selection means, by village."""
    meant = _IS_PAID if selection.of_the_paid else _MAY_QUALIFY
    rows = await conn.fetch(
        f"""WITH paid AS ({_PAID}), chosen AS ({meant})
            SELECT division, array_agg(person_id ORDER BY person_id) AS persons FROM chosen GROUP BY division ORDER BY division""",  # noqa: S608
        county,
        selection.subsidy.value,
        of.month,
    )
    return [Chosen(row["division"], tuple(UUID(str(person)) for person in row["persons"])) for row in rows]
