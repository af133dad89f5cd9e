"""What a cell says by the type of its column: the right value, or unknown with a code; never a guess."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.policy.rosters import Cell
from services.matching.roster.cells import Said, said

TODAY = date(2026, 3, 31)
FLAG = {"是": "YES", "否": "NO"}
READABLE = sorted(set(Cell) - {Cell.ID, Cell.NAME, Cell.SEX, Cell.PLACE, Cell.GRADE, Cell.CATEGORY})


def of(kind: Cell, cell: Any) -> tuple[Any, str]:
    """The value and what is odd about the column `it`."""
    return said(kind, cell, "it", FLAG, "2026-03", TODAY)


@pytest.mark.parametrize(
    ("cell", "value", "odd"),
    [
        ("2026.1.5", date(2026, 1, 5), ""),
        ("20260105", date(2026, 1, 5), ""),
        (20260105, date(2026, 1, 5), ""),
        ("2026年1月5日", date(2026, 1, 5), ""),
        ("２０２６／１／５", date(2026, 1, 5), ""),
        (46027, date(2026, 1, 5), ""),
        ("46027", date(2026, 1, 5), ""),  # as a csv shows it
        ("20211", None, "it_imprecise"),
        (datetime(2026, 1, 5), date(2026, 1, 5), ""),  # noqa: DTZ001  (a spreadsheet knows no time zones)
        ("2024.2", date(2024, 2, 29), "it_month_only"),
        ("2026-01", date(2026, 1, 31), "it_month_only"),
        (202602, date(2026, 2, 28), "it_month_only"),
        ("长期", None, ""),
        ("2026", None, "it_imprecise"),
        ("3-5", None, "it_imprecise"),
        ("2026-02-30", None, "it_invalid"),
        ("昨天", None, "it_invalid"),
    ],
)
def test_a_day_of_which_only_the_month_is_said_is_its_last_and_told(cell: Any, value: date | None, odd: str) -> None:
    assert of(Cell.DAY, cell) == Said(value, odd)


@pytest.mark.parametrize(
    ("cell", "value", "odd"),
    [
        ("2021.12", "2021-12", ""),
        (2021.12, "2021-12", ""),
        (2021.1, None, "it_imprecise"),  # as a number January and October look alike
        ("2021.1", "2021-01", ""),
        ("202112", "2021-12", ""),
        (202112, "2021-12", ""),
        ("2021年12月", "2021-12", ""),
        ("2021年12月份", "2021-12", ""),
        ("20211214", "2021-12", ""),
        (date(2021, 12, 1), "2021-12", ""),
        ("长期", None, ""),
        ("2021.13", None, "it_imprecise"),
        ("20211", None, "it_imprecise"),
        ("2021", None, "it_imprecise"),
    ],
)
def test_a_month_is_read_as_offices_write_it(cell: Any, value: str | None, odd: str) -> None:
    assert of(Cell.MONTH, cell) == Said(value, odd)


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        ("2026-01", "2026-01"),
        ("202601、202602", "2026-01 2026-02"),
        ("1-3月", "2026-01 2026-02 2026-03"),
        ("1月至3月", "2026-01 2026-02 2026-03"),
        ("2026年1-2月", "2026-01 2026-02"),
        ("2025年11月至2026年1月", "2025-11 2025-12 2026-01"),
        ("2025年11月至1月", "2025-11 2025-12 2026-01"),
        ("11-1月", "2025-11 2025-12 2026-01"),
        ("12月、1月", "2025-12 2026-01"),
        ("１２", "2025-12"),
    ],
)
def test_months_without_a_year_are_the_latest_before_the_sheets_own(cell: str, months: str) -> None:
    assert of(Cell.MONTHS, cell) == Said(tuple(months.split()), "")


@pytest.mark.parametrize(
    ("cell", "odd"),
    [
        ("2026-04", "in_future"),
        ("一季度", "invalid"),
        ("2020-01至2026-01", "invalid"),
        ("13月", "invalid"),
        ("1-", "invalid"),
        ("2026-1-3", "imprecise"),
    ],
)
def test_months_that_cannot_be_are_unknown(cell: str, odd: str) -> None:
    assert of(Cell.MONTHS, cell) == Said(None, f"it_{odd}")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Cell.YUAN, 0, Decimal("0.00")),
        (Cell.YUAN, "1,234.5元", Decimal("1234.50")),
        (Cell.SIGNED_YUAN, "-90", Decimal("-90.00")),
        (Cell.SIGNED_YUAN, -90.0, Decimal("-90.00")),
        (Cell.COUNT, "3个月", 3),
        (Cell.COUNT, 0, 0),
        (Cell.FLAG, True, True),
        (Cell.FLAG, " 否 ", False),
        (Cell.WORD, "是", "YES"),
        (Cell.KEY, " db００１ ", "DB001"),
        (Cell.KEY, 530421001, "530421001"),
        (Cell.PERSON_KEY, "'533499198001010013", "533499198001010013"),
    ],
)
def test_a_cell_says_what_its_column_is_for(kind: Cell, cell: Any, value: Any) -> None:
    assert of(kind, cell) == Said(value, "")


@pytest.mark.parametrize(
    ("kind", "cell", "odd"),
    [
        (Cell.YUAN, -1, "invalid"),
        (Cell.YUAN, "九十", "invalid"),
        (Cell.YUAN, True, "invalid"),
        (Cell.COUNT, 1.5, "invalid"),
        (Cell.COUNT, "-1", "invalid"),
        (Cell.COUNT, "9999999", "invalid"),
        (Cell.FLAG, "或许", "unknown"),
        (Cell.WORD, "未知的词", "unknown"),
        (Cell.KEY, 5.33421e17, "not_text"),
        (Cell.KEY, 533421199001010010, "not_text"),
        (Cell.PERSON_KEY, 533499198001010013, "not_text"),
        (Cell.PERSON_KEY, "533499198001010014", "id_checksum"),
        (Cell.YUAN, "#REF!", "error"),
    ],
)
def test_what_is_unclear_is_unknown_and_told(kind: Cell, cell: Any, odd: str) -> None:
    assert of(kind, cell) == Said(None, f"it_{odd}")


@pytest.mark.parametrize("kind", READABLE)
@pytest.mark.parametrize("cell", ["", None, " ", "/", "——", "不详"])
def test_nothing_written_is_unknown_and_needs_no_word(kind: Cell, cell: Any) -> None:
    assert of(kind, cell) == Said(None, "")


@given(
    st.sampled_from(READABLE),
    st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.none() | st.dates() | st.datetimes(),
)
def test_any_cell_has_a_value_or_is_unknown(kind: Cell, cell: Any) -> None:
    value, odd = of(kind, cell)
    assert value is None or not odd or odd == "it_month_only"
