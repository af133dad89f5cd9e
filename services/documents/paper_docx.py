"""A paper as a docx file in the manner of official documents (GB/T 9704): to be edited, sealed and sent round."""

from html import escape
from io import BytesIO
from itertools import count
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part as OpcPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from services.documents.charts.office import Chart, for_word
from services.documents.paper import Paper, Part, Table
from services.documents.paper_setting import A4, BY_HAND, CHART, INDENT, Setting, column_widths
from services.documents.workbook import XLSX

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TEXT, _TITLE, _HEADING, _SUBHEADING, _PAGES = "仿宋", "方正小标宋简体", "黑体", "楷体", "宋体"
_SEAL_INDENT, _PAGE_NUMBER = 4, 14  # characters to the right of who issued it; the size of a page's number
_INLINE = f"""<w:drawing {nsdecls("w", "wp", "a", "c", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">
<wp:extent cx="{{width}}" cy="{{height}}"/><wp:docPr id="{{number}}" name="{{title}}" descr="{{words}}"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{{relation}}"/></a:graphicData>
</a:graphic></wp:inline></w:drawing>"""


def written(paper: Paper) -> bytes:
    """The paper as a docx file on A4."""
    made = _Document(paper.setting)
    made.begin(paper)
    made.say(paper.title, made.how.title, WD_ALIGN_PARAGRAPH.CENTER, _TITLE)
    for line in paper.lines:
        made.say(line, made.how.text, WD_ALIGN_PARAGRAPH.CENTER, _SUBHEADING)
    for part in paper.parts:
        made.part(part)
    end = [made.say(note, made.how.small, indent=INDENT) for note in paper.notes]
    for line in paper.seal:
        end.append(made.say(line, made.how.text, WD_ALIGN_PARAGRAPH.RIGHT))
        end[-1].paragraph_format.right_indent = Pt(_SEAL_INDENT * made.how.text)
    for paragraph in end[:-1]:  # who issued it never stands alone on a page, and is not torn apart
        paragraph.paragraph_format.keep_with_next = True
    out = BytesIO()
    made.document.save(out)
    return out.getvalue()


class _Document:
    """A file while it is written."""

    def __init__(self, how: Setting) -> None:
        self.document: Any = Document()
        self._charts = count(1)
        self.how = how

    def begin(self, paper: Paper) -> None:
        """Page, margins and type; a paper of several pages counts them."""
        properties, section, (wide, high) = self.document.core_properties, self.document.sections[0], A4
        properties.author, properties.title = "", paper.title[:255]
        how = self.how
        section.page_width, section.page_height = (Mm(high), Mm(wide)) if how.landscape else (Mm(wide), Mm(high))
        section.orientation = WD_ORIENT.LANDSCAPE if how.landscape else WD_ORIENT.PORTRAIT
        # What lies across is an upright page turned to the left.
        margins = (how.right, how.left, how.top, how.bottom) if how.landscape else (how.top, how.bottom, how.left, how.right)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, margins)
        _set_font(self.document.styles["Normal"], _TEXT, how.text)
        if paper.fixed is None:
            self._count_pages(section)

    def _count_pages(self, section: Any) -> None:
        section.footer_distance = Mm(self.how.bottom - 10)
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text, kind in (("— ", None), ("", "begin"), ("PAGE", "instruction"), ("", "end"), (" —", None)):
            run = paragraph.add_run("" if kind else text)
            _set_font(run, _PAGES, _PAGE_NUMBER)
            if kind == "instruction":
                instruction = OxmlElement("w:instrText")
                instruction.text = text
                run._r.append(instruction)
            elif kind:
                run._r.append(OxmlElement("w:fldChar", {qn("w:fldCharType"): kind}))

    def say(self, text: str, size: float, align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY, font: str = _TEXT, indent: int = 0) -> Any:
        """A paragraph on lines of a fixed height."""
        paragraph = self.document.add_paragraph()
        self._write(paragraph, text, size, align, font, self.how.leading)
        paragraph.paragraph_format.first_line_indent = Pt(indent * size) if indent else None
        return paragraph

    def part(self, part: Part) -> None:
        """A heading, which is never the last line of a page, with what stands under it."""
        font = _SUBHEADING if part.heading.startswith("（") else _HEADING
        self.say(part.heading, self.how.heading, font=font, indent=INDENT).paragraph_format.keep_with_next = True
        for sentence in part.sentences:
            self.say(sentence, self.how.text, indent=INDENT)
        if part.table is not None and part.table.rows:
            self._table(part.table)
        elif part.table is not None:
            self.say(part.empty, self.how.text, indent=INDENT)
        if part.drawn is not None:
            self._chart(part.drawn)

    def _chart(self, chart: Chart) -> None:
        """A chart over the width of the text, with its numbers inside the file and its values in words for who cannot see it."""
        made, number, package = for_word(chart), next(self._charts), self.document.part.package
        numbers = OpcPart(PackURI(f"/word/embeddings/chart{number}.xlsx"), XLSX, made.workbook, package)
        drawing = OpcPart(PackURI(f"/word/charts/chart{number}.xml"), CT.DML_CHART, made.xml, package)
        drawing.relate_to(numbers, RT.PACKAGE)
        width, height = Mm(self.how.wide), Mm(CHART)
        inline = _INLINE.format(
            width=width,
            height=height,
            number=number,
            title=escape(chart.title, quote=True),
            words=escape(chart.in_words, quote=True),
            relation=self.document.part.relate_to(drawing, RT.CHART),
        )
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.keep_with_next = bool(chart.note)
        paragraph.add_run()._r.append(parse_xml(inline))
        if chart.note:
            self.say(chart.note, self.how.small, indent=INDENT)

    def _table(self, table: Table) -> None:
        made = self.document.add_table(rows=len(table.lines), cols=len(table.header), style="Table Grid")
        made.autofit = False
        for column, width in zip(made.columns, column_widths(table.lines, self.how), strict=True):
            column.width = Mm(width)  # one program goes by the columns, another by the cells
            for cell in column.cells:
                cell.width = Mm(width)
        for line, row in zip(made.rows, table.lines, strict=True):
            if table.by_hand and row is not table.header:
                line.height, line.height_rule = Mm(BY_HAND), WD_ROW_HEIGHT_RULE.AT_LEAST
            line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for place, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                font, align = _TEXT, WD_ALIGN_PARAGRAPH.RIGHT if table.right(place) else WD_ALIGN_PARAGRAPH.LEFT
                if row is table.header:
                    font, align = _HEADING, WD_ALIGN_PARAGRAPH.CENTER
                self._write(cell.paragraphs[0], text, self.how.cell, align, font, self.how.cell_leading)
        made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # said again on every page
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margins.append(OxmlElement(f"w:{side}", {qn("w:w"): "40", qn("w:type"): "dxa"}))
        made._tbl.tblPr.insert_element_before(margins, "w:tblLook")  # the schema has an order

    def _write(self, paragraph: Any, text: str, size: float, align: Any, font: str, leading: float) -> None:
        paragraph.alignment = align
        form = paragraph.paragraph_format
        form.space_after = form.space_before = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * leading)
        _set_font(paragraph.add_run(text), font, size)


def _set_font(styled: Any, font: str, size: float) -> None:
    """Word takes Chinese characters from another attribute than Latin ones, and knows sizes by half points."""
    styled.font.name, styled.font.size = font, Pt(round(size * 2) / 2)
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
