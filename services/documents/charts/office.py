"""Stacked bars as office programs draw them themselves: in a workbook beside their numbers, and in a docx file with these numbers in it, so
that whoever has the file can change look and figures. The same value is a picture (`picture.py`) on a page. Knows no rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from xlsxwriter import Workbook

from services.documents.charts.picture import COLOURS, Series, bars, described

WIDTH, HEIGHT = 640, 300  # pixels in a workbook
_DATA = "数据"  # the sheet of a chart's own numbers
_OUTSIDE = f'<c:externalData {nsdecls("c", "r")} r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
_FONT = {"name": "宋体", "size": 10}


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of `stacked` values on each other, one per label; a value that may not be shown is None, and nothing is drawn for it.

    `note` says what a reader must know to read it.
    """

    title: str
    unit: str
    labels: Sequence[str]
    stacked: Sequence[Series]
    note: str = ""

    @property
    def drawable(self) -> bool:
        """Whether there is anything to draw: a picture of nothing looks like health."""
        return any(value for series in self.stacked for value in series.values)

    @property
    def in_words(self) -> str:
        """What it shows, for a reader who cannot see it."""
        return "；".join(described(self.labels, series) for series in self.stacked)


@dataclass(frozen=True, slots=True)
class ForWord:
    """A chart as a part of a docx file, and the workbook that it takes its numbers from, by its first relation (rId1)."""

    xml: bytes
    workbook: bytes


def svg(chart: Chart) -> str:
    """The chart as a picture."""
    return bars(chart.title, chart.unit, chart.labels, chart.stacked, note=chart.note)


def for_word(chart: Chart) -> ForWord:
    """The chart for a docx file."""
    book = _book(chart)
    with ZipFile(BytesIO(book)) as parts:
        drawn = parse_xml(parts.read("xl/charts/chart1.xml"))
    for value in drawn.iter(qn("c:showVal")):  # what is not said is shown in a paper, and is not in a sheet
        value.addprevious(_no("showLegendKey"))
        for name in ("showBubbleSize", "showPercent", "showSerName", "showCatName"):
            value.addnext(_no(name))
    of_a_sheet = drawn.find(qn("c:printSettings"))
    assert of_a_sheet is not None, "the writer of workbooks ends a chart with it"
    drawn.replace(of_a_sheet, parse_xml(_OUTSIDE))  # the schema has an order, in which both stand last
    return ForWord(serialize_part_xml(drawn), book)


def _no(name: str) -> BaseOxmlElement:
    return parse_xml(f'<c:{name} {nsdecls("c")} val="0"/>')


def _book(chart: Chart) -> bytes:
    out = BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        sheet = book.add_worksheet(_DATA)
        write(book, sheet, 0, chart)
    return out.getvalue()


def write(book: Workbook, sheet: Any, top: int, chart: Chart) -> None:
    """Numbers from the line `top` of a sheet on, a line for each label, and the chart beside them. Lines are written from the top down."""
    sheet.write_row(top, 1, [series.name for series in chart.stacked])
    for line, label in enumerate(chart.labels, top + 1):
        sheet.write_string(line, 0, label)
        for place, series in enumerate(chart.stacked, 1):
            value = series.values[line - top - 1]
            if value is not None:
                sheet.write_number(line, place, value)
    sheet.insert_chart(top, len(chart.stacked) + 2, _drawn(book, sheet.get_name(), top, chart))


def _drawn(book: Workbook, sheet: str, top: int, chart: Chart) -> Any:
    drawn = book.add_chart({"type": "column", "subtype": "stacked"})
    first, last = top + 1, top + len(chart.labels)
    for place, colour in enumerate(COLOURS[: len(chart.stacked)], 1):
        drawn.add_series(
            {
                "name": [sheet, top, place],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, place, last, place],
                "fill": {"color": colour},
                "gap": 60,
                "data_labels": {"value": True, "num_format": "#,##0;;;", "font": {"size": 9, "color": "#FFFFFF"}},
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"name": "宋体", "size": 13}})
    ticks = {"num_font": _FONT, "major_tick_mark": "none", "minor_tick_mark": "none"}
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    drawn.set_x_axis(ticks)
    drawn.set_y_axis(ticks | {"name": chart.unit, "name_font": _FONT, "num_format": "0", "major_gridlines": grid})
    drawn.set_legend({"position": "bottom", "font": _FONT})
    drawn.set_size({"width": WIDTH, "height": HEIGHT})
    return drawn
