"""Phone numbers: one form each, and nothing guessed."""

import pytest

from services.domain.citizen_id import blind_index
from services.domain.phones import is_mobile, is_number, normal, phone_index


@pytest.mark.parametrize(
    "typed",
    [
        "13900000003",
        "139 0000 0003",
        "139-0000-0003",
        "139\u20130000\u20130003",
        "+86 13900000003",
        "+86-139-0000-0003",
        "0086 139 0000 0003",
        "86 13900000003",
        "(+86)13900000003",
        "\uff0b８６（１３９）００００\u3000０００３",
        "139\u00a00000\u202f0003",
        "\u202a13900000003\u202c",
        "\ufeff139\u200b00000003",
        "013900000003",
    ],
)
def test_a_mobile_number_has_one_form_however_it_was_typed(typed: str) -> None:
    assert normal(typed) == "13900000003"


@pytest.mark.parametrize(
    "typed",
    [
        "0887-8220000",
        "08878220000",
        "0887 822 0000",
        "（0887）8220000",
        "０８８７－８２２００００",
        "+86 887 8220000",
        "+86 (0)887 8220000",
        "0086-0887-8220000",
        "86 0887 8220000",
    ],
)
def test_a_landline_has_one_form_with_its_area_code(typed: str) -> None:
    assert normal(typed) == "0887-8220000"


def test_an_area_code_of_three_digits_stands_before_eight() -> None:
    assert [normal(typed) for typed in ("01012345678", "023-12345678", "010-1234567")] == ["010-12345678", "023-12345678", None]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "无",
        "0",
        "12385",
        "8220000",
        "1390000000",
        "139000000033",
        "12900000003",
        "13900000003.0",
        "08878220000.0",
        "1.3900000003E10",
        "13900000003/13900000004",
        "13900000003 13900000004",
        "13900000003（儿子）",
        "13900000003转8",
        "0887-8220000-801",
        "400-800-1234",
        "+852 1234 5678",
        "٠٨٨٧-٨٢٢٠٠٠٠",
        "༡༣༩༠༠༠༠༠༠༠༣",
        "1390000000³",
        "13900000003\n",
        "13900000003\x00",
        "１３９０００００００③",
    ],
)
def test_what_is_no_number_or_more_than_one_is_none(typed: str) -> None:
    assert normal(typed) is None


def test_the_one_form_is_its_own_form_and_says_what_takes_texts() -> None:
    numbers = ("13900000003", "0887-8220000")
    assert [normal(number) for number in numbers] == list(numbers)
    assert [is_number(text) for text in (*numbers, "139 0000 0003", "08878220000", "")] == [True, True, False, False, False]
    assert [is_mobile(number) for number in (*numbers, "139 0000 0003", "")] == [True, False, False, False]


def test_a_numbers_index_follows_from_number_and_key_and_is_no_index_of_an_id() -> None:
    index = phone_index("key", "13800000000")
    for typed in ("13800000000", "138 0000 0000", "138-0000-0000", "+86 13800000000", "１３８００００００００"):
        assert phone_index("key", typed) == index
    others = [phone_index("key", "13800000001"), phone_index("another key", "13800000000")]
    assert index not in {*others, blind_index("key", "13800000000")}
