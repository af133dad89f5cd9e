"""Official papers of a few pages: title, numbered parts with sentences and tables in, docx bytes or an HTML page out.

A leaf that every service may import; knows no rule. Both say the same in the same order; text stays text, and nothing is loaded, run
or linked. A paper that must be one page is set smaller, on lines of a fixed height, so that how long it is can be counted beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from io import BytesIO
from math import ceil
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLE = """body{font:15px/1.7 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;color:#111;max-width:54em;margin:2em auto}
h1{font-size:22px;text-align:center}h2{font-size:16px;margin-top:1.4em}table{border-collapse:collapse;width:100%;margin:.4em 0}
td,th{border:1px solid #999;padding:3px 8px;text-align:left;font-size:13px}th{background:#eef2f6}.n{text-align:right}
td:first-child{white-space:nowrap}.line{text-align:center;color:#333}.seal{text-align:right}.small{font-size:12px;color:#555}
tr{break-inside:avoid}h2{break-after:avoid}@page{size:A4;margin:12mm}
@media print{h1{font-size:19px}body{margin:0;max-width:none;font-size:13px}td,th{font-size:11px;padding:2px 5px}
.dense{font-size:12px;line-height:1.2}.dense *{margin-top:0;margin-bottom:0}.dense h1{font-size:18px}.dense h2{font-size:12.5px}
.dense td,.dense th{font-size:9px;padding:0 3px}.dense .small{font-size:9px}}"""
_BODY, _TITLE = "仿宋", "黑体"
_WIDE, _HIGH, _POINT, _RULE, _SPARE = 210.0, 297.0, 25.4 / 72, 0.2, 5.0  # A4, a point, the rule between two rows, unused; in mm
# Of a Chinese character and of a figure in a line, in parts of the type's size (also where another type stands in for ours); of
# a cell's margins in mm; of a fixed line, in parts of its size.
_CHARACTER, _FIGURE, _PADDING, _LEADING = 1.01, 0.655, 2.5, 1.2


@dataclass(frozen=True, slots=True)
class _Set:
    """How a paper is set: sizes in points, the margin in mm; `leading`: a line's height in parts of its size, None: the type's own."""

    title: float
    text: float
    heading: float
    cell: float
    small: float
    margin: float
    leading: float | None

    @property
    def width(self) -> float:
        """Of the text, in mm."""
        return _WIDE - 2 * self.margin


_PLAIN, _DENSE = _Set(16, 10.5, 11, 8, 8, 15, None), _Set(14, 9, 9.5, 7, 7, 11, _LEADING)
PAGE = _HIGH - 2 * _DENSE.margin - _SPARE  # mm that a paper of one page may be high


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows as wide as it. Numbers come as text, as they are to be read; columns from `numbers` on are set to the right,
    but for the last `texts` of them. `least`: so many rows stay, whatever room there is, None: all of them; the last `sums` stay, too."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 1
    texts: int = 0
    least: int | None = None
    sums: int = 0

    @property
    def spare(self) -> int:
        """How many rows may be left out."""
        return 0 if self.least is None else max(0, len(self.rows) - self.sums - self.least)

    def without(self, count: int) -> "Table":
        """The table without its last rows, but for the sums."""
        end = len(self.rows) - self.sums
        return replace(self, rows=[*self.rows[: end - count], *self.rows[end:]])

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
    """What stands on the paper: title, lines below it, parts, small notes, and who issued it when. `dense`: set for one page."""

    title: str
    lines: Sequence[str]
    parts: Sequence[Part]
    notes: Sequence[str]
    seal: Sequence[str]
    dense: bool = False


def fitted(paper: Paper) -> Paper:
    """The paper on one page: the table with most rows to spare gives way, row by row, and its heading says how many stand elsewhere.

    What must stay may still be more than a page; `height` says so.
    """
    fitting, left = replace(paper, dense=True), [0] * len(paper.parts)
    while height(fitting) > PAGE:
        spare = [part.table.spare - n if part.table else 0 for part, n in zip(paper.parts, left, strict=True)]
        if max(spare, default=0) <= 0:
            break
        left[spare.index(max(spare))] += 1
        fitting = replace(fitting, parts=[_cut(part, n) for part, n in zip(paper.parts, left, strict=True)])
    return fitting


def _cut(part: Part, count: int) -> Part:
    if not count or part.table is None:
        return part
    return replace(part, heading=f"{part.heading}（其余{count}行见附表）", table=part.table.without(count))


def height(paper: Paper) -> float:
    """How high a dense paper is, in mm, without its margins."""
    said = [(paper.title, _DENSE.title), *((text, _DENSE.text) for text in (*paper.lines, *paper.seal))]
    said += [(note, _DENSE.small) for note in paper.notes]
    rows = 0.0
    for part in paper.parts:
        said += [(part.heading, _DENSE.heading), *((sentence, _DENSE.text) for sentence in part.sentences)]
        if part.table is not None and part.table.rows:
            rows += _rows_height(part.table)
        elif part.table is not None:
            said.append((part.empty, _DENSE.text))
    return rows + sum(_lines(text, size, _DENSE.width) * size * _LEADING * _POINT for text, size in said)


def _rows_height(table: Table) -> float:
    widths, line = _widths(table, _DENSE), _DENSE.cell * _LEADING * _POINT
    deepest = (
        max(_lines(text, _DENSE.cell, width - _PADDING) for text, width in zip(row, widths, strict=True))
        for row in (table.header, *table.rows)
    )
    return sum(lines * line + _RULE for lines in deepest)


def _lines(text: str, size: float, width: float) -> int:
    return max(1, ceil(_length(text, size) / width))


def written(paper: Paper) -> bytes:
    """The paper as a docx file on A4."""
    made, how = Document(), _DENSE if paper.dense else _PLAIN
    made.core_properties.author, made.core_properties.title = "", paper.title
    section = made.sections[0]
    section.page_width, section.page_height = Mm(_WIDE), Mm(_HIGH)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(how.margin)
    _set_font(made.styles["Normal"], _BODY, Pt(how.text))
    _say(made, paper.title, how.title, how, WD_ALIGN_PARAGRAPH.CENTER, _TITLE)
    for line in paper.lines:
        _say(made, line, how.text, how, WD_ALIGN_PARAGRAPH.CENTER)
    for part in paper.parts:
        _part(made, part, how)
    for note in paper.notes:
        _say(made, note, how.small, how)
    for line in paper.seal:
        _say(made, line, how.text, how, WD_ALIGN_PARAGRAPH.RIGHT)
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
    dense = " class=dense" if paper.dense else ""
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body{dense}>{body}</body></html>\n'


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


def _part(made: Any, part: Part, how: _Set) -> None:
    _say(made, part.heading, how.heading, how, font=_TITLE).paragraph_format.keep_with_next = True
    for sentence in part.sentences:
        _say(made, sentence, how.text, how)
    if part.table is None:
        return
    if not part.table.rows:
        _say(made, part.empty, how.text, how)
        return
    table = made.add_table(rows=1 + len(part.table.rows), cols=len(part.table.header), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _widths(part.table, how), strict=True):
        column.width = Mm(width)  # one program goes by the columns, another by the cells
        for cell in column.cells:
            cell.width = Mm(width)
    for line, row in zip(table.rows, (part.table.header, *part.table.rows), strict=True):
        for place, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
            right = part.table.right(place) and row is not part.table.header
            _write(cell.paragraphs[0], text, how.cell, how, WD_ALIGN_PARAGRAPH.RIGHT if right else None)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # a table that goes over a page says its columns again
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(OxmlElement(f"w:{side}", {qn("w:w"): "40", qn("w:type"): "dxa"}))
    table._tbl.tblPr.append(margins)


def _widths(table: Table, how: _Set) -> list[float]:
    """The page in mm, shared out by the longest text of each column; where that is too wide the longest give way, so that a number or a
    date stays in one line."""
    lines = (table.header, *table.rows)
    needs = [_PADDING + max(_length(row[place], how.cell) for row in lines) for place in range(len(table.header))]
    left, most = how.width, max(needs)
    for before, need in enumerate(sorted(needs)):
        most = left / (len(needs) - before)
        if need > most:
            break
        left -= need
    else:
        most = max(needs)
    widths = [min(need, most) for need in needs]
    return [how.width * width / sum(widths) for width in widths]


def _length(text: str, size: float) -> float:
    """Of a line in this size, in mm."""
    return sum(_FIGURE if character.isascii() else _CHARACTER for character in text) * size * _POINT


def _say(made: Any, text: str, size: float, how: _Set, align: Any = None, font: str = _BODY) -> Any:
    paragraph = made.add_paragraph()
    _write(paragraph, text, size, how, align, font)
    return paragraph


def _write(paragraph: Any, text: str, size: float, how: _Set, align: Any = None, font: str = _BODY) -> None:
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_after = form.space_before = Pt(0 if how.leading else 0.5)
    if how.leading:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * how.leading)
    run = paragraph.add_run(text)
    _set_font(run, font, Pt(size))


def _set_font(styled: Any, font: str, size: Any) -> None:
    """Word takes Chinese characters from another attribute than Latin ones."""
    styled.font.name, styled.font.size = font, size
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
