"""The monthly report as offices read it: the same numbers in paper, page and workbook; what nobody knows is no zero; charts that are real."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from services.documents import paper_docx, paper_html
from services.documents.paper import Paper
from services.matching.report import monthly_pages
from services.matching.report.lists import NOT_COMPARED
from tests.matching.report.month import COUNTY, PREFECTURE, full, many, report


def table(paper: Paper, heading: str) -> list[tuple[str, ...]]:
    """The rows of the part whose heading begins so."""
    (part,) = (part for part in paper.parts if part.heading.startswith(heading))
    return [tuple(row) for row in part.table.rows] if part.table else []


def test_the_paper_says_what_was_compared_what_could_not_be_and_what_became_of_what_was_found() -> None:
    paper = monthly_pages.paper(full())
    assert paper.title == "香格里拉市2026年3月残疾人数据比对情况通报"
    assert paper.seal == ("香格里拉市残联", "2026年3月31日")
    assert "对2026年2月的名单进行比对：2项次规则已比对，3项次因缺少名单暂停" in paper.parts[0].sentences[0]
    assert table(paper, "二") == [
        ("香格里拉市", "残疾人两项补贴发放花名册", "2026-02-26", "1200"),
        ("香格里拉市", "低保名单", "2026-02-28", "*"),
    ]
    assert table(paper, "三") == [
        ("香格里拉市", "一卡通发放结果", "未报送", "2026-03-11", "1项"),
        ("香格里拉市", "在校学生和学籍名单", "名单过时", "2026-01-15", "2项"),
    ]
    assert table(paper, "四")[0] == ("应享未享△", "24", "-7", "13", "0", "17", "52", "+21", "15（29%）")
    assert [row[0] for row in table(paper, "六")] == ["未分乡镇△", "小中甸镇△", "尼西乡△", "合计△"]
    assert table(paper, "八")[1] == ("民政", "2", "1", "1", "5", "0", "1", "1", "0", "0", "95%", "5%", "48%")


def test_a_county_that_was_not_compared_has_no_number_and_nothing_known_is_said_in_words() -> None:
    paper = monthly_pages.paper(full(PREFECTURE))
    assert paper.title.startswith("迪庆州2026年3月")
    assert ("德钦县", "—", "—") in table(paper, "一")
    assert ("德钦县", "—", "没有进行比对", "—", "全部") in table(paper, "三")
    assert "没有进行比对的：德钦县、维西傈僳族自治县。" in paper.parts[0].sentences[0]
    assert ("德钦县△", "26", "+26", *["0"] * 3, "26", "+26", "0（0%）") in table(paper, "六")
    assert ("维西傈僳族自治县△", "—", "—", *["0"] * 4, "0", "—") in table(paper, "六")
    bare = monthly_pages.paper(report())
    assert bare.parts[3].sentences[0].startswith("本月没有规则能够比对，是否有新增线索不可知；")
    said = {part.heading: part.empty for part in bare.parts if part.table is not None and not part.table.rows}
    assert {"没有可以比对的名单。", "尚无核实结果。", "本月没有应报的名单。"} <= {*said.values()}


def test_every_reason_for_which_a_list_cannot_be_used_has_words() -> None:
    assert {"MISSING", "HELD", "REJECTED", "TOO_OLD", "EMPTY", "NOT_KEPT", NOT_COMPARED} == monthly_pages.WHY.keys()


def test_a_chart_draws_nothing_that_is_kept_back_and_says_that_something_is() -> None:
    (types,) = (part.drawn for part in monthly_pages.paper(full()).parts if part.heading.startswith("四"))
    assert types is not None
    assert list(types.labels) == ["应享未享", "不应享而享", "风险线索*", "数据质量*"]
    assert [series.values for series in types.stacked] == [[37, 31, None, None], [15, 0, 0, 0]]
    assert types.note == "“*”：有不显示的数。"
    (whole,) = (part.chart for part in monthly_pages.paper(report(*many(12))).parts if part.heading.startswith("四"))
    assert whole is not None
    assert whole.note == ""


@pytest.mark.parametrize("division", [COUNTY, PREFECTURE])
def test_the_docx_file_and_the_page_have_three_charts(division: str) -> None:
    paper = monthly_pages.paper(full(division))
    made = paper_docx.written(paper)
    with ZipFile(BytesIO(made)) as file:
        assert len([name for name in file.namelist() if name.startswith("word/charts/chart")]) == 3
    assert len(Document(BytesIO(made)).tables) == 8
    assert paper_html.page(paper).count("<figure><svg") == 3


def test_the_workbook_has_the_same_tables_with_numbers_as_numbers_and_the_rules_in_full() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(monthly_pages.workbook(full())))
    assert book.sheet_names == ["比对情况", "名单", "未能比对", "按类型", "按责任部门", "按地区", "规则准确率", "报送情况", "图表"]
    types = book.get_sheet_by_name("按类型").to_python()
    assert ["应享未享△", 24, "-7", 13, 0, 17, 52, "+21", "15（29%）"] in types
    assert "规则NOT_AT_SCHOOL、规则NO_PLACEMENT" in {row[-1] for row in book.get_sheet_by_name("未能比对").to_python()}
    drawn = [row[0] for row in book.get_sheet_by_name("图表").to_python() if "（按" in str(row[0])]
    assert len(drawn) == 4


def test_a_month_that_is_not_over_says_so() -> None:
    running = replace(full(), running=True, last=date(2026, 3, 18))
    assert monthly_pages.paper(running).lines == ["统计期间：2026年3月1日至2026年3月18日（截至2026年3月18日，本月未结束）"]
