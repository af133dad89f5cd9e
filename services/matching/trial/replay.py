"""What rules find of a county's facts, counted: a row against the one that it would replace, month by month. Pure but for the engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.kernel.policy import Row
from services.matching.comparison.basis import basis_of
from services.matching.comparison.derive import empty, want
from services.matching.comparison.rules import KEY, Rule
from services.matching.county_facts.opened import County

_KEY = ", ".join(KEY)
_KEEP = f"CREATE OR REPLACE TEMP TABLE before AS SELECT DISTINCT {_KEY} FROM wanted"  # noqa: S608
_COUNTS = f"""SELECT period, count(*) FILTER (WHERE by_now), count(*) FILTER (WHERE by_tried), count(*) FILTER (WHERE NOT by_now),
        count(*) FILTER (WHERE NOT by_tried)
    FROM (SELECT {_KEY}, bool_or(NOT tried) AS by_now, bool_or(tried) AS by_tried
        FROM (SELECT {_KEY}, false AS tried FROM before UNION ALL SELECT {_KEY}, true FROM wanted) GROUP BY {_KEY})
    GROUP BY period"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule in a month: how many findings by the rows in force and by those that are tried, how many of these are more, and how many of
    those are missing; or for want of which lists neither says anything."""

    rule: str
    period: str
    now: int
    tried: int
    more: int
    fewer: int
    suspended: tuple[str, ...] = ()


def replay(county: County, rules: Sequence[Row[Rule]], tried: Sequence[Row[Rule]], division: str) -> Iterator[Tried]:
    """Each rule that has rows to be tried, by those in force and by those (`tried`, taken as they would be: all of them on); of facts that
    are derived already."""
    for rule in sorted({row.id for row in tried}):
        wanting = _want(county, [row for row in rules if row.id == rule], division)
        county.run(_KEEP)
        wanting |= _want(county, [row for row in tried if row.id == rule], division)
        counts = {period: numbers for period, *numbers in county.ask(_COUNTS)}
        for (month,) in county.ask("SELECT month FROM month ORDER BY month"):
            now, then, more, fewer = counts.get(month, (0, 0, 0, 0))
            yield Tried(rule, month, now, then, more, fewer, tuple(sorted(wanting.get(month, ()))))


def _want(county: County, rows: Sequence[Row[Rule]], division: str) -> dict[str, set[str]]:
    """Make the table `wanted` of all that the rows of one rule find; the lists that a month is without."""
    without: dict[str, set[str]] = {}
    empty(county)
    basis = basis_of(county)
    for number, row in enumerate(rows):
        months = basis.months_of(row, rows, division)
        for missing in basis.lacking(row, months):
            without.setdefault(missing.period, set()).add(missing.kind)
        want(county, number, row, [month for month in months if month not in without])
    return without
