"""A worksheet as every format gives it: lines with content, numbered as a spreadsheet numbers them. Knows no format.

What has content counts, not how far a sheet extends: empty lines are passed over, and a line ends with its last cell that says something.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from services.documents.sheet_cell import Cell, cell_of
from services.kernel.errors import Malformed

Line = tuple[int, list[Cell]]  # its number as a spreadsheet shows it, and its cells
MAX_SHEETS = 64
UNREADABLE = "文件已损坏，或不是xlsx、xls、csv格式"


class Worksheet(NamedTuple):
    """One sheet of a file. `rows` reads it anew: what its reader finds in every row from the first on, empty ones too.

    A named tuple: each file has a process, which loads no more than it needs.
    """

    hidden: bool
    rows: Callable[[], Iterable[list[Any]]]

    def lines(self) -> Iterator[Line]:
        """The rows with content. Raises `Malformed` when the sheet turns out to be broken."""
        for number, row in enumerate(self.rows(), 1):
            if row.count("") == len(row):
                continue  # said without looking at each: a single blank far below makes a million of these
            cells = [cell_of(found) for found in row]
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                yield number, cells


def check_count(sheets: int) -> None:
    """Raises `Malformed("sheet_too_large")`."""
    if sheets > MAX_SHEETS:
        raise Malformed("sheet_too_large", f"工作表超过{MAX_SHEETS}个，不可能是名单")


def encrypted() -> Malformed:
    """The refusal of a file that opens with a password."""
    return Malformed("sheet_encrypted", "文件设有打开密码，请取消密码后重发")
