"""Boards of a month: reminders by stage and unit, what of them is kept back, what the page and the workbook say."""

from collections import Counter
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from services.documents.paper_html import page
from services.domain.suppression import Cell, computable
from services.kernel.period import period
from services.notifications.oversight.board_pages import MonthBoards, paper, workbook
from services.notifications.oversight.queries import Board
from services.notifications.oversight.reminder_board import OWED, ReminderStages, StageCount, stages
from services.notifications.policy.load import POLICY
from services.notifications.report.reminder_figures import Reminded, reminder_figures
from tests.notifications.report.due import owed

MARCH, TODAY, COUNTY = date(2026, 3, 1), date(2026, 3, 20), "533401"
MONTH = period("2026-03", datetime(2026, 4, 2, tzinfo=UTC))
SIX, ONE = "SIX_MONTHS", "ONE_MONTH"
FOUND: dict[Cell, int] = {
    ("533401102/SIX_MONTHS", "PERSON"): 40,
    ("533401102/SIX_MONTHS", "CUN@village"): 21,
    ("533401102/SIX_MONTHS", "HANDSET"): 33,
    ("533401102/SIX_MONTHS", "STOPPED"): 12,
    ("533401103/SIX_MONTHS", "PERSON"): 25,
    ("533401103/SIX_MONTHS", "CUN@village"): 3,
    ("533401103/SIX_MONTHS", "HOLDER"): 14,
    ("533401103/ONE_MONTH", "CL@county"): 11,
    ("533401103/ONE_MONTH", "MISSED"): 2,
}


def made(found: dict[Cell, int] = FOUND, division: str = COUNTY, least: int | None = None) -> list[ReminderStages]:
    """The lines of a division."""
    return stages(found, division, TODAY, least, POLICY)


def numbers(line: ReminderStages) -> tuple[Any, ...]:
    """Unit, window, and every number of a line in the order of the page."""
    counts = [each.count for each in (*line.standing, *line.reached)]
    return (line.unit, line.window, line.owed, *counts, line.stopped, line.missed)


def test_every_reminder_of_a_month_stands_at_one_stage_of_its_township_and_of_the_county() -> None:
    assert [numbers(line) for line in made()] == [
        ("533401102", SIX, 106, 40, 21, 0, 0, 33, 0, 0, 0, 12, 0),
        ("533401103", SIX, 42, 25, 3, 0, 0, 0, 14, 0, 0, 0, 0),
        ("533401", SIX, 148, 65, 24, 0, 0, 33, 14, 0, 0, 12, 0),
        ("533401103", ONE, 13, 0, 0, 11, 0, 0, 0, 0, 0, 2),
        ("533401", ONE, 13, 0, 0, 11, 0, 0, 0, 0, 0, 2),
    ]
    first = made()[2]
    assert first.name == "香格里拉市"
    assert first.standing == (
        StageCount("PERSON", 65),
        StageCount("CUN@village", 24),
        StageCount("CL@township", 0),
        StageCount("CL@county", 0),
    )
    assert [each.stage for each in first.reached] == ["HANDSET", "HOLDER", "GUARDIAN", "VISITOR"]


def test_a_prefecture_is_told_by_counties_and_a_township_by_itself() -> None:
    found = {**FOUND, ("533422101/SIX_MONTHS", "PERSON"): 5}
    assert [(line.unit, line.window, line.owed) for line in made(found, "5334")] == [
        ("533401", SIX, 148),
        ("533422", SIX, 5),
        ("5334", SIX, 153),
        ("533401", ONE, 13),
        ("5334", ONE, 13),
    ]
    township = {cell: n for cell, n in FOUND.items() if cell[0].startswith("533401102")}
    assert [numbers(line)[:4] for line in made(township, "533401102")] == [("533401102", SIX, 106, 40)]
    assert made({}) == []


def test_small_numbers_are_kept_back_and_so_is_what_would_give_them_away() -> None:
    assert [numbers(line) for line in made(least=10)] == [
        ("533401102", SIX, None, None, None, 0, 0, None, 0, 0, 0, None, 0),
        ("533401103", SIX, None, None, None, 0, 0, 0, None, 0, 0, 0, 0),
        ("533401", SIX, 148, 65, 24, 0, 0, None, None, 0, 0, None, 0),
        ("533401103", ONE, 13, 0, 0, None, 0, 0, 0, 0, 0, None),
        ("533401", ONE, 13, 0, 0, None, 0, 0, 0, 0, 0, None),
    ]


def test_whoever_does_not_remind_sees_no_number_of_what_is_no_county_and_no_prefecture() -> None:
    township = {cell: n for cell, n in FOUND.items() if cell[0].startswith("533401102")}
    assert [numbers(line)[2:] for line in made(township, "533401102", least=10)] == [
        (None, None, None, 0, 0, None, 0, 0, 0, None, 0),
    ]


COUNTS = st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=3), min_size=4, max_size=4)


TOWNSHIPS, STAGES = ("533401101", "533401102", "533422101", "533422102"), ("PERSON", "HANDSET", "MISSED")
UNITS = ("5334", "533401", "533422", *TOWNSHIPS)


def told(found: dict[Cell, int]) -> dict[Cell, int]:
    """Every number that the boards of counties and prefecture and their reports show."""
    shown = dict[Cell, int]()
    for division in ("533401", "533422", "5334"):
        here = {cell: n for cell, n in found.items() if cell[0].startswith(division)}
        for line in made(here, division, 10):
            counts = {each.stage: each.count for each in (*line.standing, *line.reached)} | {OWED: line.owed, "MISSED": line.missed}
            for stage in (*STAGES, OWED):
                if (n := counts[stage]) is not None:
                    assert shown.setdefault((line.unit, stage), n) == n, "two tables agree on what they show"
        cards = (township for (who, _), n in here.items() for township in [who.partition("/")[0]] * n)
        rows = [owed(n, opened_on=MARCH, division=f"{township}001") for n, township in enumerate(cards)]
        for window in reminder_figures(Reminded((), rows), MONTH, division, 10, POLICY).windows:
            if window.owed.count is not None:
                shown[division, OWED] = window.owed.count
    return shown


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_boards_and_reports_of_counties_and_prefecture_side_by_side_show_no_small_number_nor_one_that_follows(
    counts: list[list[int]],
) -> None:
    found = {
        (f"{township}/{SIX}", stage): n
        for township, line in zip(TOWNSHIPS, counts, strict=True)
        for stage, n in zip(STAGES, line, strict=True)
        if n
    }
    true = Counter[Cell]()
    for (who, stage), n in found.items():
        for unit in (who[:4], who[:6], who[:9]):
            true.update({(unit, stage): n, (unit, OWED): n})
    shown = told(found)
    assert all(true[cell] == n and not 0 < n < 10 for cell, n in shown.items())
    sums = [[(unit, OWED), *((unit, stage) for stage in STAGES)] for unit in UNITS]
    for whole in ("5334", "533401", "533422"):
        parts = [unit for unit in UNITS if unit.startswith(whole) and len(unit) == {4: 6, 6: 9}[len(whole)]]
        sums += [[(whole, stage), *((part, stage) for part in parts)] for stage in (*STAGES, OWED)]
    unknown = [{c: 1 if n else -1 for n, c in enumerate(line) if true[c] and c not in shown} for line in sums]
    assert computable(unknown) == set()


def month(least: int | None = None) -> MonthBoards:
    """What an office's month came to."""
    mz = Board("MZ", "民政局", 12, 3, 1, 9, 8, 7, 6, 1, 2, 2, None, ("0:4", "2:1"))
    return MonthBoards("香格里拉市", MARCH, TODAY, [mz], made(least=least), [], least)


def test_the_page_has_a_table_of_agencies_and_one_for_each_window() -> None:
    said = paper(month(10))
    assert (said.title, said.lines) == ("香格里拉市2026年3月各单位办理和换证提醒情况", ["截至2026年3月20日"])
    assert [part.heading for part in said.parts] == [
        "一、各单位办理情况",
        "二、换证提醒（按环节）",
        "有效期不足6个月",
        "有效期不足1个月",
        "三、暂停的比对规则",
    ]
    tables = [part.table for part in said.parts if part.table]
    assert tables[0].rows == [("民政局", "12", "3", "1", "9", "8", "7", "6", "1", "2", "2", "—", "首办4次，第2级1次")]
    assert tables[1].header == (
        "单位",
        "应提醒",
        "正在：短信或电话",
        "正在：村（社区）入户",
        "正在：乡镇（街道）残联",
        "正在：县（市）残联",
        "已送达：信息已到达手机",
        "已送达：本人确认",
        "已送达：监护人确认",
        "已送达：入户人员当面告知",
        "不再提醒",
        "到期未送达",
    )
    assert tables[1].rows[2] == ("合计", "148", "65", "24", "0", "0", "*", "*", "0", "0", "*", "0")
    assert tables[2].rows[0] == ("虎跳峡镇", "13", "0", "0", "*", "0", "0", "0", "0", "0", "*")
    html = page(said)
    assert "“*”：少于10，或可由其他数字推算，不显示。" in html
    assert "少于" not in page(paper(month()))


@pytest.mark.parametrize("least", [None, 10])
def test_the_workbook_has_a_second_sheet_with_the_reminders(least: int | None) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(month(least))))
    assert book.sheet_names == ["办理情况", "换证提醒", "暂停的比对规则"]
    assert book.get_sheet_by_name("办理情况").to_python()[-1][-1] == "首办4次，第2级1次"
    rows = book.get_sheet_by_name("换证提醒").to_python()
    notes = 2 if least else 1
    assert rows[0][0] == "2026年3月换证提醒各环节情况"
    assert rows[1 + notes][:8] == [
        "单位代码",
        "单位",
        "提醒时段",
        "应提醒",
        "正在：短信或电话",
        "正在：村（社区）入户",
        "正在：乡镇（街道）残联",
        "正在：县（市）残联",
    ]
    shown = ["*", "*", "*", "*"] if least else [11, 2, 106, 40]
    line = ["533401103", "虎跳峡镇", "有效期不足1个月", 13, 0, 0, "", shown[0], 0, 0, 0, 0, 0, shown[1]]
    assert rows[5 + notes] == line
    assert rows[2 + notes][:6] == ["533401102", "小中甸镇", "有效期不足6个月", *shown[2:], "*" if least else 21]


def test_a_month_without_notices_and_reminders_is_a_page_too() -> None:
    said = paper(MonthBoards("香格里拉市", MARCH, TODAY, [], [], [], None))
    assert [part.heading for part in said.parts] == ["一、各单位办理情况", "二、换证提醒（按环节）", "三、暂停的比对规则"]
    assert "<p>当月没有发出通知。</p>" in page(said)
    assert "当月没有新增的应提醒。" in page(said)
