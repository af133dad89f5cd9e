"""A number as a report shows it: with its whole and its change since the month before, or kept back. A number kept back is `*`."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from services.domain.suppression import Cell

KEPT_BACK = "*"


@dataclass(frozen=True, slots=True)
class Figure:
    """`count` of the whole `of`, and how many more than the month before. None: kept back (or, of a `Figure` without a whole, no whole)."""

    count: int | None
    of: int | None = None
    change: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a month, and which of them are kept back. A cell that is not there is 0."""

    cells: Mapping[Cell, int]
    back: Set[Cell]

    def number(self, cell: Cell) -> int | None:
        """One number; None: kept back."""
        return None if cell in self.back else self.cells.get(cell, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """The numbers of a month and of the one before."""

    now: Table
    before: Table

    def figure(self, who: str, measure: str, of: str | None = None) -> Figure:
        """One number, with its whole."""
        count, before = self.now.number((who, measure)), self.before.number((who, measure))
        change = None if count is None or before is None else count - before
        return Figure(count, None if of is None else self.now.number((who, of)), change)


def printed(number: int | None) -> int | str:
    """A number as a page or a sheet has it; None: kept back."""
    return KEPT_BACK if number is None else number


NOTHING = "—"


def counted(figure: Figure) -> str:
    """The number."""
    return str(printed(figure.count))


def shared(figure: Figure) -> str:
    """Like 12（60%）: the number with its part of the whole; of nothing there is no part."""
    if figure.count is None or figure.of is None:
        return counted(figure)
    return f"{figure.count}（{100 * figure.count / figure.of:.0f}%）" if figure.of else NOTHING


def signed(figure: Figure) -> str:
    """The change, like +3 or -2."""
    if figure.change is None:
        return NOTHING
    return f"{figure.change:+d}" if figure.change else "0"
