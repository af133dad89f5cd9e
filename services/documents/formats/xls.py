"""An xls file (Excel 95 to 2003) as worksheets. Raises `Malformed`: sheet_unreadable, sheet_encrypted, sheet_too_large."""

import sys
from collections.abc import Iterator
from typing import Any

import xlrd

from services.documents.formats import shown_date
from services.documents.formats.worksheet import UNREADABLE, Worksheet, check_count, encrypted
from services.kernel.errors import Malformed

_OUTER_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # an xlsx file with a password has the outside of an xls


def worksheets(data: bytes) -> list[Worksheet]:
    """Every sheet in the file's order."""
    if _OUTER_ENCRYPTED in data:
        raise encrypted()
    try:
        book = xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            ignore_workbook_corruption=True,  # sectors that stand twice, as some programs leave them; Excel does not mind
            logfile=sys.stderr,
        )
        check_count(book.nsheets)
        return [_worksheet(book, book.sheet_by_index(number)) for number in range(book.nsheets)]
    except Malformed:
        raise
    except Exception as error:  # the reader meets arbitrary bytes
        raise encrypted() if "encrypted" in str(error) else Malformed("sheet_unreadable", UNREADABLE) from None


def _worksheet(book: Any, sheet: Any) -> Worksheet:
    formats = [_parts(book, xf.format_key) for xf in book.xf_list]

    def rows() -> Iterator[list[Any]]:
        for row in range(sheet.nrows):
            yield [_found(cell, formats[cell.xf_index], book.datemode) for cell in sheet.row(row)]

    return Worksheet(sheet.visibility != 0, rows)


def _parts(book: Any, key: int) -> tuple[str, ...] | None:
    code = book.format_map[key].format_str
    return shown_date.parts(key, None if code == "General" else code)


def _found(cell: Any, said: tuple[str, ...] | None, epoch: int) -> Any:
    """A cell's value; of a date what it shows, of an error its name."""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype != xlrd.XL_CELL_DATE:
        return cell.value
    try:
        moment = xlrd.xldate.xldate_as_datetime(cell.value, epoch)
    except (OverflowError, ValueError):
        return cell.value  # no day that there is
    if cell.value < 1:
        return str(moment.time())
    if said is not None:
        return shown_date.shown(moment, said)
    return moment if moment.time() != moment.min.time() else moment.date()
