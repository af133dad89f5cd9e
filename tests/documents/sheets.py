"""Sheets as people and programs make them, for tests."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

HEADER = ["身份证号", "金额"]
NAMES = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(*sheets: Sequence[Sequence[Any]], hide: Sequence[int] = (), more: Callable[[Any, Any], None] | None = None) -> bytes:
    """An xlsx file of these sheets; `more` does what it likes with the workbook and the first of them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for number, rows in enumerate(sheets):
            page = made.add_worksheet()
            for row, cells in enumerate(rows):
                page.write_row(row, 0, cells)
            if number in hide:
                page.hide()
        shown = next(number for number in range(len(sheets)) if number not in hide)
        made.worksheets()[shown].activate()
        made.worksheets()[shown].set_first_sheet()
        if more is not None:
            more(made, made.worksheets()[0])
    return out.getvalue()


def comma(rows: Sequence[Sequence[Any]], end: str = "\r\n", delimiter: str = ",") -> str:
    """The same as csv."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A sound xlsx file of a header, with these parts in the place of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([HEADER]))) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, parts.get(name, before.read(name)))
    return out.getvalue()


def raw(rows: str) -> bytes:
    """An xlsx file whose only sheet has this XML for its rows."""
    return packed({"xl/worksheets/sheet1.xml": f"<worksheet xmlns='{NAMES}'><sheetData>{rows}</sheetData></worksheet>".encode()})


def cell(place: str, text: str) -> str:
    """A text cell as XML."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
