"""Sheets as people and their programs make them: the list is found and read, or the file is refused by name."""

from datetime import date
from typing import Any

import pytest

from services.documents.sheet_cell import Text
from services.documents.sheet_header import Column
from services.documents.sheet_process import Limits
from services.documents.sheet_reader import opened
from services.kernel.errors import Malformed
from tests.documents.sheets import HEADER, book, cell, comma, raw

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
