"""A row of the national register's roster: each fault by name (domain reference, 8.1 and 8.4), and what usual spellings mean."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.certificates import vocabulary
from services.certificates.roster_import.row import Entry, RowRules, read
from tests.certificates.certificate.story import POLICY
from tests.certificates.office import CITIZENS
from tests.certificates.roster_import.samples import COUNTY, DAY, GOOD, ONE

FIELDS = ["name", "sex", "citizen_id", "number", "category", "grade", "valid_from", "valid_to", "address", "phone", "status"]


FIRST = "533499800101001"


MORE = {"birth_date": "", "division": ""}  # columns that the good row leaves empty
PLACES = {name: place for place, name in enumerate([*FIELDS, *MORE])}
RULES = RowRules.of(POLICY, COUNTY, DAY)


MONTHS = (
    "2030年5月",
    "203112",
    203112.0,
    "2031-12",
    "2031.11",
    2031.11,
    "2031年11",
    "2031/12/",
    "2026111",
    2026111.0,
    "2031年",
    2031,
    "12-05",
    "3月5日",
    "2030-05-05 16:00:00",
    "2030/5/5 16:00",
    datetime.fromisoformat("2030-05-05T16:00:00"),
    47608 + 16 / 24,
)
NOT_ON_THE_LIST = ("未知", "未注销", "未冻结", "未挂失", "解除挂失", "解除冻结", "有效、注销", "冻结复议", "死亡", "注销、自愿")


def entry(**changes: Any) -> tuple[Entry | None, list[tuple[str, bool]]]:
    """A row with these changes, read."""
    found, notes = read(5, list((GOOD | MORE | changes).values()), PLACES, RULES)
    return found, [(note.code, note.rejected) for note in notes]


def test_a_good_row_is_a_card() -> None:
    found, notes = entry()
    assert found == Entry(
        5,
        "测试甲",
        ONE,
        f"{ONE}42",
        0,
        "533423102000",
        vocabulary.Category.PHYSICAL,
        2,
        date(2020, 5, 6),
        date(2030, 5, 6),
        "13900000000",
        False,
        None,
        False,
    )
    assert notes == [("village_unknown", False)]
    assert ONE not in repr(found)


@pytest.mark.parametrize("made", [int, float])
def test_what_a_spreadsheet_took_for_a_number_reads_as_it_looks(made: type) -> None:
    numbers = {"phone": made(13900000000), "grade": made(2), "category": made(4), "division": made(533423102000)}
    assert entry(**numbers) == entry()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"citizen_id": 5.33499198001010e17}, "id_not_text"),
        ({"citizen_id": ""}, "id_missing"),
        ({"citizen_id": "5.33499E+17"}, "id_not_text"),
        ({"citizen_id": f"{ONE}（新）"}, "id_with_text"),
        ({"citizen_id": f"妻：{ONE}"}, "id_with_text"),
        ({"number": f"{ONE}42（补）"}, "cert_format"),
        ({"name": "\u200b · "}, "name_missing"),
        ({"citizen_id": ONE[:15] + "000"}, "id_checksum"),
        ({"citizen_id": ONE[:17]}, "id_length"),
        ({"citizen_id": FIRST, "number": f"{CITIZENS[1]}42"}, "id_length"),
        ({"citizen_id": FIRST, "number": ""}, "id_length"),
        ({"citizen_id": ONE[:17] + "4"}, "id_checksum"),
        ({"citizen_id": "533499198002300012"}, "id_birthdate"),
        ({"name": " "}, "name_missing"),
        ({"name": "#N/A"}, "name_unreadable"),
        ({"address": "#REF!"}, "division_unknown"),
        ({"valid_from": "#VALUE!"}, "valid_from_invalid"),
        ({"number": ONE}, "cert_format"),
        ({"number": f"{ONE}4"}, "cert_format"),
        ({"number": f"{ONE}421"}, "cert_format"),
        ({"number": f"{CITIZENS[1]}42"}, "cert_id_mismatch"),
        ({"category": "视力残疾"}, "cert_conclusion_mismatch"),
        ({"grade": "三级"}, "cert_conclusion_mismatch"),
        ({"category": "其他"}, "category_unknown"),
        ({"grade": "重度"}, "grade_unknown"),
        ({"valid_to": ""}, "valid_to_missing"),
        ({"valid_to": "长期"}, "valid_to_open"),
        *(({"valid_to": month}, "valid_to_imprecise") for month in MONTHS),
        ({"valid_from": "2020年5月"}, "valid_from_imprecise"),
        ({"valid_to": "2030-05-06（延期）"}, "valid_to_invalid"),
        ({"valid_to": "٢٠٣٠-٠٥-٠٦"}, "valid_to_invalid"),
        ({"valid_to": "2030-05.06"}, "valid_to_invalid"),
        ({"valid_to": "2030-5-1²"}, "valid_to_invalid"),
        ({"grade": "②"}, "grade_unknown"),
        ({"valid_to": True}, "valid_to_invalid"),
        ({"valid_to": float("nan")}, "valid_to_invalid"),
        ({"valid_to": 9e30}, "valid_to_invalid"),
        ({"valid_to": "9999-12-31"}, "valid_to_too_late"),
        ({"valid_to": "2037-05-06"}, "valid_to_too_late"),
        ({"valid_from": "1979-12-31"}, "issue_before_birth"),
        ({"category": "视力言语"}, "category_unknown"),
        ({"category": "多重(肢体、其他)"}, "category_unknown"),
        ({"category": "８"}, "category_unknown"),
        ({"category": "肢体二级", "grade": "三级"}, "cert_conclusion_mismatch"),
        ({"address": "丽江市玉龙县塔城镇"}, "division_unknown"),
        ({"valid_to": "2030-02-30"}, "valid_to_invalid"),
        ({"valid_to": "soon"}, "valid_to_invalid"),
        ({"valid_to": "2020-05-06"}, "valid_to_before_issue"),
        ({"valid_from": "2026-03-03"}, "issue_in_future"),
        ({"address": "四川省某县"}, "division_unknown"),
    ],
)
def test_a_fault_of_a_row_has_a_name_and_the_row_is_not_used(changes: dict[str, Any], code: str) -> None:
    found, notes = entry(**changes)
    assert found is None
    assert notes[-1] == (code, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sex": "女"}, "id_sex_mismatch"),
        ({"valid_from": ""}, "issue_date_missing"),
        ({"name": "测试?"}, "name_charset"),
        ({"name": "CHE试"}, "name_charset"),
        *(({"name": name}, "name_with_text") for name in ("测试（已故）", "测试甲、测试乙", "2")),
        ({"status": "#NOT_CALCULATED!"}, "status_unknown"),
        ({"phone": "#N/A"}, "phone_not_a_number"),
        *(({"status": word}, "status_unknown") for word in NOT_ON_THE_LIST),
        ({"sex": "M"}, "sex_unknown"),
        ({"birth_date": "1980-01"}, "birth_date_imprecise"),
        ({"division": "533423102"}, "division_code_unknown"),
        ({"citizen_id": FIRST}, "id_first_generation"),
    ],
)
def test_a_remark_is_reported_and_the_row_is_used(changes: dict[str, Any], code: str) -> None:
    found, notes = entry(**changes)
    assert found is not None
    assert (code, False) in notes


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"citizen_id": f"'５３３４９９{ONE[6:]} "}, "citizen_id", ONE),
        ({"citizen_id": f"\xa0{ONE}\r\n"}, "citizen_id", ONE),
        ({"citizen_id": FIRST}, "citizen_id", ONE),
        ({"number": f"{ONE}72", "category": "多重(肢体、智力)"}, "category", vocabulary.Category.MULTIPLE),
        ({"number": f" {ONE} 42 b1"}, "number", f"{ONE}42B1"),
        ({"number": f"{ONE}42B1"}, "suffix", 1),
        ({"valid_to": "20300506"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": "2030.5.6"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": "2030/5/6 0:00:00"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": "２０３０－０５－０６"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": 20300506.0}, "valid_to", date(2030, 5, 6)),
        ({"status": "冻结、挂失"}, "frozen", True),
        ({"status": "自愿注销"}, "cancelled", vocabulary.CancellationReason.VOLUNTARY),
        ({"status": "注销（迁出）"}, "cancelled", vocabulary.CancellationReason.NOT_TRANSFERRED),
        ({"category": "肢体残疾（二级）", "grade": ""}, "category", vocabulary.Category.PHYSICAL),
        ({"address": "云南省迪庆藏族自治州维西傈僳族自治县塔城镇其宗村"}, "division", "533423103207"),
        ({"valid_to": "2030年5月6日"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": 47609.0}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": 47608.99999999}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": datetime.fromisoformat("2030-05-05T23:59:59.999000")}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": datetime.fromisoformat("2030-05-05T23:59:59")}, "valid_to", date(2030, 5, 5)),
        ({"valid_to": "2030-05-06 16:30"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": datetime(2030, 5, 6, 1, tzinfo=UTC)}, "valid_to", date(2030, 5, 6)),
        ({"valid_from": ""}, "valid_from", date(2020, 5, 6)),
        ({"category": "肢体二级", "grade": ""}, "grade", 2),
        ({"category": "4", "grade": "Ⅱ"}, "grade", 2),
        ({"grade": "贰级"}, "grade", 2),
        ({"address": "维登乡富川村"}, "division", "533423207206"),
        ({"address": "维西县塔城镇其宗村三组"}, "division", "533423103207"),
        ({"address": "维登乡其宗村"}, "division", "533423207000"),
        ({"address": "保和镇永宁社区"}, "division", "533423101004"),
        ({"status": "冻结"}, "frozen", True),
        ({"status": "挂失"}, "lost", True),
        ({"status": "死亡注销"}, "cancelled", vocabulary.CancellationReason.DEATH),
        ({"status": "注销"}, "cancelled", vocabulary.CancellationReason.NOT_ON_ROSTER),
    ],
)
def test_usual_spellings_are_understood(changes: dict[str, Any], field: str, value: Any) -> None:
    found, _ = entry(**changes)
    assert getattr(found, field) == value


@pytest.mark.parametrize(
    ("typed", "kept"), [("+86 139-0000-0003", "13900000003"), ("０８８７　８２２００００", "0887-8220000"), ("", None)]
)
def test_a_phone_is_kept_in_its_one_form(typed: str, kept: str | None) -> None:
    found, notes = entry(phone=typed)
    assert (found and found.phone, ("phone_not_a_number", False) in notes) == (kept, False)


@pytest.mark.parametrize("typed", ["13900000003/13900000004", "8220000", "无"])
def test_what_is_no_number_is_reported_and_not_kept(typed: str) -> None:
    found, notes = entry(phone=typed)
    assert (found and found.phone, ("phone_not_a_number", False) in notes) == (None, True)


@pytest.mark.parametrize("dot", "·•．.・-")
def test_a_name_is_kept_with_the_official_separator(dot: str) -> None:
    found, _ = entry(name=f"扎西{dot}卓玛")
    assert found is not None
    assert found.name == "扎西·卓玛"
