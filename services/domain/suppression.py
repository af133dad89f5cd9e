"""Which cells of a table are kept back from whoever may not see small numbers, so that none of them can be computed from the rest.

A leaf that every service may import: arithmetic over cells and the sums that tie them together; knows no rule. A reader who knows that
a cell is small may still guess its range; what is prevented is that a number, or the sum of a few kept back, follows from what is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
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


def kept_back(
    table: Mapping[Cell, int], sums: Sequence[Sum], least: int, *, before: Set[Cell] = frozenset(), public: Set[Cell] = frozenset()
) -> set[Cell]:
    """The cells not to be shown: those above 0 and below `least`, and as many others as it takes (complementary suppression).

    Where parts of the table are given out as tables of their own, `before` was kept back in these and `public` was shown: what is shown
    cannot be kept back afterwards, so others must go.
    """
    hiding = _Hiding(table, sums, public, {cell for cell, number in table.items() if 0 < number < least} | before)
    while more := hiding.of_small_rest(least) or hiding.to_blur():
        hiding.back |= more
    return hiding.back


def kept_back_over(
    table: Mapping[Cell, int],
    parts: Iterable[tuple[Mapping[Cell, int], Sequence[Sum]]],
    sums: Sequence[Sum],
    least: int,
    *,
    before: Set[Cell] = frozenset(),
    public: Set[Cell] = frozenset(),
) -> set[Cell]:
    """The same for a table whose parts, each with the sums in it, are given out as tables of their own: laid side by side they give
    nothing away either."""
    back, shown, inside = set(before), set(public), list[Sum]()
    for part, ties in parts:
        own = kept_back(part, ties, least, before=before & set(part), public=public & set(part))
        back |= own
        shown |= set(part) - own
        inside += ties
    return kept_back(table, [*inside, *sums], least, before=back, public=shown)


class _Hiding:
    """The cells kept back so far, and which come next. Empty cells hide nothing: they stand in no sum."""

    def __init__(self, table: Mapping[Cell, int], sums: Sequence[Sum], public: Set[Cell], back: set[Cell]) -> None:
        self.back, self._table, self._public = back, table, public
        self._ties = [Sum(s.whole, tuple(p for p in s.parts if table.get(p))) for s in sums if table.get(s.whole)]
        self._of: defaultdict[Cell, list[Sum]] = defaultdict(list)
        for tie in self._ties:
            for cell in tie.cells:
                self._of[cell].append(tie)

    def of_small_rest(self, least: int) -> set[Cell]:
        """Where the whole is shown, what is kept back of it is a number, too: it may not be small either."""
        more: set[Cell] = set()
        for tie in self._ties:
            rest = [part for part in tie.parts if part in self.back or part in more]
            if rest and tie.whole not in self.back | more and sum(self._table[part] for part in rest) < least:
                more |= set(self._cheapest([tie], more))
        return more

    def to_blur(self) -> set[Cell]:
        """For each cell that the shown ones still determine one more, in its own sums or, where these have none left, in the nearest."""
        found = computable([{cell: 1 if n else -1 for n, cell in enumerate(t.cells) if cell in self.back} for t in self._ties])
        more: set[Cell] = set()
        for tie in self._ties:
            if found & set(tie.cells) and (next_ := self._cheapest([tie], more)):
                more |= set(next_)
                found -= set(tie.cells)
        return more or (self._from_afar(min(found)) if found else more)

    def _from_afar(self, cell: Cell) -> set[Cell]:
        """The cheapest cell of the nearest sums; sums are near each other by the cells kept back that they share."""
        seen, near = {cell}, self._of[cell]
        while near:
            fresh = {c for tie in near for c in tie.cells if c in self.back} - seen
            seen |= fresh
            near = [tie for c in sorted(fresh) for tie in self._of[c]]
            if next_ := self._cheapest(near, set()):
                return set(next_)
        return set()

    def _cheapest(self, ties: Iterable[Sum], more: Set[Cell]) -> list[Cell]:
        """Of the cells that may still be kept back the one whose loss costs the reader least, if there is any: one that needs no other
        cell to hide behind, a part before a whole, a small one before a large one."""
        free = {cell: cell == tie.whole for tie in ties for cell in tie.cells if cell not in self.back | self._public | more}
        key = {cell: (self._alone(cell), is_whole, self._table[cell], cell) for cell, is_whole in free.items()}
        return sorted(key, key=key.__getitem__)[:1]

    def _alone(self, cell: Cell) -> int:
        """In how many sums it would be the only cell kept back, and so be no secret."""
        return sum(all(other == cell or other not in self.back for other in tie.cells) for tie in self._of[cell])


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
