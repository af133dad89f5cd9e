"""Sheets for offices: titles, headers and typed cells in, xlsx bytes out. A leaf that every service may import; knows no rule.

Text stays text (an id of 18 digits keeps all of them), and nothing that begins with "=" becomes a formula. Rows are streamed, so a
sheet of 200,000 rows needs no more memory than one of a page. Columns are as wide as what stands in them (`workbook_layout.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from typing import Any

from xlsxwriter import Workbook

from services.documents import workbook_layout
from services.documents.charts import office
from services.documents.charts.office import Chart
from services.documents.workbook_layout import LINE, Layout, layout, lines_of, pieces, row_height

Cell = workbook_layout.Cell
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARKED = 230  # of the 255 characters that a header may have
_MEASURED = 500  # rows by which columns are measured before the first one is written
_LABELS, _DEEP = 24, 18  # how wide the labels of charts are; how many lines a chart takes at least
_BY_HAND = 27  # points: a row in which somebody writes
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its tab, a title line, notes below the title, the header, and rows as wide as the header.

    `mark` stands above and below every printed page; what is beyond `MARKED` characters is left out. `by_hand`: the places of columns
    that somebody fills in on paper. `closing`: lines below the table, like that for a signature.
    """

    tab: str
    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()
    mark: str = ""
    by_hand: Sequence[int] = ()
    closing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Charts:
    """A sheet of charts, each beside its numbers; those with nothing to draw are left out."""

    tab: str
    charts: Sequence[Chart]


def written(pages: Sequence[Page], charts: Charts | None = None) -> bytes:
    """The pages as one xlsx file, printable on A4 with the header repeated on every page; behind them a sheet of `charts`."""
    out = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
    with Workbook(out, plain | {"default_format_properties": _FONT}) as book:
        kinds = _kinds(book)
        for page in pages:
            _Sheet(book, page, kinds).write()
        if charts:
            _draw(book, charts, kinds)
    return out.getvalue()


def _draw(book: Workbook, charts: Charts, kinds: dict[str, Any]) -> None:
    sheet, top = book.add_worksheet(charts.tab), 0
    sheet.set_column(0, 0, _LABELS)
    for chart in charts.charts:
        if chart.drawable:
            sheet.write_string(top, 0, f"{chart.title}（{chart.unit}）{chart.note}", kinds["plain"])
            office.write(book, sheet, top + 1, chart)
            top += max(len(chart.labels) + 4, _DEEP)
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 1)  # no chart is torn apart


def _kinds(book: Workbook) -> dict[str, Any]:
    ruled, broken = {"border": 1}, {"border": 1, "text_wrap": True}
    styles: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "align": "center", "text_wrap": True},
        "note": {"font_size": 10, "font_color": "#444444", "text_wrap": True, "valign": "top"},
        "header": broken | {"bold": True, "align": "center", "bg_color": "#E8EEF4"},
        "text": broken | {"num_format": "@"},
        "right": ruled | {"num_format": "@", "align": "right"},
        "whole": ruled,
        "date": ruled | {"num_format": "yyyy-mm-dd", "align": "center"},
        "money": ruled | {"num_format": "#,##0.00"},
        "plain": {"bold": True},
        "tenth": ruled | {"num_format": "#,##0.0"},
    }
    return {name: book.add_format(style) for name, style in styles.items()}


class _Sheet:
    """One page while it is written, from the top down."""

    def __init__(self, book: Workbook, page: Page, kinds: dict[str, Any]) -> None:
        self._sheet, self._page, self._kinds = book.add_worksheet(page.tab), page, kinds

    def write(self) -> None:
        rows = iter(self._page.rows)
        first = list(islice(rows, _MEASURED))
        made = layout(self._page.header, first, self._page.by_hand)
        for place, width in enumerate(made.widths):
            self._sheet.set_column(place, place, width)
        top = self._heading(made)
        last = self._rows(chain(first, rows), top + 1, made)
        self._for_reading(top, last)
        below = last + 2 if self._page.closing else last + 1  # an empty line lies between
        for line, text in enumerate(self._page.closing, below):
            self._across(line, text, "note", 10, made)
        self._for_print(top, below + len(self._page.closing) - 1, made)

    def _heading(self, made: Layout) -> int:
        """Title, notes and header; gives the header's line."""
        self._across(0, self._page.title, "title", 16, made)
        notes = [piece for note in self._page.notes for piece in pieces(note, made.span)]
        for line, note in enumerate(notes, 1):
            self._across(line, note, "note", 10, made)
        top = 1 + len(notes)
        depth = max(lines_of(name, width - 2) for name, width in zip(self._page.header, made.widths, strict=True))
        self._sheet.set_row(top, depth * LINE + 6)
        for place, name in enumerate(self._page.header):
            self._sheet.write_string(top, place, name, self._kinds["header"])
        return top

    def _across(self, line: int, text: str, kind: str, size: int, made: Layout) -> None:
        """A text over the whole table, broken into lines: a long one makes no column wider and no print smaller."""
        self._sheet.set_row(line, lines_of(text, made.span * 11 / size) * size * 1.32 + 4)
        if made.last:
            self._sheet.merge_range(line, 0, line, made.last, "", self._kinds[kind])
        self._sheet.write_string(line, 0, text, self._kinds[kind])

    def _rows(self, rows: Iterator[Sequence[Cell]], line: int, made: Layout) -> int:
        """Every row from `line` on; gives the last line of the table."""
        last = line - 1
        for last, row in enumerate(rows, line):
            height = row_height(row, made)
            if self._page.by_hand or height > LINE:  # not every program looks itself whether a text is broken into lines
                self._sheet.set_row(last, max(height, _BY_HAND if self._page.by_hand else 0))
            for place, cell in enumerate(row):
                self._cell(last, place, cell, made.numbers[place])
        return last

    def _cell(self, line: int, place: int, cell: Cell, among_numbers: bool) -> None:
        sheet, kinds = self._sheet, self._kinds
        match cell:
            case None:
                sheet.write_blank(line, place, None, kinds["text"])
            case str():
                sheet.write_string(line, place, cell, kinds["right" if among_numbers else "text"])
            case date():
                sheet.write_datetime(line, place, cell, kinds["date"])
            case Decimal():
                sheet.write_number(line, place, cell, kinds["tenth" if cell.as_tuple().exponent == -1 else "money"])
            case _:
                sheet.write_number(line, place, cell, kinds["whole"])

    def _for_reading(self, top: int, last: int) -> None:
        """The header stays in sight and filters; digits that are text are no mistake."""
        end = len(self._page.header) - 1
        self._sheet.freeze_panes(top + 1, 0)
        self._sheet.autofilter(top, 0, last, end)
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})

    def _for_print(self, top: int, last: int, made: Layout) -> None:
        """A4, as wide as the paper, its header on every page, pages counted."""
        sheet = self._sheet
        if made.landscape:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        sheet.center_horizontally()
        sheet.repeat_rows(top)
        sheet.print_area(0, 0, last, max(made.last, len(self._page.header) - 1))
        mark = self._page.mark[:MARKED].replace("&", "&&")  # a single one begins a code
        if mark:
            sheet.set_header(f"&C&K808080{mark}")
        sheet.set_footer(f"&C&K808080{mark}　&P/&N" if mark else "&C第&P页，共&N页")
