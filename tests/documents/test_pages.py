"""What is made for offices: sheets whose text stays text, pictures that say in words what they show."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from services.documents.charts.picture import Series, bars
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


def test_labels_that_are_turned_end_above_the_legend_and_the_grid_before_the_scale_at_the_right() -> None:
    labels = [f"维西傈僳族自治县{n}" for n in range(30)]
    root, space = (
        ElementTree.fromstring(bars("图", "件", labels, [Series("数", [1] * 30)], Series("天", [5] * 30), line_unit="天")),
        "{http://www.w3.org/2000/svg}",
    )
    texts = {each.text: each for each in root.iter(f"{space}text")}
    deepest = float(texts[labels[0]].get("y", "")) + 0.71 * (8 * 12 + 7)
    assert deepest < float(texts["数"].get("y", "")) - 12
    assert root.get("viewBox", "").split()[3] == str(int(float(texts["数"].get("y", "")) + 14))
    assert {float(each.get("x2", "")) for each in root.iter(f"{space}line")} == {960 - 64}
