"""Headers as people make them: rows, merged cells, groups. A column is found once and for the right person, or the file is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.policy.load import load_policy
from services.documents.sheet_header import Column, beside_data, header, header_again
from services.documents.sheet_reader import opened
from services.documents.sheet_words import meanings, plain
from services.kernel.errors import Malformed
from services.matching.policy.load import load_policy as matching_policy

ROSTER = {row.id: row.value for row in load_policy().columns.rows}
KINDS = {row.id: row.value.columns for row in matching_policy().rosters.rows}
PAYMENT: dict[str, Column] = {
    name: KINDS["SUBSIDY_PAYMENT"][name] for name in ("citizen_id", "subsidy", "rate", "months", "amount")
}
LIST: dict[str, Column] = {name: KINDS["SUBSISTENCE_ALLOWANCE"][name] for name in ("citizen_id", "outcome")}


def lines(*rows: str) -> list[list[str]]:
    """Rows of cells, written with | between them."""
    return [row.split("|") for row in rows]


def refusal(columns: dict[str, Column], *rows: str) -> Malformed:
    """Why a sheet is refused."""
    with pytest.raises(Malformed) as refused:
        header(lines(*rows), columns)
    return refused.value


@pytest.mark.parametrize(
    ("columns", "rows", "last", "places"),
    [
        # The agent stands behind a group of his own, below or above the labels, or before the holder.
        (
            PAYMENT,
            ("残疾人|身份证号|发放||代领人|", "||补贴种类|发放金额|姓名|身份证号"),
            1,
            {"citizen_id": 1, "subsidy": 2, "amount": 3},
        ),
        (
            PAYMENT,
            ("代领人||残疾人||补贴|", "姓名|身份证号|姓名|身份证号|补贴种类|金额"),
            1,
            {"citizen_id": 3, "subsidy": 4, "amount": 5},
        ),
        (
            PAYMENT,
            ("姓名||身份证号||补贴种类|金额", "代领人|残疾人|代领人|残疾人||"),
            1,
            {"citizen_id": 3, "subsidy": 4, "amount": 5},
        ),
        # The guardian's name and phone are his, however many rows the header has.
        (
            ROSTER,
            ("残疾人证名册", "姓名|身份证号|残疾人证号|有效期至|监护人|", "||||姓名|联系电话"),
            2,
            {"name": 0, "citizen_id": 1, "number": 2, "valid_to": 3},
        ),
        (
            ROSTER,
            ("基本信息||证件||监护人信息|", "姓名|身份证号|残疾人证号|有效期至|姓名|电话|联系电话"),
            1,
            {"name": 0, "citizen_id": 1, "number": 2, "valid_to": 3},
        ),
        (
            ROSTER,
            ("残疾人|||残疾人证||", "姓名|性别|身份证|残疾人证号|有效期|", "||号码||起|止"),
            2,
            {"name": 0, "sex": 1, "citizen_id": 2, "number": 3, "valid_from": 4, "valid_to": 5},
        ),
        (
            ROSTER,
            ("一、残疾人基本情况登记||（二）残疾人证信息||", "姓名|身份证号|残疾人证号|有效期至|证件状态"),
            1,
            {"name": 0, "citizen_id": 1, "number": 2, "valid_to": 3, "status": 4},
        ),
        # What is said of the sheet is no heading.
        (
            ROSTER,
            ("维西县残疾人证名册|||2026年3月", "填报单位：维西县残联|||", "姓名|身份证号|残疾人证号|有效期至"),
            2,
            {"name": 0, "citizen_id": 1, "number": 2, "valid_to": 3},
        ),
        # On a list of households the head is the person of the row, members are not.
        (LIST, ("户主信息||家庭成员|", "姓名|身份证号码|姓名|身份证号码"), 1, {"citizen_id": 1}),
        (LIST, ("户主||家庭成员|", "姓名|身份证号码|姓名|证件号码"), 1, {"citizen_id": 1}),
    ],
)
def test_a_column_is_qualified_by_the_headings_above_it(
    columns: dict[str, Column], rows: Sequence[str], last: int, places: dict[str, int]
) -> None:
    assert header(lines(*rows, "|".join("x" * 5)), columns) == (last, places, [])


def test_merged_cells_of_a_workbook_are_read_as_people_see_them() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 6, "2026年1月残疾人两项补贴发放花名册")
        for place, label in enumerate(("序号", "身份证号", "补贴类型")):
            page.merge_range(1, place, 2, place, label)
        page.merge_range(1, 3, 1, 4, "发放情况")
        page.merge_range(1, 5, 1, 6, "代领人信息")
        page.write_row(2, 3, ["月标准", "金额", "姓名", "身份证号"])
        page.write_row(3, 0, ["1", "x", "生活补贴", 90, 90, "y", "z"])
    with opened(out.getvalue(), PAYMENT, 10) as table:
        assert table.places == {"citizen_id": 1, "subsidy": 2, "rate": 3, "amount": 4}
        assert [number for number, _ in table.lines] == [4]


def test_two_columns_that_fit_refuse_the_file_by_name() -> None:
    twice = refusal(ROSTER, "姓名|身份证号|身份证号码|残疾人证号|有效期至")
    assert (twice.code, twice.detail[:47]) == (
        "header_ambiguous",
        "“身份证号”对应不止一列：B列“身份证号”、C列“身份证号码”；请只保留一列，或在上方表头写明是谁的"[:47],
    )
    below = refusal(PAYMENT, "残疾人||护理补贴||生活补贴|", "姓名|身份证号|补贴种类|金额|补贴种类|金额")
    assert (below.code, "C列“护理补贴/补贴种类”、E列“生活补贴/补贴种类”" in below.detail) == ("header_ambiguous", True)
    assert refusal(ROSTER, "姓名|身份证号|残疾人证号|有效期至|联系电话|手机号码").code == "header_ambiguous"


def test_a_column_of_persons_under_an_unknown_heading_refuses_the_file() -> None:
    whose = refusal(ROSTER, "||||送件人|", "姓名|身份证号|残疾人证号|有效期至|备注|联系电话")
    assert (whose.code, whose.detail.startswith("F列“送件人/联系电话”：")) == ("header_heading_unknown", True)
    reaches = refusal(ROSTER, "||||监护人||", "姓名|身份证号|残疾人证号|有效期至|姓名|联系电话|证件状态")
    assert (reaches.code, "G列“监护人/证件状态”" in reaches.detail) == ("header_heading_unknown", True)


def test_a_missing_column_is_named_in_chinese_with_what_was_found_instead() -> None:
    other = refusal(ROSTER, "残疾人证名册", "姓名|证件号|残疾人证号|有效期至")
    assert other.code == "header_not_found"
    assert "没有“身份证号”（也可写作身份证号码、" in other.detail
    assert other.detail.endswith("第2行的表头是：姓名、证件号、残疾人证号、有效期至")
    agents = refusal(PAYMENT, "代领人||发放|", "姓名|身份证号|补贴种类|金额")
    assert "B列“代领人/身份证号”是他人的" in agents.detail
    assert refusal(PAYMENT, "甲|乙", "1|2").detail == "前15行中没有表头：应有“身份证号”、“补贴类型”、“金额”"
    assert "533499" not in refusal(ROSTER, "姓名|533499198001010013|x").detail


@given(
    st.lists(
        st.lists(st.sampled_from(["", "姓名", "身份证号", "残疾人证号", "有效期至", "监护人", "残疾人", "别的", "1"]), max_size=6),
        max_size=6,
    )
)
def test_any_rows_give_each_column_once_or_a_named_refusal(rows: list[list[str]]) -> None:
    last, places, refused = 0, dict[str, int](), None
    try:
        last, places, unclear = header(rows, ROSTER)
        assert not set(unclear) & set(places)
    except Malformed as why:
        refused = why
    if refused is None:
        assert last < len(rows)
        assert len(set(places.values())) == len(places)
        assert {name for name, column in ROSTER.items() if column.required} <= set(places)
    else:
        assert (refused.code in {"header_not_found", "header_ambiguous", "header_heading_unknown"}, bool(refused.detail)) == (
            True,
            True,
        )


CARD = "姓名|身份证号|残疾人证号|有效期至"


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("监护人|联系电话", None),
        ("监护人姓名|与残疾人关系|性别|联系电话", None),
        ("监护人|监护人身份证号||联系电话", None),
        ("村干部|手机号", None),
        ("紧急联系人|联系方式", None),
        ("监护人|监护人电话|联系电话", 6),
        ("联系电话|监护人|监护人联系电话", 4),
        ("监护人|联系电话|本人电话", 6),
        ("监护人|联系电话|本人联系电话", 6),
        ("联系电话|监护人|联系电话", 4),
        ("监护人|乡镇|联系电话", 6),
        ("与户主关系|联系电话", 5),
    ],
)
def test_a_phone_beside_another_persons_name_is_nobodys_until_a_label_says_whose(more: str, place: int | None) -> None:
    _, places, unclear = header(lines(f"{CARD}|{more}", "|".join("x" * 9)), ROSTER)
    assert places.get("phone") == place
    assert ("phone" in unclear) == (place is None)


def test_a_county_says_whose_a_column_is_beside_another_persons_name() -> None:
    columns = ROSTER | {"phone": replace(ROSTER["phone"], own=("监护人",))}
    assert header(lines(f"{CARD}|监护人|联系电话"), columns)[1]["phone"] == 5
    assert header(lines("户主姓名|与户主关系|身份证号码"), LIST)[1] == {"citizen_id": 2}


@pytest.mark.parametrize("group", ["基本信息", "残疾人基本情况"])
def test_a_heading_over_both_does_not_say_whose_they_are(group: str) -> None:
    rows = lines(f"{group}|||||", f"{CARD}|监护人|联系电话")
    assert header(rows, ROSTER)[2] == ["phone"]
    assert header(lines("残疾人||||监护人|联系方式", f"{CARD}|姓名|联系电话"), ROSTER)[1]["phone"] == 5


@pytest.mark.parametrize("rows", ["代领人|身份证号|补贴类型|金额", "户名|与户主关系|公民身份号码|补贴类型|金额"])
def test_an_id_beside_another_persons_name_refuses_the_file(rows: str) -> None:
    refused = refusal(PAYMENT, rows)
    assert refused.code == "header_heading_unknown"
    assert "如“本人身份证号”" in refused.detail


def test_totals_and_signatures_are_told_by_the_first_word_of_a_row_without_id() -> None:
    places = {"citizen_id": 1}
    for first in ("合计", "总 计", "制表人：甲", "审核：乙", "注：丙", "（公章）"):
        assert beside_data([first, "", "x"], places)
    for row in (["合计", "x", ""], ["1", "", "审核未通过"], ["某人", "", "合计"], ["", "", ""]):
        assert not beside_data(row, places)
    assert header_again(["姓名", "身份证 号"], places, ROSTER)
    assert not header_again(["姓名", "x"], places, ROSTER)
    assert not header_again(["", "姓名"], places | {"name": 0}, ROSTER), "a word where an id belongs is a row to be told of"
    with pytest.raises(Malformed, match="header_changes"):
        header_again(["身份证号", "姓名"], places, ROSTER)
    with pytest.raises(Malformed, match="header_changes"):
        header_again(["姓名", "身份证号", "有效期至"], places | {"valid_from": 2}, ROSTER)


def test_a_word_has_a_meaning_as_a_whole_and_one_only() -> None:
    status = meanings(load_policy().cell_words, "status", date(2026, 3, 2), "533423")
    assert (status["冻结"], status.get("未冻结")) == ("FROZEN", None)
    words = [(row.id.rpartition(".")[0], plain(word)) for row in load_policy().cell_words.rows for word in row.value.words]
    assert len(set(words)) == len(words)
