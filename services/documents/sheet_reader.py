"""Sheets that offices send, as cells: xlsx, xls and csv (UTF-8 or GBK) bytes in, rows of cells out.

A leaf that every service may import. Knows files, no header and no rule of any roster.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from python_calamine import CalamineWorkbook

from services.kernel.errors import Malformed

MAX_UNPACKED = 256 << 20
MAX_RATIO = 200


def rows(data: bytes) -> Iterator[Sequence[Any]]:
    """The rows of the first sheet, one after the other. Raises `Malformed`: sheet_unreadable, sheet_too_large."""
    if data[:4] == b"PK\x03\x04":
        _guard(data)
    elif data[:4] != b"\xd0\xcf\x11\xe0":
        return _csv(data)
    try:
        return iter(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).iter_rows())
    except Exception:  # the reader meets arbitrary bytes
        raise Malformed("sheet_unreadable", "文件已损坏或没有工作表") from None


def _csv(data: bytes) -> Iterator[Sequence[Any]]:
    """Text with commas or tabs. UTF-8 (with or without mark), else GBK (GB 18030); bytes that are neither are no sheet."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text[:4096]
        if "\x00" in first or not ({",", "\t"} & set(first)):
            break
        return csv.reader(io.StringIO(text), delimiter="\t" if first.count("\t") > first.count(",") else ",")
    raise Malformed("sheet_unreadable", "文件不是xlsx、xls或csv格式")


def _guard(data: bytes) -> None:
    """Refuse a zip bomb before anything unpacks it."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Malformed("sheet_unreadable", "文件已损坏") from None
    unpacked = sum(e.file_size for e in entries)
    if len(entries) > 2000 or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 4096):
        raise Malformed("sheet_too_large", "文件解压后过大，不可能是名单")


def filled(row: Sequence[Any]) -> bool:
    """Whether any cell has content."""
    return any(str(cell).strip() for cell in row)
