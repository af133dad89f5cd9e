"""Files as they must not be, or only seem to be: each has an outcome with a name, and none stops anything."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from services.kernel.errors import Malformed
from services.matching.policy.problem_words import words_of
from services.matching.roster.typed import TypedSheet, read
from tests.documents.sheets import book, cell, comma, raw
from tests.matching.roster.lists import IDS, KINDS, PLACES, TODAY

HEADER = ["姓名", "身份证号", "低保类别", "起始保障年月"]
KIND = "SUBSISTENCE_ALLOWANCE"


def row(number: int, *others: Any) -> list[Any]:
    """A sound row of the list, with other cells at its end."""
    sound = ["测试", IDS[number], "A", "2024-01"]
    return [*sound[: len(sound) - len(others)], *others]


def taken(data: bytes) -> TypedSheet:
    """What is read of the file."""
    return read(data, KINDS[KIND], PLACES, TODAY, "2026-03", 100)


def with_parts(parts: Mapping[str, bytes]) -> bytes:
    """A sound list whose archive holds more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([HEADER, row(0)]))) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return out.getvalue()


def in_full_width(text: str) -> str:
    """The text as some keyboards type it."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize(
    "data",
    [
        with_parts({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 a macro"}),
        with_parts({"xl/externalLinks/externalLink1.xml": b"<externalLink/>", "more.zip": b"PK"}),
        book([HEADER, row(0)], more=lambda _, page: page.write_formula(1, 2, "=[1]Sheet1!A1", None, "A")),
        book([HEADER, ["测试", in_full_width(IDS[0]), "Ａ", "２０２４年１月"]]),
        book([HEADER, ["测试", f"\u200b{IDS[0][:6]}\u00a0{IDS[0][6:]}\ufeff", "A ", "2024.01"]]),
        book([HEADER, row(0, 45292)]),
        ("\ufeff" + comma([HEADER, row(0)])).encode(),
        comma([HEADER, row(0)]).encode("gb18030"),
        comma([HEADER, row(0)]).encode("utf-16"),
        book([HEADER, row(0)], more=lambda _, page: page.set_row(1, None, None, {"hidden": True})),
    ],
    ids=["macro", "link", "linked formula", "full width", "invisible", "serial day", "BOM", "GB 18030", "UTF-16", "hidden row"],
)
def test_what_is_harmless_changes_nothing(data: bytes) -> None:
    found = taken(data)
    (only,) = found.rows
    assert (only.citizen_id, only.values["class"], only.values["since"], found.problems) == (IDS[0], "A", "2024-01", ())


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (f"{IDS[1]}（代领）", "id_with_text"),
        ("5.33499E+17", "id_not_text"),
        (5.33499199912310e17, "id_not_text"),
        ("", "id_missing"),
        ("#REF!", "id_error"),
    ],
)
def test_an_id_that_a_program_spoiled_is_told_and_never_repaired(typed: Any, code: str) -> None:
    found = taken(book([HEADER, row(0), ["测试", typed, "A", "2024-01"]]))
    assert [(problem.row, problem.code, problem.rejected) for problem in found.problems] == [(3, code, True)]
    assert words_of(code, KINDS[KIND]) != code


def test_totals_and_repeated_headers_are_no_persons() -> None:
    found = taken(book([HEADER, row(0), ["合计", "", "", ""], HEADER, row(1), ["制表人：某某", "", "", ""]]))
    assert ([each.citizen_id for each in found.rows], found.left_out) == ([IDS[0], IDS[1]], 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet_unreadable"),
        (bytes(range(256)) * 4, "sheet_unreadable"),
        ("姓名,身份證號\n測試,533499198001010013\n".encode("big5"), "header_not_found"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "sheet_encrypted"),
        (raw(f"<row r='1'>{cell('A1', '姓名')}{cell('B1', '身份证号')}{cell('BDWGN1', 'x')}</row>"), "sheet_too_large"),
        (book([["x"]], [HEADER, row(0)], hide=[1]), "sheet_hidden"),
        (book([HEADER, row(0)], [HEADER, row(1)]), "sheets_ambiguous"),
        (book([HEADER, *[row(0)] * 101]), "sheet_too_large"),
        (book([HEADER]), "sheet_empty"),
        (book([[*HEADER, "乡镇"], *([*row(number), "塔城镇"] for number in range(3))]), "roster_of_another_county"),
    ],
    ids=[
        "empty",
        "bytes",
        "Big5",
        "encrypted",
        "a million columns",
        "hidden sheet",
        "two lists",
        "too long",
        "header alone",
        "another county",
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        taken(data)
    assert refused.value.code == code


def test_a_day_counted_from_1904_is_the_day_that_was_meant() -> None:
    def since_1904(made: Any, page: Any) -> None:
        made.date_1904 = True
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        page.write_number(1, 3, (date(2024, 1, 1) - date(1904, 1, 1)).days, day)

    (only,) = taken(book([HEADER, row(0, "")], more=since_1904)).rows
    assert only.values["since"] == "2024-01"
