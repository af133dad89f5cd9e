"""Official papers of a few pages: title, numbered parts with sentences and tables in, docx bytes or an HTML page out.

A leaf that every service may import; knows no rule. Both say the same in the same order; text stays text, and nothing is loaded, run
or linked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLE = """body{font:15px/1.7 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;color:#111;max-width:54em;margin:2em auto}
h1{font-size:22px;text-align:center}h2{font-size:16px;margin-top:1.4em}table{border-collapse:collapse;width:100%;margin:.4em 0}
td,th{border:1px solid #999;padding:3px 8px;text-align:left;font-size:13px}th{background:#eef2f6}.n{text-align:right}
td:first-child{white-space:nowrap}.line{text-align:center;color:#333}.seal{text-align:right}.small{font-size:12px;color:#555}
tr{break-inside:avoid}h2{break-after:avoid}@page{size:A4;margin:12mm}
@media print{h1{font-size:19px}body{margin:0;max-width:none;font-size:13px}td,th{font-size:11px;padding:2px 5px}}"""
_BODY, _TITLE, _SMALL, _CELL = "仿宋", "黑体", Pt(8), Pt(8)
_MARGIN = Mm(15)
# Of the text, of a Chinese character and a figure in a cell (also where another type stands in for ours), of a cell's margins; in mm.
_WIDTH, _CHARACTER, _FIGURE, _PADDING = 180, 2.85, 1.85, 2.5


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows as wide as it. Numbers come as text, as they are to be read; columns from `numbers` on are set to the right,
    but for the last `texts` of them."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 1
    texts: int = 0

    def right(self, place: int) -> bool:
        """Whether this column is set to the right."""
        return self.numbers <= place < len(self.header) - self.texts


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what is said under it, and at most one table; `empty` is said in place of a table without rows."""

    heading: str
    sentences: Sequence[str] = ()
    table: Table | None = None
    empty: str = "无。"


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper: title, lines below it, parts, small notes, and who issued it when."""

    title: str
    lines: Sequence[str]
    parts: Sequence[Part]
    notes: Sequence[str]
    seal: Sequence[str]


def written(paper: Paper) -> bytes:
    """The paper as a docx file on A4."""
    made = Document()
    made.core_properties.author, made.core_properties.title = "", paper.title
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    _set_font(made.styles["Normal"], _BODY, Pt(10.5))
    _say(made, paper.title, Pt(16), WD_ALIGN_PARAGRAPH.CENTER, _TITLE)
    for line in paper.lines:
        _say(made, line, Pt(10.5), WD_ALIGN_PARAGRAPH.CENTER)
    for part in paper.parts:
        _part(made, part)
    for note in paper.notes:
        _say(made, note, _SMALL)
    for line in paper.seal:
        _say(made, line, Pt(10.5), WD_ALIGN_PARAGRAPH.RIGHT)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def page(paper: Paper) -> str:
    """The paper as one HTML page; it loads nothing."""
    lines = "".join(f"<p class=line>{escape(line)}</p>" for line in paper.lines)
    parts = "".join(_html(part) for part in paper.parts)
    notes = "".join(f"<p class=small>{escape(note)}</p>" for note in paper.notes)
    seal = "".join(f"<p class=seal>{escape(line)}</p>" for line in paper.seal)
    head = f'<meta charset="utf-8"><title>{escape(paper.title)}</title><style>{_STYLE}</style>'
    body = f"<h1>{escape(paper.title)}</h1>{lines}{parts}{notes}{seal}"
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'


def _html(part: Part) -> str:
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in part.sentences)
    return f"<h2>{escape(part.heading)}</h2>{said}{_html_table(part)}"


def _html_table(part: Part) -> str:
    if part.table is None:
        return ""
    if not part.table.rows:
        return f"<p>{escape(part.empty)}</p>"
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in part.table.header)
    rows = "".join(f"<tr>{''.join(_html_cell(n, cell, part.table) for n, cell in enumerate(row))}</tr>" for row in part.table.rows)
    return f"<table><tr>{head}</tr>{rows}</table>"


def _html_cell(place: int, cell: str, table: Table) -> str:
    return f"<td{' class=n' if table.right(place) else ''}>{escape(cell)}</td>"


def _part(made: Any, part: Part) -> None:
    _say(made, part.heading, Pt(11), font=_TITLE).paragraph_format.keep_with_next = True
    for sentence in part.sentences:
        _say(made, sentence, Pt(10.5))
    if part.table is None:
        return
    if not part.table.rows:
        _say(made, part.empty, Pt(10.5))
        return
    table = made.add_table(rows=1 + len(part.table.rows), cols=len(part.table.header), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _widths(part.table), strict=True):
        column.width = width  # one program goes by the columns, another by the cells
        for cell in column.cells:
            cell.width = width
    for line, row in zip(table.rows, (part.table.header, *part.table.rows), strict=True):
        for place, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
            right = part.table.right(place) and row is not part.table.header
            _write(cell.paragraphs[0], text, _CELL, WD_ALIGN_PARAGRAPH.RIGHT if right else None)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # a table that goes over a page says its columns again
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(OxmlElement(f"w:{side}", {qn("w:w"): "40", qn("w:type"): "dxa"}))
    table._tbl.tblPr.append(margins)


def _widths(table: Table) -> list[Any]:
    """The page, shared out by the longest text of each column; where that is too wide the longest give way, so that a number or a date
    stays in one line."""
    needs = [_PADDING + max(_length(row[place]) for row in (table.header, *table.rows)) for place in range(len(table.header))]
    left, most = float(_WIDTH), max(needs)
    for before, need in enumerate(sorted(needs)):
        most = left / (len(needs) - before)
        if need > most:
            break
        left -= need
    else:
        most = max(needs)
    widths = [min(need, most) for need in needs]
    return [Mm(_WIDTH * width / sum(widths)) for width in widths]


def _length(text: str) -> float:
    return sum(_FIGURE if character.isascii() else _CHARACTER for character in text)


def _say(made: Any, text: str, size: Any, align: Any = None, font: str = _BODY) -> Any:
    paragraph = made.add_paragraph()
    _write(paragraph, text, size, align, font)
    return paragraph


def _write(paragraph: Any, text: str, size: Any, align: Any = None, font: str = _BODY) -> None:
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(0.5)
    run = paragraph.add_run(text)
    _set_font(run, font, size)


def _set_font(styled: Any, font: str, size: Any) -> None:
    """Word takes Chinese characters from another attribute than Latin ones."""
    styled.font.name, styled.font.size = font, size
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
