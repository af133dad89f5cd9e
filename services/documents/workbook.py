"""Sheets for offices: titles, headers and typed cells in, xlsx bytes out. A leaf that every service may import; knows no rule.

Text stays text (an id of 18 digits keeps all of them), and nothing that begins with "=" becomes a formula. Rows are streamed, so a
sheet of 200,000 rows needs no more memory than one of a page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARKED = 230  # of the 255 characters that a header may have
Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its tab, a title line, notes below the title, the header, and rows as wide as the header.

    `mark` stands above and below every printed page; what is beyond `MARKED` characters is left out. `long`: the places of columns of
    sentences, which are wider than others and broken into lines.
    """

    tab: str
    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()
    mark: str = ""
    long: Sequence[int] = ()


def written(pages: Sequence[Page]) -> bytes:
    """The pages as one xlsx file, printable on A4 across, with the header repeated on every page."""
    out = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
    with Workbook(out, plain) as book:
        kinds = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "note": book.add_format({"italic": True, "font_color": "#555555"}),
            "header": book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "vcenter"}),
            "text": book.add_format({"num_format": "@"}),
            "lines": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        for page in pages:
            _page(book, page, kinds)
    return out.getvalue()


def _page(book: Workbook, page: Page, kinds: dict[str, object]) -> None:
    sheet = book.add_worksheet(page.tab)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if page.mark:
        mark = page.mark[:MARKED].replace("&", "&&")  # a single one begins a code
        sheet.set_header(f"&C&K808080{mark}")
        sheet.set_footer(f"&C&K808080{mark}　&P/&N")
    for place, name in enumerate(page.header):
        sheet.set_column(place, place, 36 if place in page.long else max(10, min(32, 2 * len(name) + 4)))
    sheet.write_string(0, 0, page.title, kinds["title"])
    for line, note in enumerate(page.notes, 1):
        sheet.write_string(line, 0, note, kinds["note"])
    top = 1 + len(page.notes)
    for place, name in enumerate(page.header):
        sheet.write_string(top, place, name, kinds["header"])
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    for line, row in enumerate(page.rows, top + 1):
        for place, cell in enumerate(row):
            match cell:
                case None:
                    pass
                case str():
                    sheet.write_string(line, place, cell, kinds["lines" if place in page.long else "text"])
                case date():
                    sheet.write_datetime(line, place, cell, kinds["date"])
                case Decimal():
                    sheet.write_number(line, place, cell, kinds["money"])
                case _:
                    sheet.write_number(line, place, cell)
