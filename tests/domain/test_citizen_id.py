"""Citizen ids are checked, recognised however they were typed, and shown masked; phones likewise. Synthetic ids only."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.citizen_id import blind_index, check_digit, faults, normalised, within
from services.domain.personal import masked_id, masked_name

SAMPLES = (
    "533499198001010013",
    "533499199012310024",
    "533499196507150030",
    "533499201005050041",
    "533499197203180059",
    "533499195509090065",
    "533499200102280071",
    "533499198811160080",
    "533499199307040092",
    "53349919760812010X",
    "533499196904200118",
    "533499198410010137",
)


@pytest.mark.parametrize("citizen_id", SAMPLES)
def test_the_synthetic_ids_are_well_formed(citizen_id: str) -> None:
    assert faults(citizen_id, date(2026, 1, 1)) == []


@pytest.mark.parametrize(
    ("citizen_id", "fault"),
    [
        ("53349919800101001", "ID_LENGTH"),
        ("533499198001010014", "ID_CHECKSUM"),
        ("5334991980010100AX", "ID_CHECKSUM"),
        ("5334991980010100130", "ID_LENGTH"),
        ("533499198001010013（新）", "ID_WITH_TEXT"),
        ("(妻)533499198001010013", "ID_WITH_TEXT"),
        ("533499198001010013/533499199012310024", "ID_WITH_TEXT"),
        ("533499198001010013NEW", "ID_WITH_TEXT"),
        ("533499198001010013号", "ID_WITH_TEXT"),
        ("5.33499198001010E+17", "ID_NOT_TEXT"),
        ("533499198001010013.0", "ID_NOT_TEXT"),
        ("53349919800101001³", "ID_WITH_TEXT"),
        ("533499202701010012", "ID_BIRTHDATE"),
        ("533499198002300014", "ID_BIRTHDATE"),
    ],
)
def test_each_fault_of_an_id_has_its_name(citizen_id: str, fault: str) -> None:
    if fault == "ID_BIRTHDATE":
        citizen_id = citizen_id[:17] + check_digit(citizen_id[:17])
    assert faults(citizen_id, date(2026, 1, 1)) == [fault]


@given(st.sampled_from(SAMPLES), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(citizen_id: str, place: int, digit: str) -> None:
    changed = citizen_id[:place] + digit + citizen_id[place + 1 :]
    assert (faults(changed, date(2026, 1, 1)) == []) == (changed == citizen_id)


def test_an_id_is_recognised_however_it_was_typed() -> None:
    index = blind_index("key", "53349919760812010X")
    assert blind_index("key", normalised(" '５３３４99197608120１0x\n")) == index
    assert blind_index("key", normalised("\u200b533499-19760812-010x\ufeff")) == index
    assert blind_index("another key", "53349919760812010X") != index


def test_the_ids_within_a_text_are_those_that_are_sound() -> None:
    today = date(2026, 1, 1)
    assert within("（妻）533499198001010013、533499199012310024 533499198001010014", today) == {*SAMPLES[:2]}
    assert within("53349919800101001342B1", today) == {SAMPLES[0]}
    assert within("无", today) == set()


def test_masks_show_what_the_rule_allows() -> None:
    assert masked_id("533499198001010013") == "533499********0013"
    assert [masked_name(n) for n in ("张三", "张三丰", "扎西·顿珠")] == ["张*", "张**", "扎西·**"]
