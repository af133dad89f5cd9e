"""The old format of spreadsheets (BIFF8 in a compound file), as offices with old programs still send it: texts and numbers of one sheet.

Written by hand because no kept library does; only what a reader needs, and the same bytes for the same cells.
"""

from collections.abc import Sequence
from struct import pack

_SECTOR, _END, _FREE, _FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_RECORD = 8224
MOST_ROWS = 2_000  # of ours: the texts of more would need more sectors than the header names
Cell = str | int | float


def workbook(rows: Sequence[Sequence[Cell]], name: str = "Sheet1") -> bytes:
    """A file of one sheet with these cells."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str) and cell))
    places = {text: number for number, text in enumerate(texts)}
    styles = _record(0x0031, pack("<HHHHHBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 134, 0, 5) + b"\x00Arial") * 5
    styles += _record(0x00E0, pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0x20C0)) * 15
    styles += _record(0x00E0, pack("<HHHBBBBIIH", 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    begin = _bof(0x0005) + _record(0x0042, pack("<H", 1200)) + styles
    strings = _strings(texts, sum(1 for row in rows for cell in row if isinstance(cell, str) and cell))
    sheet_name = pack("<BB", len(name), 0) + name.encode("ascii")
    length = len(begin) + 4 + 6 + len(sheet_name) + len(strings) + 4
    sheet = _record(0x0085, pack("<IH", length, 0) + sheet_name)
    return _compound(begin + sheet + strings + _record(0x000A) + _cells(rows, places))


def _record(kind: int, data: bytes = b"") -> bytes:
    return pack("<HH", kind, len(data)) + data


def _bof(kind: int) -> bytes:
    return _record(0x0809, pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cells(rows: Sequence[Sequence[Cell]], places: dict[str, int]) -> bytes:
    found = [_bof(0x0010), _record(0x0200, pack("<IIHHH", 0, len(rows), 0, max(map(len, rows), default=0), 0))]
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    found.append(_record(0x00FD, pack("<HHHI", line, column, 15, places[cell])))
            else:
                found.append(_record(0x0203, pack("<HHHd", line, column, 15, cell)))
    return b"".join([*found, _record(0x000A)])


def _strings(texts: Sequence[str], uses: int) -> bytes:
    """The table of texts; a record that would be too long goes on in another, between two texts."""
    parts, part = [], pack("<II", uses, len(texts))
    for text in texts:
        coded = text.encode("utf-16-le")
        entry = pack("<HB", len(coded) // 2, 1) + coded
        if len(part) + len(entry) > _RECORD:
            parts.append(part)
            part = b""
        part += entry
    return b"".join(_record(0x003C if number else 0x00FC, data) for number, data in enumerate([*parts, part]))


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream, `Workbook`: header, table of sectors, directory, stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count, tables = len(stream) // _SECTOR, 1
    while tables * 128 < tables + 1 + count:
        tables += 1
    chain = [_FAT] * tables + [_END] + [tables + 2 + number for number in range(count - 1)] + [_END]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    header += pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    root = _entry("Root Entry", 5, 1, _END, 0)
    directory = root + _entry("Workbook", 2, _FREE, tables + 1, len(stream)) + _entry("", 0, _FREE, 0, 0) * 2
    return header + pack(f"<{len(chain)}I", *chain) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le")
    length = len(coded) + 2 if name else 0
    return coded.ljust(64, b"\0") + pack("<HBBIII36xIQ", length, kind, 1, _FREE, _FREE, child, start, size)
