"""Money in a cell: read as written, or not at all."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.documents.sheet_cell import money


@given(st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.none())
def test_money_has_two_places_and_is_positive_or_it_is_none(cell: Any) -> None:
    value = money(cell)
    assert value is None or (0 < value < 10_000_000 and value == value.quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        (100, "100.00"),
        (100.5, "100.50"),
        ("1,234.50", "1234.50"),
        ("９０．５元", "90.50"),
        ("￥90", "90.00"),
        ("٩٠", None),
        ("90²", None),
        ("①", None),
        ("90元", "90.00"),
        ("", None),
        ("九十", None),
        (0, None),
        (-1, None),
        ("1.005", None),
        (210.29999999999998, "210.30"),
        ("210.29999999999998", "210.30"),
        (1.005, None),
        ("1,00", None),
        ("1,23,456", None),
        (True, None),
        (float("nan"), None),
        (1e9, None),
    ],
)
def test_amounts_are_read_as_written_or_not_at_all(cell: Any, yuan: str | None) -> None:
    assert money(cell) == (None if yuan is None else Decimal(yuan))
