"""Rows of a county's lists that lead to nobody for certain, and whom they may mean, with the facts of both sides: out of the county's facts,
and kept until its next comparison."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from services.domain import divisions
from services.kernel.projection import turned
from services.matching.county_facts.opened import County
from services.matching.link.decider import link_id

# Weights are texts, so that they read the same wherever they are read.
_UNIDENTIFIED = """
WITH list AS (SELECT DISTINCT roster_id, kind, as_of, sent_by FROM feed WHERE usable),
row_of AS (
    SELECT identity, roster_id, kind, as_of, sent_by, list(row ORDER BY row) AS rows
    FROM row_features JOIN person_row USING (roster_id, row) JOIN list USING (roster_id)
    WHERE person_id IS NULL GROUP BY ALL),
row_on AS (
    SELECT identity, to_json(list_sort(list_distinct(list(kind)))) AS kinds, to_json(list_sort(list_distinct(list(sent_by)))) AS senders,
        to_json(list({roster_id: roster_id, kind: kind, as_of: as_of, sent_by: sent_by, rows: rows} ORDER BY as_of, kind, roster_id)) AS lists
    FROM row_of GROUP BY identity),
also AS (
    SELECT identity, likely.person_id, list_sort(list_distinct(list(kind))) AS kinds
    FROM likely JOIN row_of USING (identity) JOIN person_row certain USING (roster_id, person_id)
    GROUP BY identity, likely.person_id),
last_card AS (SELECT person_id, arg_max(category, until_day) AS category, arg_max(grade, until_day) AS grade FROM card GROUP BY person_id),
offered AS (
    SELECT identity, max(weight)::DECIMAL(9, 2) AS weight,
        to_json(list({
            person_id: person_id, division: person.division, birth_month: person.birth_month, male: features.male, died_on: person.died_on,
            category: last_card.category, grade: last_card.grade, weight: weight::DECIMAL(9, 2)::VARCHAR,
            percent: least(99, round(100 * probability))::BIGINT,
            fields: list_transform(fields, lambda each: {
                field: each.field, level: each.level, weight: each.weight::DECIMAL(9, 2)::VARCHAR}),
            also_on: coalesce(also.kinds, [])} ORDER BY nth)) AS candidates
    FROM likely JOIN person USING (person_id) JOIN person_features features USING (person_id)
    LEFT JOIN last_card USING (person_id) LEFT JOIN also USING (identity, person_id)
    GROUP BY identity)
SELECT identity, stands_in, birth_year, birth_month, male, lists, kinds, senders, candidates, weight
FROM offered JOIN row_on USING (identity) JOIN sought USING (identity) ORDER BY identity"""

_COLUMNS = "link_id, identity, county, division, birth_year, birth_month, male, lists, kinds, senders, candidates, weight"
_KEEP = f"""INSERT INTO unidentified ({_COLUMNS}) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[],
    $6::text[], $7::boolean[], $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::jsonb[], $12::numeric[])"""  # noqa: S608
# A row that is looked at again before the next comparison, as it was shown.
_AGAIN = f"""INSERT INTO unidentified ({_COLUMNS}) SELECT {_COLUMNS} FROM views.link WHERE link_id = $1
    ON CONFLICT (link_id) DO NOTHING"""  # noqa: S608


Kept = tuple[Any, ...]  # a row of the table, in the order of its columns


def unidentified(county: County, division: str) -> list[Kept]:
    """What is to be kept of the county `division` (six digits), whose facts are derived."""
    return list(_rows(county, division))


def _rows(county: County, division: str) -> Iterator[Kept]:
    for identity, stands_in, *said in county.ask(_UNIDENTIFIED):
        place = stands_in if stands_in and divisions.inside(stands_in, division) else division
        yield (link_id(division, identity), identity, division, place, *said)


async def keep(conn: Any, division: str, rows: Sequence[Kept]) -> None:
    """Put a county's rows in the place of those of its comparison before."""
    await conn.execute("DELETE FROM unidentified WHERE county = $1", division)
    if rows:
        await conn.execute(_KEEP, *turned(rows))


async def look_again(conn: Any, link: UUID) -> None:
    """Put back a row of which something was taken back."""
    await conn.execute(_AGAIN, link)
