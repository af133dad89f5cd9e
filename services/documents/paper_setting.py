"""How a paper is set: sizes, margins and lines, from those of official documents (GB/T 9704) down to what just can be read. Pure.

How long a text is on paper is counted beforehand, with widths that hold also where another type stands in for ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from math import ceil, floor

A4 = (210.0, 297.0)  # mm
POINT = 25.4 / 72  # mm
_CHARACTER, _FIGURE = 1.01, 0.655  # of a Chinese character and of a figure in a line, in parts of the type's size
_PADDING, _RULE, _SPARE = 2.5, 0.28, 4.0  # a cell's margins, the rule between two rows, what is left unused below; in mm
_PIECE, _DEEPEST = 5, 4  # a text that may be broken has so many characters in a line, and not more lines than that
_STEPS = 24
_SMALLER_TITLE = 0.8  # of its size at least
BY_HAND = 12.0  # mm: how high a row is in which somebody writes
CHART = 75.0  # mm: how high a chart is
INDENT = 2  # characters at the beginning of a paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Sizes in points; `leading` of text and `cell_leading` of tables in parts of their size; margins in mm, of an upright page."""

    title: float
    text: float
    heading: float
    cell: float
    small: float
    leading: float
    cell_leading: float
    top: float
    bottom: float
    left: float
    right: float
    landscape: bool = False

    @property
    def wide(self) -> float:
        """How wide the text is, in mm."""
        width, height = A4
        return height - self.top - self.bottom if self.landscape else width - self.left - self.right

    @property
    def high(self) -> float:
        """How high the text may be, in mm, if it is to stay on one page."""
        width, height = A4
        return (width - self.left - self.right if self.landscape else height - self.top - self.bottom) - _SPARE

    def line(self, size: float) -> float:
        """How high a line of text in this size is, in points."""
        return size * self.leading


# GB/T 9704-2012: 156 × 225 mm of text; title 二号, text 三号, 22 lines on a page; tables 小四.
OFFICIAL = Setting(
    title=22,
    text=16,
    heading=16,
    cell=12,
    small=12,
    leading=1.75,
    cell_leading=1.4,
    top=37,
    bottom=35,
    left=28,
    right=26,
)
SMALLEST = Setting(
    title=15,
    text=9.5,
    heading=10,
    cell=7.5,
    small=7.5,
    leading=1.2,
    cell_leading=1.2,
    top=12,
    bottom=12,
    left=14,
    right=12,
)


def smaller() -> Iterable[Setting]:
    """From the official setting to the smallest, step by step."""
    for step in range(_STEPS + 1):
        share = step / _STEPS
        sizes = {
            field.name: round(getattr(OFFICIAL, field.name) * (1 - share) + getattr(SMALLEST, field.name) * share, 2)
            for field in fields(Setting)
            if field.name != "landscape"
        }
        yield Setting(**sizes, landscape=False)


def comfortable(tables: Sequence[Sequence[Sequence[str]]]) -> Setting:
    """The official setting, with tables (lines of cells, the header first) that can be read: smaller, or on pages that lie across."""
    made = OFFICIAL
    for landscape in (False, True):
        for cell in (12, 10.5, 9):
            made = replace(OFFICIAL, cell=cell, landscape=landscape)
            if not any(cramped(lines, made) for lines in tables):
                return made
    return made


def headed(title: str, setting: Setting) -> Setting:
    """The setting with a title in one line, where it need not be much smaller for that."""
    whole = floor(2 * setting.wide / (length(title or " ") * POINT)) / 2 - 0.5
    return replace(setting, title=min(setting.title, whole)) if whole >= _SMALLER_TITLE * setting.title else setting


def cramped(lines: Sequence[Sequence[str]], setting: Setting) -> bool:
    """Whether numbers or days of a table would be broken, or texts into too many lines."""
    least = [max(map(_unbroken, column)) for column in zip(*lines, strict=True)]
    if sum(_PADDING + each * setting.cell * POINT for each in least) > setting.wide:
        return True
    return max(depth(row, column_widths(lines, setting), setting) for row in lines) > _DEEPEST


def _unbroken(text: str) -> float:
    """What of a text stays in one line, in parts of its size."""
    return length(text) if text.isascii() or (any(c.isdigit() for c in text) and len(text) <= 12) else length(text[:_PIECE])


def column_widths(lines: Sequence[Sequence[str]], setting: Setting) -> list[float]:
    """The page in mm, shared out by the longest text of each column; where that is too wide the longest give way, but for what is not to be
    broken: a number or a date stays in one line."""
    columns = list(zip(*lines, strict=True))
    needs = [_PADDING + max(map(length, column)) * setting.cell * POINT for column in columns]
    least = [_PADDING + max(map(_unbroken, column)) * setting.cell * POINT for column in columns]
    most = max(needs)
    while most > 0 and sum(_given(needs, least, most)) > setting.wide:
        most -= 0.25
    widths = _given(needs, least, most)
    return [setting.wide * width / sum(widths) for width in widths]


def _given(needs: Sequence[float], least: Sequence[float], most: float) -> list[float]:
    return [max(unbroken, min(need, most)) for need, unbroken in zip(needs, least, strict=True)]


def table_height(lines: Sequence[Sequence[str]], setting: Setting) -> float:
    """Of a table, in mm."""
    widths, line = column_widths(lines, setting), setting.cell * setting.cell_leading * POINT
    return sum(depth(row, widths, setting) * line + _RULE for row in lines)


def depth(row: Sequence[str], widths: Sequence[float], setting: Setting) -> int:
    """Into how many lines a row is broken."""
    return max(lines_of(text, setting.cell, width - _PADDING) for text, width in zip(row, widths, strict=True))


def lines_of(text: str, size: float, width: float, indent: int = 0) -> int:
    """Into how many lines a text is broken."""
    return max(1, ceil((length(text) + indent) * size * POINT / width))


def length(text: str) -> float:
    """Of a line, in parts of its size."""
    return sum(_FIGURE if character.isascii() else _CHARACTER for character in text)
