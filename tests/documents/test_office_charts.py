"""Charts in files for offices: real ones with their numbers, the same in docx and xlsx, that draw nothing of what may not be shown."""

import re
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from services.documents import paper_docx, paper_html
from services.documents.charts.office import Chart
from services.documents.charts.picture import Series
from services.documents.paper import Paper, Part, Table, height
from services.documents.workbook import Charts, Page, written

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CHART = Chart(
    "期末未结<线索>",
    "件",
    ["应享未享", '查无"此人"*', "=风险线索"],
    [Series("未超期", [12, None, 25]), Series("已超期", [11, None, 0])],
    "“*”：不显示。",
)
EMPTY = Chart("没有", "件", ["应享未享"], [Series("未超期", [0]), Series("已超期", [None])])


def paper(*charts: Chart) -> Paper:
    """A paper with these charts."""
    return Paper(
        "通报", [], [Part(f"第{n}部分", (), Table(("甲",), [("行",)]), chart=each) for n, each in enumerate(charts)], [], []
    )


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of an office file."""
    with ZipFile(BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def values(xml: bytes) -> list[list[tuple[str, str]]]:
    """The values that a chart holds itself, by their places, series by series."""
    found = []
    for series in ElementTree.fromstring(xml).iter(f"{C}ser"):
        points = series.findall(f"{C}val/{C}numRef/{C}numCache/{C}pt")
        found.append([(each.get("idx", ""), each.findtext(f"{C}v", "")) for each in points])
    return found


def test_a_docx_file_has_a_chart_with_its_numbers_and_the_workbook_behind_them() -> None:
    made = parts(paper_docx.written(paper(CHART, CHART)))
    assert {"word/charts/chart1.xml", "word/charts/chart2.xml", "word/embeddings/chart1.xlsx"} <= made.keys()
    assert values(made["word/charts/chart1.xml"]) == [[("0", "12"), ("2", "25")], [("0", "11"), ("2", "0")]]
    root = ElementTree.fromstring(made["word/charts/chart1.xml"])
    assert [child.tag.removeprefix(C) for child in root][-2:] == ["chart", "externalData"]
    assert b"embeddings/chart1.xlsx" in made["word/charts/_rels/chart1.xml.rels"]
    sheet = CalamineWorkbook.from_filelike(BytesIO(made["word/embeddings/chart1.xlsx"])).get_sheet_by_index(0).to_python()
    assert sheet == [["", "未超期", "已超期"], ["应享未享", 12, 11], ['查无"此人"*', "", ""], ["=风险线索", 25, 0]]


def test_a_chart_in_a_docx_file_shows_its_values_alone_and_says_in_words_what_it_shows() -> None:
    made = parts(paper_docx.written(paper(CHART)))
    root = ElementTree.fromstring(made["word/charts/chart1.xml"])
    shown = {each.tag.removeprefix(C): each.get("val") for each in next(root.iter(f"{C}dLbls")) if each.get("val") in ("0", "1")}
    assert shown == dict.fromkeys(("showLegendKey", "showCatName", "showSerName", "showPercent", "showBubbleSize"), "0") | {
        "showVal": "1"
    }
    document = made["word/document.xml"].decode()
    assert "未超期：应享未享 12，查无&quot;此人&quot;* —，=风险线索 25" in document
    assert 'name="期末未结&lt;线索&gt;"' in document
    assert [each.text for each in Document(BytesIO(paper_docx.written(paper(CHART)))).paragraphs][-1] == "“*”：不显示。"


def test_a_workbook_has_its_charts_beside_their_numbers_on_a_sheet_of_their_own() -> None:
    made = written([Page("表", "题", ["甲"], [["行"]])], Charts("图", [CHART, EMPTY, CHART]))
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    assert book.sheet_names == ["表", "图"]
    sheet = book.get_sheet_by_name("图").to_python()
    assert [row[0] for row in sheet if "期末未结" in str(row[0])] == ["期末未结<线索>（件）“*”：不显示。"] * 2
    charts = {name: data for name, data in parts(made).items() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)}
    assert len(charts) == 2  # nothing is drawn of nothing
    refers = {each.text for data in charts.values() for each in ElementTree.fromstring(data).iter(f"{C}f")}
    assert {"图!$B$3:$B$5", "图!$C$3:$C$5"} <= refers
    assert "<f>" not in "".join(data.decode() for name, data in parts(made).items() if name.startswith("xl/worksheets/sheet"))


def test_a_page_has_the_same_chart_as_a_picture() -> None:
    html = paper_html.page(paper(CHART))
    assert "<figure><svg" in html
    assert "期末未结&lt;线索&gt;" in html
    assert "应享未享 12" in html


@pytest.mark.parametrize("chart", [EMPTY, None])
def test_nothing_is_drawn_where_there_is_nothing_to_draw(chart: Chart | None) -> None:
    bare = Paper("通报", [], [Part("一", chart=chart)], [], [])
    assert not [name for name in parts(paper_docx.written(bare)) if "chart" in name]
    assert "<figure>" not in paper_html.page(bare)
    assert height(bare) == height(Paper("通报", [], [Part("一")], [], []))
    assert height(paper(CHART)) > height(paper()) + 75
