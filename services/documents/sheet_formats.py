"""The bytes of an xlsx, xls or csv file as worksheets of numbered lines. Runs in the reader's own process (`sheet_child.py`) only.

What has content counts, not how far a sheet extends: empty lines are passed over, and a line ends with its last cell that says something.
Knows formats, and nothing of lists. Raises `Malformed`: sheet_unreadable, sheet_encrypted, sheet_too_large.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from services.documents.sheet_cell import Cell, cell_of
from services.kernel.errors import Malformed

Line = tuple[int, list[Cell]]  # its number as a spreadsheet shows it, and its cells
MAX_UNPACKED = 512 << 20
MAX_RATIO = 200
MAX_PARTS, MAX_SHEETS = 2000, 64
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNREADABLE = "文件已损坏，或不是xlsx、xls、csv格式"


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One sheet of a file. `lines()` reads it anew."""

    hidden: bool
    lines: Callable[[], Iterator[Line]]


def worksheets(data: bytes) -> list[Worksheet]:
    """Every sheet in the file's order; a csv is one. What is wrong with a sheet's content shows when its lines are read."""
    if data[:4] in (_ZIP, _OLE):
        return _workbook(data)
    text = _decoded(data)
    return [Worksheet(False, lambda: _lines(_csv(text)))]


def _workbook(data: bytes) -> list[Worksheet]:
    if data[:4] == _ZIP:
        _guard(data)
    elif _ENCRYPTED in data:
        raise Malformed("sheet_encrypted", "文件设有打开密码，请取消密码后重发")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [(n, sheet) for n, sheet in enumerate(book.sheets_metadata) if sheet.typ == SheetTypeEnum.WorkSheet]
    except PasswordError:
        raise Malformed("sheet_encrypted", "文件设有打开密码，请取消密码后重发") from None
    except Exception:  # the reader meets arbitrary bytes
        raise Malformed("sheet_unreadable", _UNREADABLE) from None
    if len(found) > MAX_SHEETS:
        raise Malformed("sheet_too_large", f"工作表超过{MAX_SHEETS}个，不可能是名单")

    def reader(number: int) -> Callable[[], Iterator[Line]]:
        return lambda: _lines(_rows(book, number))

    return [Worksheet(sheet.visible != SheetVisibleEnum.Visible, reader(number)) for number, sheet in found]


def _rows(book: CalamineWorkbook, number: int) -> Iterable[list[Any]]:
    try:
        return book.get_sheet_by_index(number).iter_rows()
    except Exception:
        raise Malformed("sheet_unreadable", _UNREADABLE) from None


def _lines(rows: Iterable[list[Any]]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        if row.count("") == len(row):
            continue  # said without looking at each: a single blank far below makes a million of these
        cells = [cell_of(found) for found in row]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            yield number, cells


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 or GBK (GB 18030); a mark at the beginning says which, else UTF-8 is tried first."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else (_wide(data), "utf-8", "gb18030"):
        if encoding is not None:
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text:
                return text
    raise Malformed("sheet_unreadable", _UNREADABLE)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: of its commas, tabs, digits and line ends every other byte is zero."""
    first = data[: 4096 & ~1]
    zeros = first[0::2].count(0), first[1::2].count(0)
    if len(data) % 2 or max(zeros) * 10 < len(first) or min(zeros):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _csv(text: str) -> Iterator[list[str]]:
    """Records with commas, tabs or semicolons, whichever the text has most of. Any kind of line end; quotes come in pairs."""
    first = text[:4096]
    delimiter = max("\t,;", key=first.count)
    if first.lstrip().startswith("<"):
        raise Malformed("sheet_unreadable", "文件其实是网页或XML，请用表格软件打开后另存为xlsx")
    if delimiter not in first:
        raise Malformed("sheet_unreadable", _UNREADABLE)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise Malformed("sheet_unreadable", "csv文件的引号没有成对，或有过长的单元格") from None


def _guard(data: bytes) -> None:
    """Refuse a zip bomb before anything unpacks it."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except Exception:  # what a hostile archive raises is no short list
        raise Malformed("sheet_unreadable", _UNREADABLE) from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 1 << 18):
        raise Malformed("sheet_too_large", "文件解压后过大，不可能是名单")
