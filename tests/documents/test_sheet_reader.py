"""Sheets as people and their programs make them: the list is found and read, or the file is refused by name."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.documents.sheet_cell import Text
from services.documents.sheet_header import Column
from services.documents.sheet_process import Limits
from services.documents.sheet_reader import opened
from services.kernel.errors import Malformed
from tests.documents.sheets import HEADER, NAMES, book, cell, comma, packed, raw

COLUMNS = {"citizen_id": Column(("身份证号",), required=True), "amount": Column(("金额",))}
ROW = ["533499198001010013", 210]
Lines = list[tuple[int, list[Any]]]


def read(data: bytes, max_rows: int = 100, limits: Limits = Limits()) -> tuple[Lines, tuple[str, ...]]:
    """The lines below the header, and what is reported of the file."""
    with opened(data, COLUMNS, max_rows, limits) as table:
        return [(number, list(cells)) for number, cells in table.lines], table.notes


def refused(data: bytes, max_rows: int = 100, limits: Limits = Limits()) -> str:
    """The code of its refusal."""
    with pytest.raises(Malformed) as refusal:
        read(data, max_rows, limits)
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_read_in_the_encodings_and_with_the_delimiters_that_programs_save(encoding: str, delimiter: str) -> None:
    text = comma([HEADER, ["533499198001010013", "210"]], delimiter=delimiter)
    assert read(text.encode(encoding)) == ([(2, ["533499198001010013", "210"])], ())


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_any_kind_of_line_end_ends_a_record_and_one_in_quotes_does_not(end: str) -> None:
    text = comma([HEADER, ["1", f"a{end}b"], ["2", "c"]], end)
    assert read(text.encode())[0] == [(2, ["1", "a b"]), (3, ["2", "c"])]


@pytest.mark.parametrize("line", ['"1,2', '1,"2', '"1"x,2', '1,"2\n3,"4'])
def test_a_quote_without_its_pair_swallows_no_rows(line: str) -> None:
    assert refused(f"身份证号,金额\n3,4\n{line}\n5,6\n".encode()) == "sheet_unreadable"


def test_what_only_has_the_name_of_a_sheet_is_refused() -> None:
    for data in (
        b"",
        b"x",
        b"<html><table><tr><td>1,2",
        b"a,b\x00c",
        "没有分隔".encode(),
        b"PK\x03\x04" + b"," * 100,
        b"\xff\xfea",
    ):
        assert refused(data) == "sheet_unreadable"
    with pytest.raises(Malformed, match="另存为xlsx"):
        read("\ufeff <html><table><tr><td>身份证号,金额".encode())
    assert refused(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le")) == "sheet_encrypted"
    assert refused(comma([["甲", "乙"]]).encode()) == "header_not_found"
    assert refused(book([[]])) == refused(book([["\u200b", " "]])) == "sheet_empty"


def test_a_number_reads_as_it_looks_and_a_day_is_a_day() -> None:
    def more(made: Any, page: Any) -> None:
        page.write_row(1, 0, [13900000002.0, 53349, 0.5, True])
        page.write_datetime(1, 4, date(2026, 1, 2), made.add_format({"num_format": "yyyy-mm-dd"}))

    [(number, cells)] = read(book([HEADER], more=more))[0]
    assert (number, cells) == (2, [13900000002, 53349, 0.5, True, date(2026, 1, 2)])
    assert [type(found) for found in cells] == [int, int, float, bool, date]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mmm-yy", "2031-12"),
        ('yyyy"年"m"月";@', "2031-12"),
        ("[$-804]e\\年m\\月", "2031-12"),
        ("yyyy", "2031"),
        ("d-mmm", "12-05"),
        ('m"月"d"日"', "12-05"),
        ("dddd", "0:00"),
        ("h:mm", "0:00"),
        ("yy-m-d", date(2031, 12, 5)),
        ("[$-F800]dddd, mmmm dd, yyyy", date(2031, 12, 5)),
        ("yyyy-mm-dd h:mm", date(2031, 12, 5)),
    ],
)
@pytest.mark.parametrize("epoch", [1900, 1904])
def test_of_a_day_a_cell_says_what_its_format_shows(code: str, shown: Any, epoch: int) -> None:
    def more(made: Any, page: Any) -> None:
        page.date_1904 = made.date_1904 = epoch == 1904
        page.write_datetime(1, 1, date(2031, 12, 5), made.add_format({"num_format": code}))
        page.write_number(2, 1, 210.5, made.add_format({"num_format": '0.00"年/月"'}))

    assert read(book([HEADER, ["1"], ["2"]], more=more))[0] == [(2, ["1", shown]), (3, ["2", 210.5])]


@pytest.mark.parametrize(("number", "shown"), [(14, date(2031, 12, 1)), (17, "2031-12"), (57, "2031-12"), (58, "12-01")])
def test_formats_that_have_a_number_alone_are_known(number: int, shown: Any) -> None:
    styles = f"<styleSheet xmlns='{NAMES}'><cellXfs><xf numFmtId='0'/><xf numFmtId='{number}'/></cellXfs></styleSheet>"
    sheet = (
        "<row><c t='inlineStr'><is><t>身份证号</t></is></c></row><row><c s='1'><v>48183</v></c><c s='1' t='str'><v>a</v></c></row>"
    )
    parts = {
        "xl/styles.xml": styles,
        "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{NAMES}'><sheetData>{sheet}</sheetData></worksheet>",
    }
    assert read(packed({name: text.encode() for name, text in parts.items()}))[0] == [(2, [shown, "a"])]


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        ('<c r="C2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="C2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="C2"><f>1+1</f><v></v></c>', "#NOT_CALCULATED!"),
        ('<c r="C2"><f>1+1</f></c>', "#NOT_CALCULATED!"),
        ('<c r="C2"><f t="shared" si="0"/></c>', "#NOT_CALCULATED!"),
        ('<x:c xmlns:x="{names}" r="C2"><x:f>1+1</x:f><x:v/></x:c>', "#NOT_CALCULATED!"),
        ('<c r="C2" t="str"><f>IF(A1,"","")</f><v></v></c>', ""),
        ('<c r="C2"><v/></c>', ""),
        ('<c r="C2" t="n"><f>1+1</f><v>2</v></c>', 2),
    ],
)
def test_an_error_and_a_formula_that_nothing_has_calculated_are_not_empty(faulty: str, said: Any) -> None:
    data = raw(f"<row r='1'>{cell('A1', '身份证号')}</row><row r='2'>{cell('A2', '1')}{faulty.format(names=NAMES)}</row>")
    assert read(data)[0] == [(2, ["1", "", said] if said != "" else ["1"])]


@pytest.mark.parametrize("name", ["cells.xls", "cells_1904.xls"])
def test_an_xls_file_is_read_as_an_xlsx_is(name: str) -> None:
    """Files that LibreOffice saved as Excel 97, of days in several formats, an error, formulas, a hidden sheet."""
    assert read(Path(__file__).with_name(name).read_bytes()) == (
        [
            (2, ["533499198001010013", 210.3, date(2031, 12, 1), 13900000003]),
            (3, ["533499199012310024", "210", "2031-12", "13900000004"]),
            (4, ["533499196507150030", True, "03-05"]),
            (5, ["533499201005050041", "#N/A", "2031-12", 0.5]),
            (6, ["533499197203180059", 101, datetime.fromisoformat("2031-12-01T10:30")]),
            (7, ["533499195509090065", "", "2031"]),
        ],
        ("hidden_sheet_ignored",),
    )


def test_another_format_in_the_same_archive_is_refused_with_what_to_do() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(Malformed, match="另存为xlsx"):
        read(out.getvalue())


def test_a_text_is_cleaned_and_says_so_when_its_letters_were_exchanged() -> None:
    [(_, cells)] = read(book([["身份\u200b证号\ufeff"], ["\u00a0扎西\u200b ‧\u3000顿珠\n", "⻢⼀", "ＡＢ１"]]))[0]
    assert cells == ["扎西 ‧ 顿珠", "马一", "AB1"]
    assert [getattr(found, "written", None) for found in cells] == [None, "⻢⼀", None]
    assert isinstance(cells[1], Text)


def test_content_counts_and_not_how_far_a_sheet_extends() -> None:
    far = raw(
        f"<row r='1'>{cell('A1', '身份证号')}</row><row r='3'>{cell('A3', '1')}</row><row r='1048576'>{cell('C1048576', ' ')}</row>"
    )
    assert read(far, max_rows=1) == ([(3, ["1"])], ())
    assert refused(book([HEADER, ["1"], ["2"]]), max_rows=1) == "sheet_too_large"


@pytest.mark.parametrize("last", ["XFD1048576", "CV1000000"])
def test_an_extent_that_no_memory_holds_ends_only_the_process_that_reads(last: str) -> None:
    data = raw(f"<row r='1'>{cell('A1', '身份证号')}</row><row>{cell(last, '1')}</row>")
    assert len(data) < 6000
    assert refused(data) == "sheet_too_large"


def test_a_reader_out_of_time_is_ended() -> None:
    assert refused(book([HEADER, ROW]), limits=Limits(waiting=0.0)) == "sheet_too_large"


def test_only_what_people_see_is_read_and_what_is_passed_over_is_told() -> None:
    other = [["填表说明"], ["请勿修改"]]
    assert read(book(other, [HEADER, ROW])) == ([(2, ROW)], ("other_sheet_ignored",))
    assert read(book([HEADER, ["9"]], [HEADER, ROW], hide=[0])) == ([(2, ROW)], ("hidden_sheet_ignored",))
    assert read(book([], [HEADER, ROW])) == ([(2, ROW)], ())
    assert refused(book([HEADER, ROW], other, hide=[0])) == "sheet_hidden"
    assert refused(book([HEADER, ROW], [HEADER, ROW])) == "sheets_ambiguous"
    assert refused(book(other, other)) == "header_not_found"
    assert refused(book(*[[HEADER]] * 65)) == "sheet_too_large"
