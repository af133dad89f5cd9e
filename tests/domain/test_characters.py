"""What machines leave in texts is cleaned once and the same everywhere; letters that are exchanged are told."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.characters import clean, digits, respelled


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("测\u200b试\ufeff甲", "测试甲"),
        ("\u202e测试\u2069", "测试"),
        ("测\x00试\x07", "测试"),
        ("葛\U000e0100", "葛"),
        (" 测试\u00a0\u3000甲\r\n", "测试 甲"),
        ("测试\u2028甲\u202f乙\u205f丙", "测试 甲 乙 丙"),
        ("ＡＢｃ１２", "ABc12"),
        ("（新），", "（新），"),
        ("㎡①Ⅱ", "㎡①Ⅱ"),
        ("\ud800", "\ufffd"),
        ("\ue123□?", "\ue123□?"),
    ],
)
def test_what_nobody_sees_goes_and_what_is_written_stays(raw: str, meant: str) -> None:
    assert clean(raw) == meant
    assert not respelled(raw)


@pytest.mark.parametrize(("raw", "meant"), [("⼀⼆⽅", "一二方"), ("⻢⻓⻔⻰⻩", "马长门龙黄"), ("\uf979\U0002f801", "凉丸")])
def test_a_radical_or_compatibility_form_is_the_ideograph_it_looks_like_and_that_is_told(raw: str, meant: str) -> None:
    assert clean(raw) == meant
    assert respelled(raw)


def test_ideographs_of_their_own_in_a_block_of_others_are_none() -> None:
    assert clean("﨎﨑") == "﨎﨑"
    assert not respelled("﨎﨑")


def test_a_radical_that_stands_for_no_ideograph_stays_and_nothing_is_told() -> None:
    assert clean("⺀") == "⺀"
    assert not respelled("⺀")


@given(st.text(st.characters() | st.sampled_from("\u200b\u3000⻢⺀Ａ\r\ufeff\ud800")))
def test_cleaning_again_changes_nothing_and_leaves_one_line_that_every_store_takes(raw: str) -> None:
    text = clean(raw)
    assert clean(text) == text == text.strip()
    assert not respelled(text)
    assert not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "is_one"), [("0", True), ("13900000002", True), ("", False), ("²", False), ("٢", False), ("１", False), ("1 ", False)]
)
def test_a_number_is_of_digits_that_machines_write(text: str, is_one: bool) -> None:
    assert digits(text) == is_one
