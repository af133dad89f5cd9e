"""How a sheet is set: as wide as what stands in it, ruled, with a header that stays and filters, and a print that is legible."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from services.documents.workbook import Cell, Page, written
from services.documents.workbook_layout import ACROSS, UPRIGHT, layout, lines_of, wide

_SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HEADER = ("编号", "村（社区）", "代码", "期限", "金额", "情况")
ROWS: list[list[Cell]] = [
    ["4821-07365-51908", "尼西乡汤满村民委员会", "533401204203", date(2026, 3, 2), Decimal("1210.50"), "已告知"],
    ["2650-54270-31590", "建塘镇北门社区居民委员会", "533401101003", None, None, None],
]


class Made:
    """The first sheet of a workbook, read as a program that shows it reads it."""

    def __init__(self, *pages: Page) -> None:
        with ZipFile(BytesIO(written(pages))) as file:
            self.sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
            self.styles = ElementTree.fromstring(file.read("xl/styles.xml"))
            self.book = ElementTree.fromstring(file.read("xl/workbook.xml"))

    def one(self, path: str) -> Any:
        """What stands at a path of the sheet."""
        found = self.sheet.find(path, _SPACE)
        assert found is not None, path
        return found

    @property
    def widths(self) -> list[float]:
        """Of the columns that were set."""
        columns = [each.attrib for each in self.sheet.iterfind(".//x:cols/x:col", _SPACE)]
        return [float(each["width"]) for each in columns for _ in range(int(each["min"]), int(each["max"]) + 1)]

    def style(self, cell: str) -> Any:
        """How a cell is set."""
        number = int(self.one(f".//x:c[@r='{cell}']").get("s"))
        return self.styles.findall("x:cellXfs/x:xf", _SPACE)[number]

    def ruled(self, cell: str) -> bool:
        """Whether a cell has a line on each side."""
        border = self.styles.findall("x:borders/x:border", _SPACE)[int(self.style(cell).get("borderId"))]
        return {side.tag.rpartition("}")[2] for side in border if side.get("style")} == {"left", "right", "top", "bottom"}

    def names(self) -> dict[str, str]:
        """What the book says is printed, and repeated."""
        return {str(name.get("name")): str(name.text) for name in self.book.iterfind(".//x:definedName", _SPACE)}


def sheet(**changes: Any) -> Made:
    """A sheet of two rows."""
    return Made(Page(**({"tab": "表", "title": "标题", "header": HEADER, "rows": ROWS} | changes)))


def test_a_column_is_as_wide_as_what_stands_in_it_and_a_chinese_character_counts_twice() -> None:
    number, village, code, day, money, stands = sheet().widths
    assert (wide("尼西乡汤满村民委员会"), wide("4821-07365-51908"), wide("ﾊﾝ"), wide("Ａ")) == (20, 16, 2, 2)
    assert number >= 18 > code >= 14 > day >= 12 > money >= 10
    assert village >= 26
    assert 7 < stands < 12


def test_every_cell_of_the_table_is_ruled_also_an_empty_one() -> None:
    made = sheet()
    assert all(made.ruled(f"{column}{line}") for column in "ABCDEF" for line in (2, 3, 4))
    assert not made.ruled("A1")


def test_the_header_stays_filters_and_is_printed_on_every_page() -> None:
    made = sheet(notes=("一", "二"))
    assert (made.one(".//x:pane").get("ySplit"), made.one(".//x:pane").get("state")) == ("4", "frozen")
    assert made.one("x:autoFilter").get("ref") == "A4:F6"
    assert made.names() == {
        "_xlnm._FilterDatabase": "表!$A$4:$F$6",
        "_xlnm.Print_Area": "表!$A$1:$F$6",
        "_xlnm.Print_Titles": "表!$4:$4",
    }


def test_a_print_is_a4_as_wide_as_the_paper_and_counts_its_pages() -> None:
    made = sheet()
    setup = made.one("x:pageSetup")
    assert (setup.get("paperSize"), setup.get("fitToHeight"), setup.get("fitToWidth")) == ("9", "0", None)  # one is the default
    assert made.one("x:sheetPr/x:pageSetUpPr").get("fitToPage") == "1"
    assert made.one("x:headerFooter/x:oddFooter").text == "&C第&P页，共&N页"


@pytest.mark.parametrize(("columns", "orientation"), [(2, "portrait"), (6, "portrait"), (14, "landscape")])
def test_a_wide_table_lies_across(columns: int, orientation: str) -> None:
    made = sheet(header=["名称"] * columns, rows=[["某某"] * columns])
    assert made.one("x:pageSetup").get("orientation") == orientation


@pytest.mark.parametrize("length", [200, 2_000, 30_000])
def test_a_long_note_is_broken_into_lines_over_the_table_and_shrinks_nothing(length: int) -> None:
    plain, made = sheet(), sheet(notes=("注" * length,))
    assert made.widths == plain.widths
    merged = [each.get("ref") for each in made.sheet.iterfind(".//x:mergeCell", _SPACE)]
    lines = len(merged)
    assert merged == [f"A{line}:F{line}" for line in range(1, lines + 1)]
    assert made.names()["_xlnm.Print_Area"] == f"表!$A$1:$F${lines + 3}"
    heights = [float(made.one(f".//x:row[@r='{line}']").get("ht")) for line in range(2, lines + 1)]
    assert sum(heights) >= 13 * 2 * length / (sum(made.widths) * 1.1)
    assert max(heights) <= 409  # what a row may be high
    assert made.style("A2").find("x:alignment", _SPACE).get("wrapText") == "1"


def test_a_long_text_in_a_cell_is_broken_into_lines_and_takes_nothing_from_numbers() -> None:
    long: list[list[Cell]] = [[*ROWS[0][:5], "情" * 3_000], *ROWS]
    made = sheet(rows=long)
    assert made.widths[0] >= 18
    assert made.widths[3] >= 12
    assert sum(made.widths) <= ACROSS + 6
    assert made.style("F3").find("x:alignment", _SPACE).get("wrapText") == "1"
    assert made.one(".//x:row[@r='4']").get("ht") is None, "one line is as high as every row"


@pytest.mark.parametrize("length", [30, 150, 700, 3_000])
def test_a_row_is_as_high_as_its_longest_text_for_programs_that_do_not_look_themselves(length: int) -> None:
    made = sheet(header=["名称"] * 15, rows=[["某某"] * 14 + ["情况属实，" * (length // 5)], ["某某"] * 15])
    lines = 2 * length / made.widths[-1]
    assert float(made.one(".//x:row[@r='3']").get("ht")) > 15.9 * min(lines, 25)
    assert float(made.one(".//x:row[@r='3']").get("ht")) <= 409
    assert lines <= 6 or made.widths[-1] > 45, "a column of some lines, not a strip of thirty"


def test_a_small_table_stays_small_and_its_title_goes_beyond_it() -> None:
    made = sheet(title="很长的标题" * 5, header=("事由", "件数"), rows=[["换证提醒", 3]])
    assert max(made.widths) <= 12
    (merged,) = [each.get("ref") for each in made.sheet.iterfind(".//x:mergeCell", _SPACE)]
    assert merged == "A1:I1"
    assert made.names()["_xlnm.Print_Area"] == "表!$A$1:$I$3"


def test_a_column_to_write_in_has_room() -> None:
    made = sheet(by_hand=(5,))
    assert made.widths[5] >= 15
    assert [float(made.one(f".//x:row[@r='{line}']").get("ht")) for line in (3, 4)] == [27, 27]


def test_what_cannot_be_broken_is_whole_even_where_the_paper_is_too_narrow() -> None:
    made = layout(["编号"] * 12, [["4821-07365-51908"] * 12])
    assert min(made.widths) >= 18
    assert layout(["情况"] * 12, [["情" * 20] * 12]).landscape
    assert sum(layout(["情况"] * 8, [["情" * 20] * 8]).widths) <= ACROSS
    assert sum(layout(["情况"] * 3, [["情" * 10] * 3]).widths) <= UPRIGHT


def test_lines_are_counted_by_what_fits() -> None:
    assert [lines_of("情" * n, 21) for n in (0, 1, 10, 11, 100)] == [1, 1, 1, 2, 10]
    assert lines_of("一\n二\n\n三", 40) == 4


def test_only_the_beginning_is_looked_at_so_that_rows_are_streamed() -> None:
    told: list[int] = []

    def rows() -> Any:
        for number in range(2_000):
            told.append(number)
            yield [f"{number}", None, None, None, None, "情" * (30 if number == 1_999 else 1)]

    made = sheet(rows=rows())
    assert (len(told), made.one("x:autoFilter").get("ref")) == (2_000, "A2:F2002")
    assert made.widths[5] < 12


def test_an_empty_table_has_its_header_and_can_be_filtered() -> None:
    made = sheet(rows=[])
    assert made.one("x:autoFilter").get("ref") == "A2:F2"


def test_digits_that_are_text_are_not_marked_as_mistakes() -> None:
    assert sheet().one("x:ignoredErrors/x:ignoredError").get("numberStoredAsText") == "1"


def test_what_stands_among_numbers_is_set_like_one_and_a_dash_among_texts_is_not() -> None:
    made = sheet(
        header=("单位", "件数", "编号"), rows=[["残联", 12, "—"], ["民政局", "*", "4821-07365-51908"], ["合计", "15（29%）", "—"]]
    )

    def side(cell: str) -> str | None:
        found = made.style(cell).find("x:alignment", _SPACE)
        return None if found is None else found.get("horizontal")

    assert [side(f"B{line}") for line in (4, 5)] == ["right", "right"]
    assert [side(f"C{line}") for line in (3, 4, 5)] == [None, None, None]
