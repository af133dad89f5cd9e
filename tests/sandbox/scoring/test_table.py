"""Which types fall short, and what is printed of them."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.sandbox.scoring.table import printed, short


def row(precision: float | None, recall: float | None) -> dict[str, Any]:
    return {"type": "DUPLICATE", "precision": precision, "recall": recall, "wanted": 200, "found": 200}


@pytest.mark.parametrize(
    ("precision", "recall", "falls"),
    [
        (1.0, 1.0, False),
        (0.98, 0.99, False),
        (0.9799, 1.0, True),
        (1.0, 0.9899, True),
        (None, 0.0, True),  # nothing was found of what is there
        (0.0, None, True),  # what was found is not there
        (None, None, False),
    ],
)
def test_a_type_falls_short_of_the_least(precision: float | None, recall: float | None, falls: bool) -> None:
    assert short({"types": [row(precision, recall)]}) == (["DUPLICATE"] if falls else [])


def test_a_rate_of_nothing_is_no_zero() -> None:
    out = io.StringIO()
    candidates = {"wanted": 0, "offered": 0, "first": None, "within_three": None}
    sheet = {"types": [row(None, 0.0)], "states": {"known": 0, "agree": 0}, "candidates": candidates}
    printed({**sheet, "short": short(sheet)}, Console(file=out, width=200))
    said = out.getvalue()
    assert [cell.strip() for cell in said.splitlines()[3].split("│")[1:4]] == ["DUPLICATE", "-", "0.0000"]
    assert "of which - have whom they mean" in said
    assert "too little (recall 0.99, precision 0.98): DUPLICATE" in said
