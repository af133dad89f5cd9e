"""Names as they are kept and compared, what an id contradicts, and masked phones."""

from datetime import date

import pytest

from services.domain import citizen_id, names, personal

CITIZEN = "533499198001010013"  # synthetic: a man born on 1 January 1980


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("扎西•顿珠", "扎西·顿珠"),
        ("扎西．顿珠", "扎西·顿珠"),
        ("扎西.顿珠", "扎西·顿珠"),
        ("扎西・顿珠", "扎西·顿珠"),
        ("扎西 - 顿珠", "扎西·顿珠"),
        ("扎西·顿珠·央宗", "扎西·顿珠·央宗"),
        (" 测试甲\u3000", "测试甲"),
        ("测试\u3000\u3000甲", "测试 甲"),
        ("J.Smith-Li", "J.Smith-Li"),  # a dot between Latin letters is no separator
        ("·甲", "·甲"),
        ("扎西‧顿珠", "扎西·顿珠"),
        ("\ufeff扎\u200b西\u00a0∙\u200f顿珠", "扎西·顿珠"),
        ("李⽅", "李方"),
        ("⻢Ｊ", "马J"),
        ("\u200b", ""),
        (" · ", ""),
    ],
)
def test_a_name_is_kept_with_the_official_separator(raw: str, kept: str) -> None:
    assert names.displayed_name(raw) == kept
    assert names.displayed_name(kept) == kept


def test_names_are_compared_without_separators_and_spaces() -> None:
    spelled = ("扎西·顿珠", "扎西顿珠", "扎西•顿珠", "扎西 顿珠", "扎西\u3000-顿珠", "扎西\u00a0顿珠")
    assert {names.comparable_name(name) for name in spelled} == {"扎西顿珠"}
    assert names.comparable_name("Zhaxi顿珠") == "zhaxi顿珠"


@pytest.mark.parametrize(
    "name",
    [
        "李\ue123",
        "李?",
        "李？",
        "李□",
        "李〓",
        "李*",
        "李\ufffd",
        "李Xin",
        "李ｘ",
        "Ли",
        "\U000f0001",
        "李⽅",
        "⻢甲",
        "⺇甲",
        "\uf979甲",
        "李\u0301甲",
    ],
)
def test_a_character_that_stands_for_another_is_a_finding(name: str) -> None:
    assert names.name_faults(name) == ["NAME_CHARSET"]


@pytest.mark.parametrize(
    "name", ["扎西·顿珠", "和丽", "㑇𠅤", "测试 甲", "\u200b测\ufeff试\u00a0甲", "扎西‧顿珠", "﨎〇", "测试1", "李2"]
)
def test_rare_characters_are_none(name: str) -> None:
    assert names.name_faults(name) == []


@pytest.mark.parametrize("name", ["李（大）", "扎西·顿珠（已故）", "李甲、李乙", "李甲，李乙", "扎西—顿珠", "扎西᛫顿珠", "12"])
def test_what_stands_beside_a_name_is_a_finding(name: str) -> None:
    assert names.name_faults(name) == ["NAME_WITH_TEXT"]


@pytest.mark.parametrize(
    ("male", "born", "found"),
    [
        (True, date(1980, 1, 1), []),
        (None, None, []),
        (False, None, ["ID_SEX_MISMATCH"]),
        (True, date(1980, 1, 2), ["ID_BIRTH_MISMATCH"]),
        (False, date(1981, 1, 1), ["ID_SEX_MISMATCH", "ID_BIRTH_MISMATCH"]),
    ],
)
def test_what_somebody_said_is_compared_with_the_id(male: bool | None, born: date | None, found: list[str]) -> None:
    assert citizen_id.contradictions(CITIZEN, male, born) == found


@pytest.mark.parametrize(
    ("phone", "masked"), [("13812345678", "138****5678"), ("0887-8225678", "088*****5678"), ("8225678", "*******"), ("", "")]
)
def test_a_phone_is_masked(phone: str, masked: str) -> None:
    assert personal.masked_phone(phone) == masked
