"""The number that people read on paper and say on the phone: one for each id, and a misread one shows."""

import re
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.file_number import WrongNumber, file_number, read_number, spoken

ID = UUID("018f0000-0000-7000-8000-000000000001")
NUMBER = "6721-26773-83562"


def test_a_number_is_that_of_the_whole_id_for_ever() -> None:
    assert file_number(ID) == NUMBER
    assert file_number(UUID(int=0)) == "2290-89359-40693"


def test_what_begins_in_the_same_minute_has_different_numbers() -> None:
    """The beginning of a time-ordered id is a clock: matters of one morning shared it."""
    morning = {UUID(int=(0x018F_0000_0000 << 80) | (7 << 76) | (2 << 62) | n) for n in range(100_000)}
    assert len({file_number(each) for each in morning}) == len(morning)


def test_ids_made_of_names_have_different_numbers() -> None:
    assert len({file_number(uuid5(ID, str(n))) for n in range(100_000)}) == 100_000


@given(st.uuids(), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_shows(of: UUID, place: int, more: int) -> None:
    digits = list(file_number(of).replace("-", ""))
    digits[place] = str((int(digits[place]) + more) % 10)
    with pytest.raises(WrongNumber):
        read_number("".join(digits))


@given(st.uuids(), st.integers(0, 12))
def test_two_neighbours_in_the_wrong_order_show(of: UUID, place: int) -> None:
    digits = list(file_number(of).replace("-", ""))
    digits[place : place + 2] = reversed(digits[place : place + 2])
    swapped = "".join(digits)
    if swapped == file_number(of).replace("-", ""):
        assert read_number(swapped) == file_number(of)
    else:
        with pytest.raises(WrongNumber):
            read_number(swapped)


@pytest.mark.parametrize(
    "written",
    [
        "67212677383562",
        " 6721 26773 83562 ",
        "6721-26773-83562\t\r\n",
        "６７２１－２６７７３－８３５６２",
        "6721—26773–83562",
        "6721\u00a026773\u200a83\u200b562",
        "（编号6721-26773-83562）",
        "编号：6721-26773-83562。",
        "走访编号6721-26773-83562",
        "办件号: 6721-26773-83562",
        "67Zl-Z6773-B3S62",
        "672I-26773-8356z",
        "六七二幺二六七七三八三五六二",
        "༦༧༢༡-༢༦༧༧༣-༨༣༥༦༢",
    ],
)
def test_a_number_is_read_however_it_is_written(written: str) -> None:
    assert read_number(written) == NUMBER


@pytest.mark.parametrize(
    "written", ["", "编号", "6721-26773", "6721-26773-835620", "6721-26773-8356X", "018F0000", str(ID), "6721\x0026773-83562"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(WrongNumber):
        read_number(written)


@given(st.uuids())
def test_every_number_has_one_form(of: UUID) -> None:
    assert re.fullmatch("[0-9]{4}-[0-9]{5}-[0-9]{5}", file_number(of))
    assert read_number(file_number(of)) == file_number(of)


def test_a_machine_says_every_digit_of_a_number_by_itself_and_leaves_other_numbers_alone() -> None:
    said = spoken(f"有一件事项（编号{NUMBER}）。请于2026年3月16日前拨打固定电话0887-8212345，说出编号即可。")
    assert said == "有一件事项（编号6 7 2 1，2 6 7 7 3，8 3 5 6 2）。请于2026年3月16日前拨打固定电话0887-8212345，说出编号即可。"
    assert read_number("6 7 2 1，2 6 7 7 3，8 3 5 6 2") == NUMBER
