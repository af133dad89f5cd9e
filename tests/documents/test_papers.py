"""Official papers: everything in order, set as official documents are, on as many pages as it takes or on one that is full."""

from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from services.documents.paper import Paper, Part, Table, fitted, height
from services.documents.paper_docx import written
from services.documents.paper_html import page, unbroken
from services.documents.paper_setting import OFFICIAL, POINT, SMALLEST, column_widths, comfortable, cramped, length


def read(paper: Paper) -> Any:
    """The docx file as a program reads it."""
    return Document(BytesIO(written(paper)))


def rows(count: int, text: str = "行") -> list[tuple[str, str]]:
    """So many rows, numbered."""
    return [(f"{text}{n}", str(n)) for n in range(count)]


def of_rows(count: int, **more: Any) -> Paper:
    """A paper with a table of so many rows."""
    return Paper(
        "通报", ["统计期间"], [Part("一、总体情况", ["一句。"], Table(("甲", "乙"), rows(count), **more))], ["口径"], ["残工委"]
    )


def test_a_paper_says_everything_in_order_and_so_does_its_page() -> None:
    table = Table(("单位", "件数"), [("残联", "12"), ("<民政局>", "*")])
    paper = Paper(
        "通报",
        ["统计期间"],
        [Part("一、总体", ["一句。"], table), Part("二、其他", (), Table(("甲",), []))],
        ["口径"],
        ["州残工委办公室"],
    )
    document = read(paper)
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
    assert "<h2>一、总体</h2><p>一句。</p><table><thead><tr><th scope=col>单位</th>" in html
    assert "<td>&lt;民政局&gt;</td><td class=n>*</td>" in html
    assert "<p>无。</p>" in html


def test_a_paper_is_set_as_official_documents_are() -> None:
    document = read(of_rows(3))
    section = document.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    title, period, heading, sentence, note, seal = document.paragraphs
    said = [(p.runs[0].font.size.pt, p.paragraph_format.line_spacing.pt, type_of(p)) for p in document.paragraphs]
    assert said[:4] == [(22, 38.5, "方正小标宋简体"), (16, 28, "楷体"), (16, 28, "黑体"), (16, 28, "仿宋")]
    assert [p.paragraph_format.first_line_indent.pt for p in (heading, sentence, note)] == [32, 32, 24]
    assert (heading.paragraph_format.keep_with_next, seal.paragraph_format.right_indent.pt) == (True, 64)
    assert {c.paragraphs[0].runs[0].font.size.pt for row in document.tables[0].rows for c in row.cells} == {12}
    assert (title.text, period.text) == ("通报", "统计期间")


def type_of(paragraph: Any) -> str:
    """From which type its Chinese characters are."""
    return str(paragraph.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")))


def test_pages_are_counted_where_there_may_be_several_and_a_header_is_said_again() -> None:
    document = read(of_rows(80))
    footer = document.sections[0].footer.paragraphs[0]
    assert [e.text for e in footer._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert footer.text == "—  —"
    head, *others = document.tables[0].rows
    assert [r._tr.trPr.find(qn("w:tblHeader")) is not None for r in (head, others[0])] == [True, False]
    assert all(r._tr.trPr.find(qn("w:cantSplit")) is not None for r in document.tables[0].rows)
    assert read(fitted(of_rows(3))).sections[0].footer.paragraphs[0].text == ""


def test_a_tables_properties_stand_in_the_order_of_the_schema() -> None:
    named = [each.tag.rpartition("}")[2] for each in read(of_rows(3)).tables[0]._tbl.tblPr]
    order = ["tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook"]
    assert named == [name for name in order if name in named]
    assert "tblCellMar" in named


def test_a_part_of_a_part_has_a_type_of_its_own() -> None:
    document = read(Paper("通报", (), [Part("一、总体"), Part("（一）其中")], (), ()))
    assert [type_of(p) for p in document.paragraphs[1:]] == ["黑体", "楷体"]
    assert "<h2 class=sub>（一）其中</h2>" in page(Paper("通报", (), [Part("（一）其中")], (), ()))


def test_a_wide_table_lies_across_with_the_margins_turned() -> None:
    wide = Paper("清单", (), [Part("一、", (), Table(["名称"] * 16, [["1234（53%）"] * 16]))], (), ())
    section = read(wide).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm), section.orientation) == (297, 210, WD_ORIENT.LANDSCAPE)
    assert [round(side.mm) for side in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)] == [
        26,
        28,
        37,
        35,
    ]
    assert "@page{size:A4 landscape;margin:26mm 35mm 28mm 37mm}" in page(wide)
    assert comfortable([[["甲", "乙"], ["1", "2"]]]) == OFFICIAL
    assert OFFICIAL.cell > comfortable([[["名称"] * 8, ["1234（53%）"] * 8]]).cell >= 9


def test_a_long_title_is_a_little_smaller_rather_than_broken_and_a_longer_one_is_broken() -> None:
    sizes = [read(Paper("题" * count, (), (), (), ())).paragraphs[0].runs[0].font.size.pt for count in (5, 20, 23, 40)]
    assert sizes[0] == 22 > sizes[1] > sizes[2] >= 17.5
    assert sizes[3] == 22


def test_rows_in_which_somebody_writes_are_high() -> None:
    document = read(of_rows(2, by_hand=True))
    assert [row.height and round(row.height.mm) for row in document.tables[0].rows] == [None, 12, 12]
    assert "<table class=by-hand>" in page(of_rows(2, by_hand=True))


def test_numbers_are_set_to_the_right_and_the_texts_behind_them_are_not() -> None:
    table = Table(("编号", "天数", "决定"), [("4821-07365-51908", "59", "")], 1, 1)
    assert [table.right(place) for place in range(3)] == [False, True, False]
    html = page(Paper("清单", (), [Part("一、", (), table)], (), ()))
    assert "<td><span style='white-space:nowrap'>4821-07365-51908</span></td><td class=n>59</td><td></td>" in html


def test_a_number_or_a_day_is_not_broken_where_long_texts_beside_it_can_be() -> None:
    lines = [
        ("编号", *["情况"] * 6, "时间"),
        ("4821-07365-51908", *["在办：香格里拉市民政局、香格里拉市残工委办公室"] * 6, "2026-03-02 09:30"),
    ]
    setting = comfortable([lines])
    number, *texts, time = column_widths(lines, setting)
    assert min(number, time) >= length("4821-07365-51908") * setting.cell * POINT
    assert max(texts) < length(lines[1][1]) * setting.cell * POINT
    assert abs(number + sum(texts) + time - setting.wide) < 0.1
    assert unbroken("有效期2026-03-18至2036-03-18 10:00<") == (
        "有效期<span style='white-space:nowrap'>2026-03-18</span>至<span style='white-space:nowrap'>2036-03-18 10:00</span>&lt;"
    )


def test_who_issued_a_paper_stands_with_the_notes_before_it() -> None:
    paper = Paper("清单", (), [], ("说明",), ("某市残工委办公室", "2026年3月2日"))
    *_, note, office, day = read(paper).paragraphs
    assert [each.paragraph_format.keep_with_next for each in (note, office, day)] == [True, True, None]
    assert "<div class=end><p class=small>说明</p><p class=seal>某市残工委办公室</p><p class=seal>2026年3月2日</p></div>" in page(
        paper
    )


def test_long_columns_give_way_so_that_a_number_or_a_date_stays_in_one_line() -> None:
    table = Table(("编号", "情况", "单位", "日期"), [("4821-07365-51908", "情" * 60, "单" * 40, "2026.3.2")])
    document = read(Paper("清单", (), [Part("一、", (), table)], (), ()))
    number, stands, unit, day = [cell.width.mm for cell in document.tables[0].rows[0].cells]
    size = document.tables[0].rows[1].cells[0].paragraphs[0].runs[0].font.size.mm
    assert number >= 16 * 0.6 * size
    assert day >= 8 * 0.6 * size
    assert round(stands, 1) == round(unit, 1) > number


@pytest.mark.parametrize("count", range(26, 62, 4))
def test_a_paper_of_one_page_fills_it(count: int) -> None:
    made = fitted(of_rows(count, least=1))
    how = made.setting
    assert OFFICIAL.cell > how.cell > SMALLEST.cell
    assert 0.9 * how.high < height(made) <= how.high
    assert made.parts == of_rows(count, least=1).parts


def test_what_is_little_is_set_as_official_documents_are_and_no_larger() -> None:
    assert fitted(of_rows(3)).setting == OFFICIAL


def test_the_page_is_set_as_the_paper_is() -> None:
    made = fitted(of_rows(40))
    how, html = made.setting, page(made)
    for said in (
        f"body{{font:{how.text:g}pt/{how.leading:g} ",
        f"font-size:{how.cell:g}pt",
        f"margin:{how.top:g}mm {how.right:g}mm",
    ):
        assert said in html
    sizes = {c.paragraphs[0].runs[0].font.size.pt for row in read(made).tables[0].rows for c in row.cells}
    assert sizes == {round(2 * how.cell) / 2}


def test_a_paper_of_one_page_loses_rows_of_the_longest_table_that_may_and_says_how_many() -> None:
    long = Part("一、长", (), Table(("甲", "乙"), [*rows(100), ("合计", "9")], least=3, sums=1))
    kept, short = Part("二、全", (), Table(("甲", "乙"), rows(20))), Part("三、短", (), Table(("甲", "乙"), rows(4), least=3))
    made = fitted(Paper("通报", (), [long, kept, short], (), ()))
    assert made.setting == SMALLEST
    assert SMALLEST.high - 3.5 < height(made) <= SMALLEST.high  # another row would be too much
    first, *others = made.parts
    assert others == [kept, short]
    assert first.table is not None
    left = len(first.table.rows) - 1
    assert first.heading == f"一、长（其余{100 - left}行见附表）"
    assert first.table.rows == [*rows(left), ("合计", "9")]


def test_what_fits_is_left_whole_and_what_must_stay_stays_although_it_does_not_fit() -> None:
    whole = of_rows(5, least=1)
    assert list(fitted(whole).parts) == list(whole.parts)
    never = of_rows(200)
    made = fitted(never)
    assert (list(made.parts), height(made) > made.setting.high) == (list(never.parts), True)


def test_a_broken_line_counts_as_two() -> None:
    counted = [height(Paper("通报", (), [Part("一、", ["字" * n])], (), (), fixed=OFFICIAL)) for n in (20, 25, 26)]
    assert counted[0] == counted[1]
    assert round(counted[2] - counted[1], 2) == round(28 * 25.4 / 72, 2)


def test_a_table_is_cramped_where_a_number_would_be_broken_or_a_text_be_a_column_of_letters() -> None:
    numbers = [["编号"] * 6, ["4821-07365-51908"] * 6]
    assert (cramped(numbers, OFFICIAL), cramped([line[:3] for line in numbers], OFFICIAL)) == (True, False)
    assert cramped([["情况", "单位"], ["情" * 300, "单" * 5]], OFFICIAL)


def test_a_paper_without_anything_and_one_of_everything_too_long_are_papers_too() -> None:
    narrow = Table(("甲",) * 30, [["x" * 100] * 30])
    for paper in (
        Paper("", (), (), (), ()),
        Paper("题" * 300, ["线" * 300], [Part("头" * 99, ["句" * 999], narrow)], ["注" * 999], ["署" * 60]),
    ):
        for each in (paper, fitted(paper)):
            assert read(each).paragraphs[0].text == paper.title
            assert f"<h1>{paper.title}</h1>" in page(each)
