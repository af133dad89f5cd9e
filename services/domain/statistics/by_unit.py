"""Cells of cards by administrative unit: added up from townships to counties and the prefecture, and what a table keeps back. Pure.

A cell is (unit "/" what its table is divided by, measure), like ("533401102/ONE_MONTH", "MISSED").
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from services.domain import divisions
from services.domain.divisions import Level
from services.domain.suppression import Cell, Sum, kept_back, kept_back_over

# A prefecture is told by counties, a county by townships; whatever else is one line.
_BELOW = {Level.PREFECTURE: Level.COUNTY, Level.COUNTY: Level.TOWNSHIP}
Inside = Callable[[str], Sequence[Sum]]  # what adds up within a line, by the first half of its cells


def added_up(townships: Mapping[Cell, int], division: str) -> Counter[Cell]:
    """The cells of townships with those of every unit above them, up to the division."""
    found: Counter[Cell] = Counter()
    level = divisions.level(division)
    for (who, measure), n in townships.items():
        unit, _, part = who.partition("/")
        for place in {unit, divisions.county(unit), division} if level in _BELOW else {division}:
            found[f"{place}/{part}", measure] += n
    return found


def units_below(cells: Mapping[Cell, int], division: str) -> list[str]:
    """The units by which the division is told."""
    level = divisions.level(division)
    if level not in _BELOW:
        return []
    return sorted({unit for unit in map(_unit, cells) if divisions.level(unit) is _BELOW[level]})


def hidden(
    cells: Mapping[Cell, int], division: str, inside: Inside, least: int, elsewhere: Mapping[Cell, int] = MappingProxyType({})
) -> set[Cell]:
    """The cells that a table of the division may not show. Of what is no county and no prefecture nothing is shown: a county's table
    has its townships, and two of them that differ by a village would tell of the village.

    `elsewhere`: the cells of counties and of the division that another report has, too, and shows by this rule.
    """
    back = hidden(elsewhere, division, lambda _: (), least) if elsewhere else set[Cell]()
    shown = set(elsewhere) - back
    match divisions.level(division):
        case Level.COUNTY:
            return kept_back(cells, _ties(cells, division, inside), least, before=back, public=shown)
        case Level.PREFECTURE:
            counties = [(_of(cells, county), _ties(cells, county, inside)) for county in units_below(cells, division)]
            return kept_back_over(cells, counties, _ties(cells, division, inside), least, before=back, public=shown)
        case _:
            return set(cells)


def _unit(cell: Cell) -> str:
    return cell[0].partition("/")[0]


def _of(cells: Mapping[Cell, int], county: str) -> dict[Cell, int]:
    return {cell: n for cell, n in cells.items() if divisions.inside(_unit(cell), county)}


def _ties(cells: Mapping[Cell, int], division: str, inside: Inside) -> list[Sum]:
    """What adds up in a table: each of its lines, and lines to the line of the division."""
    below = units_below(_of(cells, division), division)
    lines = sorted({cell[0] for cell in cells if _unit(cell) in {division, *below}})
    over = [Sum(cell, _parts(cell, below, cells)) for cell in sorted(cells) if _unit(cell) == division]
    return [*(tie for line in lines for tie in inside(line)), *(tie for tie in over if tie.parts)]


def _parts(whole: Cell, units: Sequence[str], cells: Mapping[Cell, int]) -> tuple[Cell, ...]:
    """The cells of units that add up to one of the division; none where a measure is not kept by unit."""
    every = ((f"{unit}/{whole[0].partition('/')[2]}", whole[1]) for unit in units)
    return tuple(cell for cell in every if cell in cells)
