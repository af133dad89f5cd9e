"""Small cells are kept back, and nothing that is shown gives them away."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.suppression import Cell, Sum, kept_back, kept_back_over

LEAST = 10


def one(*parts: int) -> tuple[dict[Cell, int], list[Sum]]:
    """A line of cells and their total."""
    cells = {("p", str(n)): number for n, number in enumerate(parts)}
    return {**cells, ("p", "all"): sum(parts)}, [Sum(("p", "all"), tuple(cells))]


@pytest.mark.parametrize(
    ("parts", "back"),
    [
        ((12, 30), set()),
        ((12, 0, 30), set()),  # nobody is in an empty cell
        ((3, 30, 12), {"0", "2"}),  # 3 alone would be 45 − 30 − 12
        ((4, 5, 30), {"0", "1", "2"}),  # 9 is a small number, too
        ((4, 6, 30), {"0", "1"}),
        ((3,), {"0", "all"}),
        ((3, 4), {"0", "1", "all"}),
        ((0, 0), set()),
    ],
)
def test_as_many_cells_are_kept_back_as_it_takes(parts: tuple[int, ...], back: set[str]) -> None:
    assert {measure for _, measure in kept_back(*one(*parts), LEAST)} == back


def test_nothing_is_kept_back_from_whoever_may_see_everything() -> None:
    assert kept_back(*one(3, 1, 2), 0) == set()


def test_what_a_part_has_shown_already_is_made_up_for_by_the_whole() -> None:
    table, sums = one(3, 30, 40)
    shown = {("p", "1"), ("p", "2")}
    assert kept_back(table, sums, LEAST, public=shown) == {("p", "0"), ("p", "all")}
    assert kept_back({**table, ("p", "0"): 12}, sums, LEAST, before={("p", "0")}, public=shown) == {("p", "0"), ("p", "all")}


@given(st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=3), min_size=1, max_size=5))
def test_in_a_table_with_totals_on_both_sides_no_hidden_cell_can_be_computed(numbers: list[list[int]]) -> None:
    table, sums = _crossed(numbers)
    back = kept_back(table, sums, LEAST)
    assert {cell for cell, n in table.items() if 0 < n < LEAST} <= back
    for tie in sums:
        rest = sum(table[part] for part in tie.parts if part in back)
        assert tie.whole in back or rest == 0 or rest >= LEAST
    unknown = sorted(back)
    rows = [[Fraction(f) for f in _factors(tie, unknown)] for tie in sums]
    rank = _rank(rows)
    for n in range(len(unknown)):
        alone = [Fraction(m == n) for m in range(len(unknown))]
        assert _rank([*rows, alone]) == rank + 1, f"{unknown[n]} follows from what is shown"


def _crossed(numbers: list[list[int]]) -> tuple[dict[Cell, int], list[Sum]]:
    width = range(len(numbers[0]))
    table = {(str(r), str(c)): numbers[r][c] for r, c in product(range(len(numbers)), width)}
    table |= {(str(r), "all"): sum(row) for r, row in enumerate(numbers)}
    for c in [*map(str, width), "all"]:
        table["all", c] = sum(table[str(r), c] for r in range(len(numbers)))
    down = [Sum(("all", c), tuple((str(r), c) for r in range(len(numbers)))) for c in [*map(str, width), "all"]]
    across = [Sum((r, "all"), tuple((r, str(c)) for c in width)) for r in [*map(str, range(len(numbers))), "all"]]
    return table, [*down, *across]


def _factors(tie: Sum, unknown: list[Cell]) -> list[int]:
    return [-1 if cell == tie.whole else int(cell in tie.parts) for cell in unknown]


def _rank(rows: list[list[Fraction]]) -> int:
    """By plain elimination over fractions: another way than the one tried."""
    left, rank = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((r for r in range(rank, len(left)) if left[r][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for r in range(rank + 1, len(left)):
            factor = left[r][column] / left[rank][column]
            left[r] = [a - factor * b for a, b in zip(left[r], left[rank], strict=True)]
        rank += 1
    return rank


def test_parts_that_are_given_out_alone_are_settled_before_their_whole() -> None:
    """The county that is large shows its number in a table of its own, so the whole must hide that of the small one."""
    small, large, whole = ("a", "n"), ("b", "n"), ("*", "n")
    table = {small: 3, large: 40, whole: 43}
    parts: list[tuple[dict[Cell, int], list[Sum]]] = [({small: 3}, []), ({large: 40}, [])]
    assert kept_back_over(table, parts, [Sum(whole, (small, large))], 10) == {small, whole}
    assert kept_back(table, [Sum(whole, (small, large))], 10) == {small, large}, "as one table it would hide the large one"
