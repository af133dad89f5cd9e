"""Sheets as offices send them: a title, the header, the rows; ids are text."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter


def workbook(header: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "花名册") -> bytes:
    """An xlsx file of one sheet."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([[title], header, *rows]):
            page.write_row(number, 0, row)
    return out.getvalue()
