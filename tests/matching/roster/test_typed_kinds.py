"""What is particular to a kind of list: money of several months, households, papers, sums of townships."""

import pytest

from tests.matching.roster.lists import IDS, KINDS, PAID, PAYMENT, codes, sheet

MONITORED = ["姓名", "证件类型", "证件号码", "户编号", "监测对象类别"]


def test_several_rows_of_one_person_are_all_kept_and_equal_ones_told() -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, PAID, [2, *PAID[1:]], [3, *PAID[1:7], 2, 200])
    assert [row.values["amount"] for row in found.rows] == [100, 100, 200]
    assert (codes(found, True), codes(found, False)) == ({}, {3: ["duplicate_row"]})


def test_arrears_corrections_and_what_the_bank_sent_back_are_read() -> None:
    header = [*PAYMENT, "补发月份", "发放性质"]
    found = sheet(
        "SUBSIDY_PAYMENT",
        header,
        [*PAID[:7], 3, 300, "2025年12月-2月", "补发"],
        [*PAID[:6], -100, 1, -100, "", "更正"],
        [*PAID[:8], -100, "2026-02", "退回"],
    )
    said = [(row.values["nature"], row.values["amount"], row.values["for_months"]) for row in found.rows]
    assert said == [
        ("ARREARS", 300, ("2025-12", "2026-01", "2026-02")),
        ("CORRECTION", -100, None),
        ("RETURNED", -100, ("2026-02",)),
    ]
    assert found.problems == ()


def test_an_amount_that_is_not_rate_times_months_is_told_and_used() -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, [*PAID[:8], 90])
    assert (found.rows[0].values["amount"], codes(found, False)) == (90, {2: ["amount_mismatch"]})


@pytest.mark.parametrize(("said", "rows", "told"), [("在保", 1, {}), ("停保", 0, {2: ["not_in_force"]})])
def test_what_a_list_itself_says_is_not_in_force_is_left_out(said: str, rows: int, told: dict[int, list[str]]) -> None:
    found = sheet("SUBSISTENCE_ALLOWANCE", ["姓名", "身份证号", "状态"], ["扎西", IDS[0], said])
    assert (len(found.rows), found.left_out, codes(found, False)) == (rows, 1 - rows, told)


def test_a_merged_household_reaches_down_to_its_members_and_not_to_the_next_household() -> None:
    header = ["姓名", "身份证号", "低保证号", "户主身份证号", "与户主关系"]
    found = sheet(
        "SUBSISTENCE_ALLOWANCE",
        header,
        ["扎西", IDS[0], "DB01", IDS[0], "户主"],
        ["卓玛", IDS[1], "", "", "配偶"],
        ["农布", IDS[2], "", "", "户主"],
        ["拉姆", IDS[3], "DB02", "", "子女"],
    )
    said = [(row.values["household"], row.values["head"]) for row in found.rows]
    assert said == [("DB01", IDS[0]), ("DB01", IDS[0]), (None, IDS[2]), ("DB02", None)]


@pytest.mark.parametrize("label", ["身份证号码", "户主身份证号"])
def test_a_list_that_names_only_heads_of_households_is_about_them(label: str) -> None:
    found = sheet("SUBSISTENCE_ALLOWANCE", ["户主姓名", label, "低保证号", "保障人数"], ["扎西", IDS[0], "DB01", 3])
    assert (found.rows[0].citizen_id, found.rows[0].values["persons"]) == (IDS[0], 3)


@pytest.mark.parametrize(
    ("paper", "number", "citizen_id", "rejected", "told"),
    [
        ("居民身份证", IDS[0], IDS[0], [], []),
        ("残疾人证", f"{IDS[0]}42", IDS[0], [], []),
        ("残疾人证", f"{IDS[0]} 42B1", IDS[0], [], []),
        ("居民身份证", f"{IDS[0]}42", IDS[0], [], []),
        ("残疾人证", IDS[0], IDS[0], [], ["cert_format"]),
        ("残疾人证", f"{IDS[0]}4", None, ["cert_format"], []),
        ("户口簿", "533421001", None, ["id_of_another_paper"], []),
    ],
)
def test_the_kind_of_paper_says_whose_number_it_is(
    paper: str, number: str, citizen_id: str | None, rejected: list[str], told: list[str]
) -> None:
    found = sheet("MONITORED_HOUSEHOLDS", MONITORED, ["扎西", paper, number, "H1", "边缘易致贫户"])
    assert found.rows[0].citizen_id == citizen_id
    assert (codes(found, True).get(2, []), codes(found, False).get(2, [])) == (rejected, told)


def test_the_published_layout_of_a_summary_by_townships_is_read() -> None:
    month = "9月"
    part = ["人数", "补助标准", f"{month}发放金额"]
    care, living = "重度残疾人护理补贴", "困难残疾人生活补贴"
    found = sheet(
        "SUBSIDY_SUMMARY",
        ["德钦县2025年9月残疾人两项补贴发放汇总表"],
        ["序号", "乡镇名称", care, *[""] * 5, living, "", "", "两项补贴合计", "", f"{month}实际发放资金", "备注"],
        ["", "", "一级", "", "", "二级", "", "", *part, "总人数", "应发放金额", "", ""],
        ["", "", *part, *part, *[""] * 7],
        [1, "建塘镇", 10, 100, 1000, 20, 90, 1800, 30, 90, 2700, 60, 5500, 5500, ""],
        [2, "三坝乡", 1, 100, 100, 2, 90, 180, 3, 90, 270, 6, 550, 550, ""],
        ["合计", "", 11, "", 1100, 22, "", 1980, 33, "", 2970, 66, 6050, 6050, ""],
        ["制表人：", "", "审核人："],
    )
    said = [
        (row.values["township"], row.values["care1_persons"], row.values["care2_amount"], row.values["paid"]) for row in found.rows
    ]
    assert said == [("533401101000", 10, 1800, 5500), ("533401202000", 1, 180, 550)]
    assert [row.values["living_persons"] for row in found.rows] == [30, 3]
    assert (found.problems, found.left_out) == ((), 2)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_read_by_its_first_labels(kind: str) -> None:
    header = [column.aliases[0] for column in KINDS[kind].columns.values()]
    assert len(set(header)) == len(header)
    row = [IDS[0] if name == "citizen_id" else "建塘镇" if name == "township" else "" for name in KINDS[kind].columns]
    found = sheet(kind, header, row)
    assert [each.citizen_id for each in found.rows] == [IDS[0] if "citizen_id" in KINDS[kind].columns else None]
