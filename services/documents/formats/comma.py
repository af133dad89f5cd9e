"""Text with commas, tabs or semicolons as rows of cells. Raises `Malformed("sheet_unreadable")`."""

import codecs
import csv
import io
from collections.abc import Iterator

from services.documents.formats.worksheet import UNREADABLE, Worksheet
from services.kernel.errors import Malformed

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def worksheets(data: bytes) -> list[Worksheet]:
    """The text as one sheet; quotes that do not pair show when its lines are read."""
    text = _decoded(data)
    return [Worksheet(False, lambda: _records(text))]


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
    raise Malformed("sheet_unreadable", UNREADABLE)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: of its commas, tabs, digits and line ends every other byte is zero."""
    first = data[: 4096 & ~1]
    zeros = first[0::2].count(0), first[1::2].count(0)
    if len(data) % 2 or max(zeros) * 10 < len(first) or min(zeros):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _records(text: str) -> Iterator[list[str]]:
    """Records with commas, tabs or semicolons, whichever the text has most of. Any kind of line end; quotes come in pairs."""
    first = text[:4096]
    delimiter = max("\t,;", key=first.count)
    if first.lstrip().startswith("<"):
        raise Malformed("sheet_unreadable", "文件其实是网页或XML，请用表格软件打开后另存为xlsx")
    if delimiter not in first:
        raise Malformed("sheet_unreadable", UNREADABLE)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        raise Malformed("sheet_unreadable", "csv文件的引号没有成对，或有过长的单元格") from None
