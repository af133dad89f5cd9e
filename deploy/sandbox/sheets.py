"""Sheets as offices send them: a title, the header, the rows; ids are text."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

_WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001  (xlsx knows no time zones)


def workbook(header: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "花名册") -> bytes:
    """An xlsx file of one sheet; texts stay texts. The same rows are the same file, byte by byte, whenever it is written."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _WRITTEN})
        page = book.add_worksheet()
        for number, row in enumerate([[title], header, *rows]):
            page.write_row(number, 0, row)
    return out.getvalue()
