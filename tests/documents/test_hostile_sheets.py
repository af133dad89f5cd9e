"""Files that nobody meant well: whatever their bytes, each is read or refused by name, within the limits of time and memory.

The files follow from a seed (`SEED=` for others, `SHEETS=` for more of them). They are grown from sound ones: csv in odd encodings, xlsx
whose parts lie (sizes, places, types, styles, repetitions), bytes turned over in xlsx and xls, archives that are none.
"""

import io
import os
import random
import resource
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.documents.sheet_cell import Text, money, text
from services.documents.sheet_header import Column
from services.documents.sheet_process import Limits
from services.documents.sheet_reader import opened
from services.kernel.errors import Malformed
from tests.documents.sheets import HEADER, NAMES, book, comma, packed

SEED, SHEETS = int(os.environ.get("SEED", "20211214")), int(os.environ.get("SHEETS", "60"))
LIMITS = Limits(memory=1 << 30, cpu=10, waiting=120.0)
CODES = {
    "read",
    "sheet_unreadable",
    "sheet_encrypted",
    "sheet_too_large",
    "sheet_empty",
    "sheet_hidden",
    "sheets_ambiguous",
    "header_not_found",
    "header_ambiguous",
    "header_heading_unknown",
}
COLUMNS = {"citizen_id": Column(("身份证号",), required=True), "amount": Column(("金额",)), "name": Column(("姓名",))}
ODD = (
    "",
    " ",
    "\u200b",
    "\ufeff",
    "⻢",
    "\u202e",
    "\U0010ffff",
    "=1+1",
    "0" * 400,
    "1e999",
    "-0",
    "１，００",
    "_x0000_",
    "&#0;",
    "<c>",
)
ROWS = ("1", "2", "1048576", "0", "x", "99999999999")


def odd_text(dice: random.Random) -> str:
    """Some characters of every kind."""
    some = [dice.choice(ODD) for _ in range(dice.randrange(3))]
    some += [chr(dice.randrange(0xD800)) for _ in range(dice.randrange(6))]
    return "".join(some)


def odd_csv(dice: random.Random) -> bytes:
    """Lines of odd cells, in an encoding that may not fit, with quotes and ends of lines as they fall."""
    lines = [HEADER, *([odd_text(dice) for _ in range(dice.randrange(5))] for _ in range(dice.randrange(20)))]
    encoding = dice.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32", "big5", "latin-1"))
    data = comma(lines, dice.choice(("\r", "\n", "\r\n")), dice.choice(",\t;|")).encode(encoding, "replace")
    at = dice.randrange(len(data))
    return data[:at] + dice.choice((b"", b'"', b"\x00", b"\xff", b"\r", b'"' * 3)) + data[at:]


def odd_cell(dice: random.Random) -> str:
    """One cell as XML, whose place, type, style and value need not agree."""
    place = dice.choice(("", "A1", "XFD1048576", "CV1000000", "ZZZZ99999999", "A0", "1A", "-1", f"B{dice.randrange(1, 400)}"))
    kind = dice.choice(("", "s", "str", "inlineStr", "b", "e", "d", "n", "zz"))
    value = dice.choice(("", "0", "1", "-1", "4294967296", "1e308", "NaN", "2026-01-01", "#REF!", "x" * 2000, "13900000002"))
    inner = dice.choice((f"<v>{value}</v>", f"<is><t>{value}</t></is>", f"<f>{value}</f>", f"<v><v>{value}</v>", ""))
    return f'<c r="{place}" t="{kind}" s="{dice.choice(("0", "1", "99999", "-1"))}">{inner}</c>'


def odd_rows(dice: random.Random) -> bytes:
    """An xlsx whose sheet holds rows of such cells, in any order."""
    rows = ""
    for _ in range(dice.randrange(1, 12)):
        rows += f'<row r="{dice.choice(ROWS)}">{"".join(odd_cell(dice) for _ in range(dice.randrange(6)))}</row>'
    return packed({"xl/worksheets/sheet1.xml": f"<worksheet xmlns='{NAMES}'><sheetData>{rows}</sheetData></worksheet>".encode()})


def odd_parts(dice: random.Random) -> bytes:
    """An xlsx one of whose parts is another's, is torn, is empty, or is very long when unpacked."""
    part = dice.choice(
        ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels")
    )
    deep = b"<a>" * 50_000
    entity = b"<!DOCTYPE a [<!ENTITY b 'cc'>" + b"".join(
        f"<!ENTITY b{n} '{f'&b{n - 1 or str()};' * 9}'>".encode() for n in range(1, 9)
    )
    torn = book([HEADER])[: dice.randrange(200, 900)]
    return packed(
        {part: dice.choice((b"", deep, entity + b"]><a>&b8;</a>", torn, b"\x00" * 300_000, b"<sst count='4294967295'/>"))}
    )


def turned_over(dice: random.Random) -> bytes:
    """A sound xlsx or xls, or something that begins like an xls, with some bytes that are others, or cut off."""
    made = (book([HEADER, ["533499198001010013", 210]]), Path(__file__).with_name("cells.xls").read_bytes(), old_form(dice))
    sound = bytearray(dice.choice(made))
    for _ in range(dice.randrange(1, 30)):
        sound[dice.randrange(len(sound))] = dice.randrange(256)
    return bytes(sound[: dice.randrange(len(sound) // 2, len(sound) + 1)])


def old_form(dice: random.Random) -> bytes:
    """A compound file as xls files are: its tables of sectors lead in circles, or far outside."""
    head = struct.pack("<8s16sHHHHH6s", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"")
    sectors = [dice.choice((0, 1, 2, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFF)) for _ in range(118)]
    head += struct.pack("<9I", 0, 1, dice.randrange(3), 0, 4096, dice.randrange(3), 1, dice.randrange(3), 0)
    entry = "Workbook".encode("utf-16-le").ljust(64, b"\x00") + struct.pack("<HBB", 18, 2, 1) + struct.pack("<3I", 0, 0, 0)
    body = b"".join(struct.pack("<HH", dice.choice((0x809, 0x85, 0x203, 0xFC, 0xA)), dice.randrange(9000)) for _ in range(200))
    return head.ljust(76, b"\x00") + struct.pack("<118I", *sectors) + entry.ljust(512, b"\x00") + body


def archive(dice: random.Random) -> bytes:
    """An archive of many parts, or of few that unpack to much; no workbook is in it, or one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(dice.choice((1, 3, 2500))):
            made.writestr(f"xl/{number}.xml", b"0" * dice.choice((0, 1, 40_000)))
    return out.getvalue() + dice.randbytes(dice.randrange(40))


GROWN: tuple[Callable[[random.Random], bytes], ...] = (odd_csv, odd_rows, odd_parts, turned_over, archive)


def outcome(data: bytes) -> tuple[str, str]:
    """What becomes of a file, by code and sentence; what is read of it is what cells may be."""
    try:
        with opened(data, COLUMNS, 1000, LIMITS) as table:
            for _, cells in table.lines:
                for cell in cells:
                    assert type(cell) in (str, Text, int, float, bool) or isinstance(cell, date)
                    assert text(text(cell)) == text(cell)
                    assert isinstance(money(cell), Decimal | None)
    except Malformed as refused:
        return refused.code, refused.detail
    return "read", "-"


@pytest.mark.parametrize("kind", GROWN, ids=lambda kind: str(kind.__name__))
def test_a_hostile_file_is_read_or_refused_by_name_within_its_limits(kind: Callable[[random.Random], bytes]) -> None:
    dice, before = random.Random(f"{SEED}/{kind.__name__}"), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(max(1, SHEETS // len(GROWN))):
        data, began = kind(dice), time.monotonic()
        code, detail = outcome(data)
        assert code in CODES, f"file {number} of {SEED}"
        assert detail
        assert time.monotonic() - began < LIMITS.waiting + 10, "nobody waits for longer"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes, of the process that serves people"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < LIMITS.memory >> 10
