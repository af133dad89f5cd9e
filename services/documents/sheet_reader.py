"""Sheets that offices send: the one list in an xlsx, xls or csv file, its header found, and its lines of cells below it.

A leaf that every service may import. The bytes are read in a process of its own (`sheet_process.py`), so reading blocks: a thread calls it,
with no transaction open. Knows files, and no rule of any roster.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from services.documents.sheet_cell import Cell
from services.documents.sheet_header import HEADER_ROWS, Column, header
from services.documents.sheet_process import Head, Limits, Reading, reading
from services.kernel.errors import Malformed

LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Table:
    """The list in a file: where each known column is, what stands above its data (title and header), and its lines with content below the
    header, numbered as a spreadsheet does.

    `notes`: codes of what is reported of the file as a whole (other_sheet_ignored, hidden_sheet_ignored; phone_column_unclear for a column
    `phone` that may be another person's, so that it is not read). Lines come once; taking them raises `Malformed` when the file turns out
    to be broken or too long further down.
    """

    places: Mapping[str, int]
    above: tuple[Sequence[Cell], ...]
    notes: tuple[str, ...]
    lines: Iterator[tuple[int, Sequence[Cell]]]


@contextmanager
def opened(data: bytes, columns: Mapping[str, Column], max_rows: int, limits: Limits = LIMITS) -> Iterator[Table]:
    """The list in a file. People see its visible sheets only, so a hidden one is never read; and of two lists none is chosen.

    Raises `Malformed`: sheet_unreadable, sheet_encrypted, sheet_too_large, sheet_empty, sheet_hidden, sheets_ambiguous, and what
    `header` raises.
    """
    with reading(data, HEADER_ROWS, limits) as file:
        heads = file.heads()
        number, found = _chosen(heads, columns)
        others = [head for other, head in enumerate(heads) if other != number and head.lines]
        notes = {"hidden_sheet_ignored" if head.hidden else "other_sheet_ignored" for head in others}
        notes |= {f"{name}_column_unclear" for name in found.unclear}
        above = tuple(cells for line, cells in heads[number].lines if line <= found.last)
        yield Table(found.places, above, tuple(sorted(notes)), _below(file, number, found.last, max_rows))


@dataclass(frozen=True, slots=True)
class _Header:
    """The number of a header's last row, where each column is, and the columns that are not read, being perhaps another's."""

    last: int
    places: Mapping[str, int]
    unclear: Sequence[str]


def _chosen(heads: Sequence[Head], columns: Mapping[str, Column]) -> tuple[int, _Header]:
    """The sheet that is the list: its place among the sheets, and its header."""
    fitting, refusal = list[tuple[int, _Header]](), None
    for number, head in enumerate(heads):
        if not head.lines:
            continue
        rows = _from_the_top(head)
        try:
            top, places, unclear = header(list(rows.values()), columns)
            fitting.append((number, _Header(list(rows)[top], places, unclear)))
        except Malformed as refused:
            if refused.code != "header_not_found" and not head.hidden:
                raise
            refusal = refusal or (None if head.hidden else refused)
    visible = [found for found in fitting if not heads[found[0]].hidden]
    if len(visible) > 1:
        named = "、".join(f"第{number + 1}个" for number, _ in visible)
        raise Malformed("sheets_ambiguous", f"{named}工作表都是名单，请每个文件只放一张名单")
    if visible:
        return visible[0]
    if fitting:
        raise Malformed("sheet_hidden", f"名单在隐藏的第{fitting[0][0] + 1}个工作表里，请取消隐藏后重发")
    raise refusal or Malformed("sheet_empty", "能看到的工作表都没有内容")


def _from_the_top(head: Head) -> dict[int, Sequence[Cell]]:
    """The first rows by number, empty ones between them too; from the first with content, where that is far below."""
    lines = dict(head.lines)
    first = min(lines) if min(lines) > HEADER_ROWS else 1
    return {number: lines.get(number, ()) for number in range(first, first + HEADER_ROWS) if number <= max(lines)}


def _below(file: Reading, sheet: int, top: int, max_rows: int) -> Iterator[tuple[int, Sequence[Cell]]]:
    below = (line for line in file.lines(sheet, max_rows + HEADER_ROWS) if line[0] > top)
    for count, line in enumerate(below, 1):
        if count > max_rows:
            raise Malformed("sheet_too_large", f"表头下面超过{max_rows}行")
        yield line
