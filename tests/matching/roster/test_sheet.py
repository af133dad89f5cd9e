"""Reading sheets: any bytes give rows or a named refusal; money and ids are never guessed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.sandbox.sheets import workbook
from services.documents.sheet_cell import money
from services.documents.sheet_words import meanings
from services.kernel.errors import Malformed
from services.matching.policy.load import load_policy
from services.matching.roster import sheet
from services.matching.vocabulary import RosterKind, Subsidy

TODAY = date(2026, 3, 2)
ID = "533499198001010013"
COLUMNS = {
    kind: {row.id.partition(".")[2]: row.value for row in load_policy().columns.rows if row.id.startswith(kind.value)}
    for kind in (RosterKind.SUBSISTENCE_ALLOWANCE, RosterKind.SUBSIDY_PAYMENT)
}

WORDS = {
    kind: sheet.CellWords(
        *(meanings(load_policy().cell_words, f"{kind}.{column}", TODAY, "533401") for column in ("subsidy", "outcome"))
    )
    for kind in COLUMNS
}
MORE = ["", "533499199012310024", "533499196507150030", "533499201005050041", "533499197203180059"]
HEADER = ["姓名", "身份证号", "补贴类型", "月标准", "月数", "金额"]


def read(data: bytes, kind: RosterKind = RosterKind.SUBSIDY_PAYMENT) -> sheet.Sheet:
    """A sheet of up to a hundred rows."""
    return sheet.read(data, kind, COLUMNS[kind], WORDS[kind], TODAY, 100)


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_a_sheet_or_a_named_refusal(data: bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        read(data)
    assert refusal.value.code in {"sheet_unreadable", "sheet_too_large", "sheet_empty", "header_not_found"}


@given(st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.none())
def test_money_has_two_places_and_is_positive_or_it_is_none(cell: Any) -> None:
    value = money(cell)
    assert value is None or (0 < value < 10_000_000 and value == value.quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        (100, "100.00"),
        (100.5, "100.50"),
        ("1,234.50", "1234.50"),
        ("９０．５元", "90.50"),
        ("￥90", "90.00"),
        ("٩٠", None),
        ("90²", None),
        ("①", None),
        ("90元", "90.00"),
        ("", None),
        ("九十", None),
        (0, None),
        (-1, None),
        ("1.005", None),
        (210.29999999999998, "210.30"),
        ("210.29999999999998", "210.30"),
        (1.005, None),
        ("1,00", None),
        ("1,23,456", None),
        (True, None),
        (float("nan"), None),
        (1e9, None),
    ],
)
def test_amounts_are_read_as_written_or_not_at_all(cell: Any, yuan: str | None) -> None:
    assert money(cell) == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize("alias", ["身份证号", "身 份\n证 号", "公民身份号码", "证件号码*"])
def test_columns_are_found_by_any_of_their_names_wherever_they_stand(alias: str) -> None:
    data = workbook(["备注", "金额（元）", alias, "补贴种类"], [["", 100, ID, "困难残疾人生活补贴"]])
    assert read(data).rows == (sheet.Row(3, ID, Subsidy.LIVING, Decimal("100.00")),)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (533499198001010013.0, "id_not_text"),
        ("", "id_missing"),
        ("5334991980010100", "id_length"),
        ("533499198001010014", "id_checksum"),
        ("53349920990101001X", "id_birthdate"),
    ],
)
def test_a_bad_id_is_refused_by_name_and_never_repaired(cell: Any, code: str) -> None:
    data = workbook(["身份证号", "补贴类型", "金额"], [[cell, "生活补贴", 100], [ID, "生活补贴", 100]])
    found = read(data)
    assert (found.rows, found.problems) == ((sheet.Row(4, ID, Subsidy.LIVING, Decimal("100.00")),), (sheet.Problem(3, code),))


def test_an_id_typed_with_spaces_quotes_or_full_width_is_the_same_id() -> None:
    data = workbook(["户主姓名", "身份证号码"], [["甲", "'５３３４99 19800101 0013"], ["合计", ""], ["审核人：某", ""]])
    assert read(data, RosterKind.SUBSISTENCE_ALLOWANCE).rows == (sheet.Row(3, ID),)


@pytest.mark.parametrize(
    ("kind", "header", "row", "yes", "no"),
    [
        (RosterKind.SUBSIDY_PAYMENT, ["发放状态", "补贴类型", "金额"], ["生活补贴", 100], "发放成功", "退回"),
        (RosterKind.SUBSISTENCE_ALLOWANCE, ["状态"], [], "在保", "停保"),
    ],
)
def test_a_row_that_says_it_was_not_paid_is_left_out_and_told(
    kind: RosterKind, header: list[str], row: list[Any], yes: str, no: str
) -> None:
    said = [yes, "", no, f"未{no}", "合计"]
    data = workbook(["身份证号", *header], [[ID if n < 1 else MORE[n], each, *row] for n, each in enumerate(said)])
    found = read(data, kind)
    assert ([one.number for one in found.rows], found.left_out) == ([3, 4], 1)
    problems = {(problem.row, problem.code, problem.rejected) for problem in found.problems}
    assert problems == {(5, "not_in_force", False), (6, "outcome_unknown", True), (7, "outcome_unknown", True)}


def test_a_sheet_with_too_many_rows_is_refused() -> None:
    with pytest.raises(Malformed, match="sheet_too_large"):
        read(workbook(["身份证号", "补贴类型", "金额"], [[ID, "生活补贴", 100]] * 120))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("困难残疾人生活补贴、重度残疾人护理补贴", "two_subsidies"),
        ("生活和护理", "two_subsidies"),
        ("非生活补贴", "subsidy_unknown"),
        ("停发护理补贴", "subsidy_unknown"),
        ("", "subsidy_unknown"),
    ],
)
def test_a_cell_that_is_not_on_the_list_pays_no_subsidy(cell: str, code: str) -> None:
    found = read(workbook(HEADER, [["测试", ID, cell, 90, 1, 90]]))
    assert (found.rows, found.problems) == ((), (sheet.Problem(3, code),))


@pytest.mark.parametrize(
    ("rate", "months", "codes"),
    [
        (90, 1, []),
        ("", "", []),
        (80, 1, ["amount_mismatch"]),
        ("九十", 1, ["rate_invalid"]),
        (90, "1.5", ["months_invalid"]),
        (90, 999, ["months_invalid"]),
        ("?", "?", ["rate_invalid", "months_invalid"]),
    ],
)
def test_what_is_odd_about_an_amount_is_said_and_the_row_is_used(rate: Any, months: Any, codes: list[str]) -> None:
    found = read(workbook(HEADER, [["测试", ID, "护理补贴(一级)", rate, months, 90]]))
    assert found.rows == (sheet.Row(3, ID, Subsidy.CARE, Decimal("90.00")),)
    assert found.problems == tuple(sheet.Problem(3, code, rejected=False) for code in codes)


LINES = st.sampled_from(
    [
        ["测试", ID, "生活", 90, 1, 90],
        ["测试", ID, "护理", 90, 1, 90],
        ["测试", ID, "生活、护理", 90, 1, 90],
        ["测试", 5.3e17, "护理", 90, 1, 90],
        ["测试", "", "护理", 90, 1, 90],
        ["合计", "", "", "", "", 180],
        ["制表人：某"],
        HEADER,
        [""] * 6,
    ]
)


# A process reads each file. Long lists in few of them have every line beside every other one sooner than short lists in many.
FILES = st.lists(LINES, max_size=3) | st.lists(LINES, min_size=20, max_size=60)


@settings(max_examples=30)
@given(FILES)
def test_every_line_of_a_sheet_is_counted_once(lines: list[list[Any]]) -> None:
    rows = [["测试", "533499199012310024", "生活", 90, 1, 90], *lines]
    found = read(workbook(HEADER, rows))
    rejected = {problem.row for problem in found.problems if problem.rejected}
    assert len(found.rows) + len(rejected) + found.left_out == sum(any(cell != "" for cell in line) for line in rows)
    assert not rejected & {row.number for row in found.rows}
