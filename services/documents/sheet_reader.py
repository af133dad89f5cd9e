"""Sheets that offices send, as cells: xlsx, xls and csv (UTF-8 or GBK) bytes in, rows of cells out, and where the header is.

A leaf that every service may import. Knows files and headers, no rule of any roster.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from python_calamine import CalamineWorkbook

from services.kernel.errors import Malformed

MAX_UNPACKED = 256 << 20
MAX_RATIO = 200
HEADER_ROWS = 15
_NOT_DATA = ("合计", "总计", "小计", "制表", "审核", "填报", "负责人", "单位负责", "备注：", "说明")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a roster: the words that name it, and whether a sheet without it is refused."""

    aliases: tuple[str, ...]
    required: bool = False


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


def header(cells: Sequence[Sequence[Any]], columns: Mapping[str, Column]) -> tuple[int, dict[str, int]]:
    """The row that names every required column, alone or with the row above it (merged headers), and where each known column is.

    Raises `Malformed("header_not_found")`.
    """
    wanted = {plain(alias): name for name, column in columns.items() for alias in column.aliases}
    needed = {name for name, column in columns.items() if column.required}
    head = list(islice(cells, HEADER_ROWS))
    for number, row in enumerate(head):
        places: dict[str, int] = {}
        for above in (row, head[number - 1] if number else ()):
            for place, cell in enumerate(above):
                if (name := wanted.get(plain(cell))) is not None:
                    places.setdefault(name, place)
        if needed <= set(places) and any(wanted.get(plain(cell)) for cell in row):
            return number, places
    raise Malformed("header_not_found", f"前{HEADER_ROWS}行中没有同时含有{'、'.join(sorted(needed))}的表头")


def plain(cell: Any) -> str:
    """A header's or label's text without spaces, marks and full-width brackets."""
    text = "".join(str(cell).split()).replace("（", "(").replace("）", ")")
    return text.strip("*：:")


def filled(row: Sequence[Any]) -> bool:
    """Whether any cell has content."""
    return any(str(cell).strip() for cell in row)


def cell(line: Sequence[Any], places: Mapping[str, int], name: str) -> Any:
    """A named cell; "" where the line or sheet has none."""
    place = places.get(name)
    return line[place] if place is not None and place < len(line) else ""


def beside_data(line: Sequence[Any], places: Mapping[str, int]) -> bool:
    """Totals and signatures: no citizen id, and a word that says what the row is."""
    return not str(cell(line, places, "citizen_id")).strip() and any(plain(each).startswith(_NOT_DATA) for each in line)
