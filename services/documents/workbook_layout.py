"""How wide the columns of a workbook's sheet are, by what stands in them, so that a print on A4 stays legible. Pure.

Widths are those of Excel: one for a figure or a Latin letter, two for a Chinese character.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from unicodedata import east_asian_width

Cell = str | int | Decimal | date | None  # of a sheet that is made; one that is read has cells of other types (`sheet_cell.py`)
_LIKE_A_NUMBER = re.compile(r"|[*—]|[+-]\d+|\d+(?:%|（\d+%）)", re.ASCII)
LINE = 16  # points of a line of text in a cell
UPRIGHT, ACROSS = 94, 142  # what A4 holds at full size
_DEEPEST = 25  # lines: a row is at most 409 points high
_HEADING = 72  # what title and notes span at least
_DEFAULT = 8.43  # of a column that nobody set
_PADDING, _FILTER = 2, 3  # beside what stands in a cell; the arrow in a header's
_WHOLE = 24  # a text without Chinese up to here is a number or a code, and is not broken
_LEAST, _BY_HAND = 14, 15  # of a column whose texts may be broken; of one to write in
_LINES, _ROOMY = 6, 48  # into how many lines its longest text is broken while it is narrower than this
_FILLED = 0.94  # of a line: a word or a mark that does not fit goes to the next one


@dataclass(frozen=True, slots=True)
class Layout:
    """Each column's width, and whether numbers stand in it; `last`: the place of the last column that title and notes span, `span`: how
    wide these are together."""

    widths: Sequence[float]
    numbers: Sequence[bool]
    last: int
    span: float
    landscape: bool


def layout(header: Sequence[str], rows: Sequence[Sequence[Cell]], by_hand: Sequence[int] = ()) -> Layout:
    """Of a sheet with these rows, or this beginning of them. Where the paper is too narrow the longest texts are broken into lines."""
    needs, least, numbers = [], [], []
    for place, name in enumerate(header):
        cells = [row[place] for row in rows]
        head = max(ceil(wide(name) / 2), min(wide(name), 8)) + _FILTER
        need = max([head, *(wide(cell) + _PADDING for cell in cells), _BY_HAND if place in by_hand else 0])
        needs.append(need)
        numbers.append(all(map(_number, cells)))
        room = max(head, _LEAST, min(ceil(need / _LINES), _ROOMY))
        least.append(min(need, room) if any(map(_may_be_broken, cells)) else need)
    landscape = sum(needs) > UPRIGHT
    widths = _shared(needs, least, ACROSS if landscape else UPRIGHT)
    beyond = max(0, ceil((_HEADING - sum(widths)) / _DEFAULT))
    return Layout(widths, numbers, len(header) - 1 + beyond, sum(widths) + beyond * _DEFAULT, landscape)


def _shared(needs: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """What each needs, or as much of it as there is room: those that need most give way first, none below its least."""
    most = max(needs, default=0)
    while most > 0 and sum(_given(needs, least, most)) > room:
        most -= 1
    return _given(needs, least, most)


def _given(needs: Sequence[float], least: Sequence[float], most: float) -> list[float]:
    return [max(floor, min(need, most)) for need, floor in zip(needs, least, strict=True)]


def _number(cell: Cell) -> bool:
    """Whether a cell is a number, or is nothing, or is read like one: kept back, no number, with its sign, with its share."""
    return cell is None or isinstance(cell, int | Decimal) or (isinstance(cell, str) and bool(_LIKE_A_NUMBER.fullmatch(cell)))


def _may_be_broken(cell: Cell) -> bool:
    return isinstance(cell, str) and (wide(cell) > _WHOLE or not cell.isascii())


def wide(cell: Cell) -> int:
    """How wide a cell's content is as it is shown."""
    match cell:
        case None:
            return 0
        case str():
            return max((sum(2 if east_asian_width(c) in "WFA" else 1 for c in line) for line in cell.splitlines()), default=0)
        case date():
            return len("2026-03-02")
        case Decimal():
            return len(f"{cell:,.2f}")
    return len(str(cell))


def lines_of(text: str, width: float) -> int:
    """Into how many lines a text is broken in a column of this width."""
    return sum(max(1, ceil(wide(line) / max(1.0, width - 1))) for line in text.splitlines() or [""])


def row_height(row: Sequence[Cell], made: Layout) -> int:
    """How high a row has to be for its texts, in points; no row of a sheet is higher than `_DEEPEST` lines."""
    deep = (
        lines_of(cell, width * _FILLED)
        for cell, width in zip(row, made.widths, strict=True)
        if isinstance(cell, str) and 2 * len(cell) >= width and lines_of(cell, width) > 1
    )
    return min(max(deep, default=1), _DEEPEST) * LINE


def pieces(text: str, width: float) -> list[str]:
    """A text in parts, each of which a row of this width can hold; nearly always one."""
    most = max(1, int((width - 1) / 2) * _DEEPEST)
    return [text[start : start + most] for start in range(0, len(text), most)] or [""]
