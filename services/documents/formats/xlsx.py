"""An xlsx file as worksheets. Raises `Malformed`: sheet_unreadable, sheet_encrypted, sheet_too_large.

The library that reads values tells no number formats, no errors (#N/A is empty to it) and not that a formula was never calculated. Where
a sheet has such cells, which one pass over its bytes shows, its XML is read once more and what these cells show takes their place.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import count
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from services.documents.formats import shown_date
from services.documents.formats.worksheet import UNREADABLE, Worksheet, check_count, encrypted
from services.kernel.errors import Malformed

MAX_UNPACKED = 512 << 20
MAX_RATIO = 200
MAX_PARTS = 2000
NOT_CALCULATED = "#NOT_CALCULATED!"  # stands in a formula's cell whose file was written by a program that calculates nothing
_ROWS, _COLUMNS = 1 << 20, 1 << 14  # that a sheet has at most
_PIECE, _OVERLAP = 1 << 20, 20  # bytes; no text that is looked for is longer than these
_EMPTY = ("<{0}v/>", "<{0}v />", "<{0}v></{0}v>", "</{0}f></{0}c>", "/></{0}c>")  # of a formula that was not calculated, and others
_FAULTY = [b't="e"', b"t='e'", *(text.format(prefix).encode() for text in _EMPTY for prefix in ("", "x:"))]
_PLACE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")

Parts = tuple[str, ...]


def worksheets(data: bytes) -> list[Worksheet]:
    """Every sheet in the file's order. What is wrong with a sheet's content shows when its lines are read."""
    _guard(data)
    try:
        package = _Package(zipfile.ZipFile(io.BytesIO(data)))
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [(n, sheet) for n, sheet in enumerate(book.sheets_metadata) if sheet.typ == SheetTypeEnum.WorkSheet]
        check_count(len(found))
        parts, styles = package.sheets(), package.styles()
    except PasswordError:
        raise encrypted() from None
    except Malformed:
        raise
    except Exception:  # the reader meets arbitrary bytes
        raise Malformed("sheet_unreadable", UNREADABLE) from None

    def reader(number: int, name: str) -> Callable[[], Iterable[list[Any]]]:
        return lambda: _rows(book, number, package, parts[name], styles)

    return [Worksheet(sheet.visible != SheetVisibleEnum.Visible, reader(number, sheet.name)) for number, sheet in found]


def _guard(data: bytes) -> None:
    """Refuse a zip bomb before anything unpacks it."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except Exception:  # what a hostile archive raises is no short list
        raise Malformed("sheet_unreadable", UNREADABLE) from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 1 << 18):
        raise Malformed("sheet_too_large", "文件解压后过大，不可能是名单；请把名单复制到新的工作簿后重发")


class _Package:
    """The parts of the file by their names, which some programs write with other slashes and capitals than they refer to."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        if "xl/workbook.xml" not in self._names:  # ods, xlsb, a document: other formats in the same kind of archive
            raise Malformed("sheet_unreadable", "文件不是xlsx格式，请用表格软件打开后另存为xlsx")

    def opened(self, name: str) -> IO[bytes]:
        """A part's bytes."""
        return self._archive.open(self._names[name])

    def sheets(self) -> dict[str, str]:
        """The part that every sheet stands in, by the sheet's name."""
        targets = {link.get("Id"): link.get("Target", "") for link in self._parsed("xl/_rels/workbook.xml.rels").iter()}
        return {
            sheet.get("name", ""): _part(targets.get(id, ""))
            for sheet in _each(self._parsed("xl/workbook.xml"), "sheet")
            if (id := next((value for key, value in sheet.items() if key.endswith("}id")), None))
        }

    def styles(self) -> dict[int, Parts]:
        """The cell styles that show a part of a day only, each with what it shows."""
        if "xl/styles.xml" not in self._names:
            return {}
        root = self._parsed("xl/styles.xml")
        codes = {each.get("numFmtId"): each.get("formatCode") for each in _each(root, "numFmt")}
        formats = [xf.get("numFmtId", "0") for group in _each(root, "cellXfs") for xf in _each(group, "xf")]
        said = {key: shown_date.parts(int(key), codes.get(key)) for key in set(formats)}
        return {style: found for style, key in enumerate(formats) if (found := said[key]) is not None}

    def _parsed(self, name: str) -> Any:
        with self.opened(name) as part:
            return ElementTree.parse(part).getroot()


def _part(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target.replace("\\", "/"))).lstrip("/").lower()


def _each(root: Any, name: str) -> Iterator[Any]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _rows(book: CalamineWorkbook, number: int, package: _Package, part: str, styles: Mapping[int, Parts]) -> Iterator[list[Any]]:
    """What a sheet holds, with what its cells show where the library tells it wrongly."""
    try:
        rows = book.get_sheet_by_index(number).iter_rows()
        shown = _shown(package, part, styles)
    except Exception:
        raise Malformed("sheet_unreadable", UNREADABLE) from None
    for at in count(1):
        row = next(rows, None)
        if row is None and not shown:
            return
        yield _corrected(row or [], shown.pop(at, ()))


def _corrected(row: list[Any], shown: Iterable[tuple[int, str | Parts]]) -> list[Any]:
    for place, said in shown:
        row += [""] * (place + 1 - len(row))
        if isinstance(said, str):
            row[place] = said
        elif isinstance(row[place], date):
            row[place] = shown_date.shown(row[place], said)
    return row


def _shown(package: _Package, part: str, styles: Mapping[int, Parts]) -> dict[int, list[tuple[int, str | Parts]]]:
    """By rows: the places of cells that show something else than the library says, with an error's name or what is shown of a day."""
    wanted = [*_FAULTY, *(f"s={quote}{style}{quote}".encode() for style in styles for quote in "\"'")]
    with package.opened(part) as xml:
        if not _occurs(wanted, xml):
            return {}
    with package.opened(part) as xml:
        return _Cells(styles).read(xml)


def _occurs(wanted: Sequence[bytes], xml: IO[bytes]) -> bool:
    before = b""
    while piece := xml.read(_PIECE):
        both = before + piece
        if any(text in both for text in wanted):
            return True
        before = piece[-_OVERLAP:]
    return False


@dataclass
class _Cells:
    """Goes over a sheet's XML; `found` is what `_shown` gives."""

    styles: Mapping[int, Parts]
    found: dict[int, list[tuple[int, str | Parts]]] = field(default_factory=dict)
    row: int = 0
    place: int = -1
    kind: str = ""
    style: int = 0
    formula: bool = False
    reads_value: bool = False
    value: str = ""

    def read(self, xml: IO[bytes]) -> dict[int, list[tuple[int, str | Parts]]]:
        """Go over all of it. Raises `expat.ExpatError`, and `ValueError` for what is no number."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(xml)
        return self.found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row, self.place = int(attributes.get("r", self.row + 1)), -1
            case "c":
                place = _PLACE.fullmatch(attributes.get("r", ""))
                self.row, self.place = (int(place[2]), _column(place[1])) if place else (self.row, self.place + 1)
                self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
                self.formula, self.value = False, ""
            case "f":
                self.formula = True
            case "v":
                self.reads_value = True

    def _text(self, text: str) -> None:
        if self.reads_value:
            self.value += text

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v":
                self.reads_value = False
            case "c" if (said := self._said()) is not None and 0 < self.row <= _ROWS and self.place < _COLUMNS:
                self.found.setdefault(self.row, []).append((self.place, said))

    def _said(self) -> str | Parts | None:
        """What the cell shows that the library does not tell. A formula whose result is an empty text has the type of a text."""
        if self.kind == "e":
            return self.value.strip() or "#ERROR!"
        if self.formula and self.kind != "str" and not self.value.strip():
            return NOT_CALCULATED
        return self.styles.get(self.style)


def _column(letters: str) -> int:
    """The place of column A, AB …, from 0."""
    return reduce(lambda before, letter: before * 26 + ord(letter) - ord("A") + 1, letters.upper(), 0) - 1
