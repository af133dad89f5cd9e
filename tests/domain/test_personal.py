"""What a net below the rules catches, and what it leaves alone."""

import pytest

from services.domain.personal import blanked, names_somebody


@pytest.mark.parametrize(
    "number",
    [
        "533499198001010013",
        "53349919760812010X",
        "53349919760812010x",
        "53349919800101001342",  # a certificate number: the id, category and grade
        "53349919760812010X42",
        "533499 19800101 0013",
        "533499-19800101-0013",
        "５３３４９９１９８００１０１００１３",
        "533499800101001",  # the fifteen digits of an old id
        "13800000002",
        "+8613800000002",
        "+86 138 0000 0002",
        "008613800000002",
        "138-0000-0002",
        "6222021234567890123",
    ],
)
def test_a_number_of_a_person_is_blanked_wherever_it_stands(number: str) -> None:
    for text in ("{}", "call {} now", "x{}y", "名单“{}”", 'key="{}"', "row-{}", "/persons/{}/copy"):
        assert blanked(text.format(number), "*") == text.format("*")


@pytest.mark.parametrize(
    "text",
    [
        "01970000-0000-7000-8000-000000000001",
        "00000000-0000-4000-8000-000000000009",
        "2026-03-02T02:00:00.123456Z",
        "533401102001",
        "village 533401102001 of 533401",
        "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",
        "position 1000001, offset 99",
        "残联发〔2024〕12号",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert blanked(text, "*") == text
    assert not names_somebody(text)


@pytest.mark.parametrize(
    "text",
    [
        "x533499198001010013",
        "53349919760812010X",
        "A-533499-19800101-0013",
        "id_533499_1980_01_01_001X",
        "sub.533499.19760812.010x",
        "x533499800101001",
        "list_533499-800101-001",
        "A_13800000002",
        "a-138_0000_0002",
        "＋8613800000002",
    ],
)
def test_a_text_that_names_somebody_is_told_from_a_code(text: str) -> None:
    assert names_somebody(text)


@pytest.mark.parametrize(
    "code",
    [
        "hospital_record_2026",
        "5631-05452-12118",
        "list-of-20260101-20260331",
        "CL:533401102003 2026-03-20",
        "police-20260301-00123",
    ],
)
def test_a_code_with_days_divisions_and_numbers_of_papers_names_nobody(code: str) -> None:
    assert not names_somebody(code)
