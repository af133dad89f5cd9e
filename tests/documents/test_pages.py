"""What is made for offices: sheets whose text stays text, pictures that say in words what they show."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from docx import Document
from python_calamine import CalamineWorkbook

from services.documents.chart import Series, bars
from services.documents.paper import PAGE, Paper, Part, Table, fitted, height, page
from services.documents.paper import written as paper_written
from services.documents.workbook import Cell, Page, written


def test_an_id_keeps_all_its_digits_and_nothing_becomes_a_formula() -> None:
    rows: list[list[Cell]] = [["533499198001010013", "=1+1", 3, Decimal("12.50"), date(2026, 3, 2), None]]
    header = ["身份证号", "备注", "数", "金额", "日期", "空"]
    made = written([Page("名册", "残疾人证名册", header, rows, ("截至2026-03-02",)), Page("空", "空表", ["甲"], [])])
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    assert book.sheet_names == ["名册", "空"]
    read = book.get_sheet_by_name("名册").to_python()
    assert [read[0][0], read[1][0], read[2]] == ["残疾人证名册", "截至2026-03-02", header]
    assert read[3] == ["533499198001010013", "=1+1", 3.0, 12.5, date(2026, 3, 2), ""]


def test_columns_of_sentences_are_wide_and_broken_into_lines() -> None:
    content = written([Page("清单", "清单", ("编号", "情况"), [["1A2B3C4D", "情" * 60]], long=(1,))])
    with ZipFile(BytesIO(content)) as file:
        sheet, styles = (file.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert re.findall(r'<col min="(\d)" max="\d" width="([\d.]+)"', sheet) == [("1", "10.7109375"), ("2", "36.7109375")]
    assert styles.count('wrapText="1"') == 2  # of headers, and of these


def test_a_picture_is_well_formed_says_what_it_shows_and_runs_nothing() -> None:
    said = bars(
        "到期<预测>", "人", ["2028-01", "2028-02"], [Series("低保", [3, 0]), Series("其他", [1, 7])], Series("能力", [5, 5])
    )
    root = ElementTree.fromstring(said)
    space = "{http://www.w3.org/2000/svg}"
    assert [e.text for e in root.iter(f"{space}title")] == ["到期<预测>"]
    assert [e.text for e in root.iter(f"{space}desc")] == [
        "低保：2028-01 3，2028-02 0；其他：2028-01 1，2028-02 7；能力：2028-01 5，2028-02 5"
    ]
    assert {e.tag for e in root.iter()} == {
        f"{space}{t}" for t in ("svg", "title", "desc", "rect", "text", "line", "polyline", "circle")
    }


def test_the_line_lies_over_the_bars_and_the_numbers_over_the_line() -> None:
    drawn = [
        e.tag.rpartition("}")[2] for e in ElementTree.fromstring(bars("图", "人", ["甲"], [Series("数", [3])], Series("线", [3])))
    ]
    line = drawn.index("polyline")
    assert drawn[line - 2 : line + 3] == ["rect", "text", "polyline", "circle", "text"]


def test_the_bars_are_as_high_as_their_values() -> None:
    root = ElementTree.fromstring(bars("图", "人", ["甲", "乙"], [Series("数", [10, 5])]))
    drawn = [e for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.get("fill") == "#2F6DA8"][:2]
    high, low = [float(e.get("height", "")) for e in drawn]
    assert high == 2 * low == 420 - 96 - 72


def test_a_picture_of_nothing_is_still_a_picture() -> None:
    assert ElementTree.fromstring(bars("图", "人", [], [Series("数", [])])).tag.endswith("svg")


def test_a_line_with_a_unit_has_a_scale_of_its_own_and_draws_nothing_where_there_is_nothing() -> None:
    said = bars("图", "件", ["甲", "乙", "丙"], [Series("数", [100, None, 50])], Series("天", [10, None, 5]), line_unit="天")
    root, space = ElementTree.fromstring(said), "{http://www.w3.org/2000/svg}"
    assert [d.get("cy") for d in root.iter(f"{space}circle")] == ["72.0", "198.0"]  # as high as the bars of 100 and 50
    assert root.findtext(f"{space}desc") == "数：甲 100，乙 —，丙 50；天：甲 10，乙 —，丙 5"


def test_a_paper_says_everything_in_order_and_so_does_its_page() -> None:
    table = Table(("单位", "件数"), [("残联", "12"), ("<民政局>", "*")])
    paper = Paper(
        "通报",
        ["统计期间"],
        [Part("一、总体", ["一句。"], table), Part("二、其他", (), Table(("甲",), []))],
        ["口径"],
        ["州残工委办公室"],
    )
    document: Any = Document(BytesIO(paper_written(paper)))
    assert [p.text for p in document.paragraphs] == [
        "通报",
        "统计期间",
        "一、总体",
        "一句。",
        "二、其他",
        "无。",
        "口径",
        "州残工委办公室",
    ]
    assert [[[c.text for c in row.cells] for row in t.rows] for t in document.tables] == [
        [["单位", "件数"], ["残联", "12"], ["<民政局>", "*"]],
    ]
    assert (document.core_properties.author, document.core_properties.title) == ("", "通报")
    html = page(paper)
    assert "<h2>一、总体</h2><p>一句。</p><table><tr><th scope=col>单位</th>" in html
    assert "<td>&lt;民政局&gt;</td><td class=n>*</td>" in html
    assert "<p>无。</p>" in html


def test_numbers_are_set_to_the_right_and_the_texts_behind_them_are_not() -> None:
    table = Table(("编号", "天数", "决定"), [("1A2B3C4D", "59", "")], 1, 1)
    assert [table.right(place) for place in range(3)] == [False, True, False]
    html = page(Paper("清单", (), [Part("一、", (), table)], (), ()))
    assert "<td>1A2B3C4D</td><td class=n>59</td><td></td>" in html


def test_long_columns_give_way_so_that_a_number_or_a_date_stays_in_one_line() -> None:
    table = Table(("编号", "情况", "单位", "日期"), [("1A2B3C4D", "情" * 60, "单" * 40, "2026.3.2")])
    document: Any = Document(BytesIO(paper_written(Paper("清单", (), [Part("一、", (), table)], (), ()))))
    assert [round(cell.width.mm, 1) for cell in document.tables[0].rows[0].cells] == [17.3, 72.7, 72.7, 17.3]


def rows(count: int, text: str = "行") -> list[tuple[str, str]]:
    """So many rows, numbered."""
    return [(f"{text}{n}", str(n)) for n in range(count)]


def test_a_paper_of_one_page_loses_rows_of_the_longest_table_that_may_and_says_how_many() -> None:
    long = Part("一、长", (), Table(("甲", "乙"), [*rows(100), ("合计", "9")], least=3, sums=1))
    kept, short = Part("二、全", (), Table(("甲", "乙"), rows(20))), Part("三、短", (), Table(("甲", "乙"), rows(4), least=3))
    made = fitted(Paper("通报", (), [long, kept, short], (), ()))
    assert made.dense
    assert PAGE - 3.3 < height(made) <= PAGE  # another row would be too much
    first, *others = made.parts
    assert others == [kept, short]
    assert first.table is not None
    left = len(first.table.rows) - 1
    assert first.heading == f"一、长（其余{100 - left}行见附表）"
    assert first.table.rows == [*rows(left), ("合计", "9")]


def test_what_fits_is_left_whole_and_what_must_stay_stays_although_it_does_not_fit() -> None:
    whole = Paper("通报", (), [Part("一、", (), Table(("甲", "乙"), rows(5), least=1))], (), ())
    assert list(fitted(whole).parts) == list(whole.parts)
    never = Paper("通报", (), [Part("一、", (), Table(("甲", "乙"), rows(200)))], (), ())
    assert (list(fitted(never).parts), height(fitted(never)) > PAGE) == (list(never.parts), True)


def test_a_broken_line_counts_as_two() -> None:
    one, two = (Paper("通报", (), [Part("一、", ["字" * n])], (), ()) for n in (58, 59))
    assert round(height(two) - height(one), 2) == 3.81


def test_a_paper_of_one_page_is_set_on_lines_of_a_fixed_height() -> None:
    document: Any = Document(BytesIO(paper_written(fitted(Paper("通报", (), [Part("一、", ["一句。"])], (), ())))))
    assert [p.paragraph_format.line_spacing.pt for p in document.paragraphs] == [16.8, 11.4, 10.8]
    assert "<body class=dense>" in page(fitted(Paper("通报", (), (), (), ())))
