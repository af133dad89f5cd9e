"""Typed rows of lists: each fault of ids, names, places and layouts (domain reference 8.2–8.4) has its treatment, every line is counted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.citizen_id import blind_index, check_digit
from services.kernel.errors import Malformed
from services.matching.policy.rosters import table_of
from services.matching.roster.typed import Kept, who
from tests.matching.roster.lists import IDS, KINDS, PAID, PAYMENT, codes, sheet


def test_a_payment_row_is_typed_and_keeps_no_name_or_number() -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, PAID)
    (row,) = found.rows
    assert (row.number, row.citizen_id, row.name) == (2, IDS[0], "扎西")
    said = {name: value for name, value in row.values.items() if value is not None}
    paid = {"subsidy": "CARE", "rate": Decimal(100), "months": 1, "amount": Decimal(100), "category": "PHYSICAL", "grade": 2}
    assert said == paid
    assert set(row.values) == set(table_of(KINDS["SUBSIDY_PAYMENT"]))
    assert (found.problems, found.left_out, found.rejected) == ((), 0, 0)


def test_what_is_keyed_leads_to_the_person_and_shows_no_number() -> None:
    header = ["姓名", "身份证号", "低保证号", "户主身份证号", "与户主关系"]
    (row,) = sheet("SUBSISTENCE_ALLOWANCE", header, ["卓玛", IDS[1], "DB01", IDS[0], "配偶"]).rows
    kept = Kept(KINDS["SUBSISTENCE_ALLOWANCE"], "a site's key")
    values = dict(zip(kept.names, kept.values(row), strict=True))
    assert values["head"] == blind_index("a site's key", IDS[0])
    assert values["household"] == blind_index("a site's key", "DB01") != blind_index("another key", "DB01")
    assert not {"DB01", *IDS} & set(map(str, values.values()))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (533499198001010013.0, "id_not_text"),
        (533499198001010013, "id_not_text"),
        ("5.33E+17", "id_not_text"),
        (IDS[0][:-1], "id_length"),
        ("533499800101001", "id_length"),
        (IDS[0][:-1] + "4", "id_checksum"),
        (f"53349919901331002{check_digit('53349919901331002')}", "id_birthdate"),
        ("", "id_missing"),
        ("#N/A", "id_error"),
        (f"{IDS[0]}（代领人）", "id_with_text"),
    ],
)
def test_an_id_that_cannot_be_read_is_no_id_and_the_row_stays_for_whoever_links_it(typed: Any, code: str) -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, [1, "扎西", typed, *PAID[3:]])
    assert codes(found, True) == {2: [code]}
    assert [(row.citizen_id, row.name) for row in found.rows] == [(None, "扎西")]
    assert found.rejected == 1


@pytest.mark.parametrize(
    "typed",
    [
        f"'{IDS[0]}",
        f" {IDS[0]}\u00a0",
        f"{IDS[0]}\n",
        f"{IDS[0][:6]} {IDS[0][6:]}",
        "５３３４９９１９８００１０１００１３",
        f"\u200b{IDS[0]}",
    ],
)
def test_how_an_id_is_typed_changes_nothing(typed: str) -> None:
    assert sheet("SUBSIDY_PAYMENT", PAYMENT, [1, "扎西", typed, *PAID[3:]]).rows[0].citizen_id == IDS[0]


@pytest.mark.parametrize(
    ("category", "grade", "both"),
    [
        ("肢体残疾", "Ⅱ级", ("PHYSICAL", 2)),
        ("肢体二级", "", ("PHYSICAL", 2)),
        ("", "肢体二级", ("PHYSICAL", 2)),
        ("肢体", "贰级", ("PHYSICAL", 2)),
        ("多重（肢体、智力）", "1", ("MULTIPLE", 1)),
        ("", "", (None, None)),
    ],
)
def test_category_and_grade_are_read_in_every_spelling(category: str, grade: str, both: tuple[Any, Any]) -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, [*PAID[:3], category, grade, *PAID[5:]])
    assert (found.rows[0].values["category"], found.rows[0].values["grade"], found.problems) == (*both, ())


@pytest.mark.parametrize(
    ("category", "grade", "code"),
    [("肢体", "重度", "grade_unknown"), ("肢体一级", "二级", "cert_conclusion_mismatch"), ("骨折", "一级", "category_unknown")],
)
def test_a_conclusion_that_could_be_two_is_unknown_and_told(category: str, grade: str, code: str) -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, [*PAID[:3], category, grade, *PAID[5:]])
    assert (found.rows[0].values["grade"], codes(found, False)) == (None, {2: [code]})


def test_a_row_whose_amount_nobody_can_read_still_says_that_somebody_is_on_the_list() -> None:
    found = sheet("SUBSIDY_PAYMENT", PAYMENT, [*PAID[:8], "九十"])
    assert (found.rows[0].citizen_id, found.rows[0].values["amount"]) == (IDS[0], None)
    assert codes(found, True) == {2: ["amount_invalid"]}


def test_every_line_is_counted_once() -> None:
    total = ["合计", "", "", "", "", "", "", "", 200]
    found = sheet(
        "SUBSIDY_PAYMENT",
        ["香格里拉市2026年3月残疾人两项补贴发放花名册"],
        PAYMENT,
        PAID,
        PAYMENT,
        [2, "卓玛", IDS[1], *PAID[3:]],
        [3, "农布", "", *PAID[3:]],
        total,
        ["制表人：", "", "审核人："],
    )
    assert (len(found.rows), found.rejected, found.left_out) == (3, 1, 3)
    assert codes(found, False) == {7: ["total_mismatch"]}  # the third row's hundred yuan are missing in it


def test_the_upper_rows_of_a_header_that_is_repeated_are_no_persons() -> None:
    upper = ["序号", "姓名", "身份证号", "发放情况", "", "", "", "", ""]
    lower = ["", "", "", *PAYMENT[3:]]
    found = sheet("SUBSIDY_PAYMENT", upper, lower, PAID, upper, lower, [2, "卓玛", IDS[1], *PAID[3:]])
    assert ([row.citizen_id for row in found.rows], found.left_out, found.problems) == ([IDS[0], IDS[1]], 2, ())


@pytest.mark.parametrize(
    ("township", "village", "place"),
    [
        ("建塘镇", "红坡村", "533401101201"),
        ("建塘镇", "红坡村民委员会", "533401101201"),
        ("三坝乡", "", "533401202000"),
        ("", "云南省迪庆州香格里拉市建塘镇红坡村三社", "533401101201"),
        ("建塘镇", "不知道的村", "533401101000"),
        ("", "533401101201", "533401101201"),
    ],
)
def test_a_place_is_a_code_whatever_an_office_calls_it(township: str, village: str, place: str) -> None:
    found = sheet(
        "DEATHS", ["姓名", "身份证号", "乡镇", "村（社区）", "死亡日期"], ["扎西", IDS[0], township, village, "2026-03-01"]
    )
    assert (found.rows[0].values["place"], found.problems) == (place, ())


def test_a_list_of_another_county_is_refused_and_a_single_row_of_one_told() -> None:
    header = ["姓名", "身份证号", "乡镇", "死亡日期"]
    here, there = ["扎西", IDS[0], "建塘镇", "2026-03-01"], ["卓玛", IDS[1], "升平镇", "2026-03-02"]
    assert codes(sheet("DEATHS", header, here, there), False) == {3: ["place_of_another_county"]}
    with pytest.raises(Malformed) as refusal:
        sheet("DEATHS", header, here, there, ["农布", IDS[2], "奔子栏镇", "2026-03-03"])
    assert refusal.value.code == "roster_of_another_county"


def test_another_persons_id_is_not_the_rows_own() -> None:
    header = ["姓名", "身份证号", "监护人", "", "死亡日期"]
    found = sheet("DEATHS", header, ["", "", "姓名", "身份证号", ""], ["扎西", IDS[0], "卓玛", IDS[1], "2026-03-01"])
    assert [(row.citizen_id, row.name) for row in found.rows] == [(IDS[0], "扎西")]


@pytest.mark.parametrize(("name", "told"), [("扎西□玛", ["name_charset"]), ("扎西（已故）", ["name_with_text"]), ("扎西·卓玛", [])])
def test_a_name_that_stands_for_another_is_told(name: str, told: list[str]) -> None:
    assert codes(sheet("DEATHS", ["姓名", "身份证号", "死亡日期"], [name, IDS[0], "2026-03-01"]), False).get(2, []) == told


def test_a_list_with_a_header_alone_is_refused() -> None:
    with pytest.raises(Malformed) as refusal:
        sheet("DEATHS", ["姓名", "身份证号", "死亡日期"], ["合计", "", ""])
    assert refusal.value.code == "sheet_empty"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.text(max_size=6) | st.integers(0, 10**18) | st.floats(allow_nan=False, allow_infinity=False), max_size=9),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_stands_below_a_header_is_counted(lines: list[list[Any]]) -> None:
    try:
        found = sheet("SUBSIDY_PAYMENT", PAYMENT, PAID, *lines)
    except Malformed as refusal:
        told = refusal.code, max(map(len, lines)) > 1
        assert told == ("header_changes", True), "only two labels in one line are a header"
        return
    filled = sum(any(str(cell).strip() for cell in line) for line in lines)
    assert 1 <= len(found.rows) + found.left_out <= 1 + filled


def test_of_a_row_with_a_usable_id_the_keyed_name_alone_is_kept_the_same_for_all_its_spellings() -> None:
    (one, other, unclear) = sheet(
        "FAMILY_DOCTOR",
        ["姓名", "身份证号", "签约日期"],
        *([name, IDS[0], "2026-01-05"] for name in ("次仁·卓玛", "泽仁珠玛", "次仁□玛")),
    ).rows
    kept = [who(row, "a site's key", date(2026, 4, 1)) for row in (one, other, unclear)]
    assert kept[0] == kept[1]
    assert set(kept[0]) == {"who_name"}
    assert kept[2] == {}
