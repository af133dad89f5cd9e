"""A list as it was sent, as a workbook with what is wrong beside each row: for its sender, who mends the file and sends it again.

Rows keep their numbers; what is said stands in the first column. What a cell held it holds: a text stays a text, nothing becomes a formula.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from services.documents.sheet_cell import Cell
from services.documents.sheet_header import Column
from services.documents.sheet_reader import Table, opened

_SAID = "核对结果"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}


def copied(data: bytes, columns: Mapping[str, Column], marks: Sequence[tuple[int, str]], max_rows: int) -> bytes:
    """The workbook. `marks`: the number of a row, and what is said of it; 0 is the file as a whole. Blocks.

    Raises `Malformed` as `sheet_reader.opened` does.
    """
    said: dict[int, list[str]] = {}
    for number, words in marks:
        said.setdefault(number, []).append(words)
    out = BytesIO()
    with opened(data, columns, max_rows) as table, Workbook(out, _OPTIONS | {"constant_memory": True}) as book:
        _write_list(book, table, said)
        _write_summary(book, said)
    return out.getvalue()


def _write_list(book: Workbook, table: Table, said: Mapping[int, Sequence[str]]) -> None:
    sheet, day, text = (
        book.add_worksheet("名单"),
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "@"}),
    )
    wrong, head = book.add_format({"font_color": "#B00000", "bold": True}), book.add_format({"bold": True})
    sheet.set_column(0, 0, 40)
    above, begun = table.above, False
    for number, cells in table.lines:
        if not begun:
            begun = True
            top = max(number - 1 - len(above), 0)
            for line, texts in enumerate(above, top):
                _write_cells(sheet, line, texts, day, head)
            sheet.write_string(top + len(above) - 1, 0, _SAID, head)
        if number in said:
            sheet.write_string(number - 1, 0, "；".join(said[number]), wrong)
        _write_cells(sheet, number - 1, cells, day, text)


def _write_cells(sheet: Any, line: int, cells: Sequence[Cell], day: Any, text: Any) -> None:
    for place, cell in enumerate(cells, 1):
        match cell:
            case "":
                pass
            case str():
                sheet.write_string(line, place, cell, text)
            case bool():
                sheet.write_boolean(line, place, cell)
            case date():
                sheet.write_datetime(line, place, cell, day)
            case _:
                sheet.write_number(line, place, cell)


def _write_summary(book: Workbook, said: Mapping[int, Sequence[str]]) -> None:
    """How many rows each thing is said of, and what is said of the file as a whole."""
    sheet = book.add_worksheet("汇总")
    sheet.set_column(0, 0, 60)
    counts: dict[str, int] = {}
    for number, words in said.items():
        for each in words:
            counts[each] = counts.get(each, 0) + (number > 0)
    for place, title in enumerate((_SAID, "行数")):
        sheet.write_string(0, place, title)
    for line, (words_of_it, rows) in enumerate(sorted(counts.items(), key=lambda pair: -pair[1]), 1):
        sheet.write_string(line, 0, words_of_it)
        if rows:
            sheet.write_number(line, 1, rows)
