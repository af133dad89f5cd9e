"""Which cells of a table are kept back from whoever may not see small numbers, so that none of them can be computed from the rest.

Pure arithmetic over cells and the sums that tie them together; knows nothing of certificates. A reader who knows that a cell is small
may still guess its range; what is prevented is that a number, or the sum of a few kept back, follows from what is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[str, str]  # place and measure
_PRIME = (1 << 61) - 1  # elimination is done modulo a prime: exact enough, and numbers stay small


@dataclass(frozen=True, slots=True)
class Sum:
    """`whole` is the sum of `parts`; a cell that is missing from the table is 0."""

    whole: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Whole and parts."""
        return (self.whole, *self.parts)


def kept_back(table: Mapping[Cell, int], sums: Sequence[Sum], least: int) -> set[Cell]:
    """The cells not to be shown: those above 0 and below `least`, and as many others as it takes (complementary suppression)."""
    back: set[Cell] = {cell for cell, number in table.items() if 0 < number < least}
    tied = [Sum(s.whole, tuple(p for p in s.parts if table.get(p))) for s in sums if table.get(s.whole)]
    while more := _of_small_rest(table, tied, back, least) or _to_blur(table, tied, back):
        back |= more
    return back


def _of_small_rest(table: Mapping[Cell, int], sums: Iterable[Sum], back: set[Cell], least: int) -> set[Cell]:
    """Where the whole is shown, what is kept back of it is a number, too: it may not be small either."""
    more: set[Cell] = set()
    for tie in sums:
        rest = [part for part in tie.parts if part in back or part in more]
        if rest and tie.whole not in back and tie.whole not in more and sum(table[part] for part in rest) < least:
            more.add(_shown(table, tie, back | more)[0])
    return more


def _shown(table: Mapping[Cell, int], tie: Sum, back: set[Cell]) -> list[Cell]:
    """The cells still shown, first the one whose loss costs the reader least: the smallest part, at last the whole."""
    parts = sorted((part for part in tie.parts if part not in back), key=lambda cell: (table[cell], cell))
    return parts if tie.whole in back else [*parts, tie.whole]


def _to_blur(table: Mapping[Cell, int], sums: Sequence[Sum], back: set[Cell]) -> set[Cell]:
    """One more cell for every one that the shown ones still determine."""
    found = computable([{cell: 1 if n else -1 for n, cell in enumerate(tie.cells) if cell in back} for tie in sums])
    more: set[Cell] = set()
    for tie in sums:
        if found & set(tie.cells) and (shown := _shown(table, tie, back)):
            more.add(shown[0])
            found -= set(tie.cells)
    if found and not more:  # determined from afar: by sums that it does not stand in
        more |= {shown[0] for tie in sums if back & set(tie.cells) and (shown := _shown(table, tie, back))}
    return more


def computable(equations: Iterable[Mapping[Cell, int]]) -> set[Cell]:
    """The unknowns that have only one solution; each equation gives the factors of its unknowns (Gauss and Jordan)."""
    solved: dict[Cell, dict[Cell, int]] = {}
    using: defaultdict[Cell, set[Cell]] = defaultdict(set)
    for equation in equations:
        row = dict(equation)
        for unknown in [u for u in row if u in solved]:
            _subtract(row, solved[unknown], row[unknown])
        if not row:
            continue
        pivot, inverse = next((u, pow(f, -1, _PRIME)) for u, f in row.items())
        row = {u: f * inverse % _PRIME for u, f in row.items()}
        for other in list(using[pivot]):
            if factor := solved[other].get(pivot):
                _subtract(solved[other], row, factor)
                for unknown in row:
                    using[unknown].add(other)
        solved[pivot] = row
        for unknown in row:
            using[unknown].add(pivot)
    return {unknown for unknown, row in solved.items() if len(row) == 1}


def _subtract(row: dict[Cell, int], other: Mapping[Cell, int], factor: int) -> None:
    for unknown, f in other.items():
        left = (row.get(unknown, 0) - factor * f) % _PRIME
        if left:
            row[unknown] = left
        else:
            row.pop(unknown, None)
