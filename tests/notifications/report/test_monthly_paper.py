"""一月一通报 as a paper, a page and a workbook: what they say, and that the paper is one page."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from python_calamine import CalamineWorkbook

from services.documents.paper import height
from services.documents.paper_docx import written
from services.documents.paper_html import page
from services.documents.paper_setting import SMALLEST
from services.domain.file_number import file_number
from services.domain.statistics.figure import Figure
from services.kernel.period import period
from services.matching.vocabulary import ROSTER_NAMES
from services.notifications.policy.load import POLICY
from services.notifications.report.monthly import KindFigures, LongOpen, Monthly, NotCompared, StageFigures, UnitOverdue, monthly
from services.notifications.report.monthly_pages import paper, workbook
from services.notifications.report.projection import Lists
from services.notifications.report.reminder_figures import Reminded
from services.notifications.report.suspended import Suspended
from services.notifications.vocabulary import KINDS
from tests.notifications.report.due import missed
from tests.notifications.report.months import MARCH, acted, many, stood, told
from tests.notifications.report.samples import read
from tests.notifications.report.test_monthly import D, arrival, made

MISSED = missed(12)


def report() -> Monthly:
    """A report with something in every part."""
    late = told(date(2026, 3, 3), "CGW", trail=("MZ:533401:0:NOT_ACCEPTED:2026-03-02",), stage=1, subject_id=UUID(int=7))
    rows = [*many(20, D), *(acted(r, date(2026, 3, 6)) for r in many(15, D)), late, *many(16, D)]
    refused = Lists((arrival("533401", "SUBSIDY_PAYMENT", refused="sheet_empty"),))
    return monthly(stood(rows), MISSED, refused, MARCH, "533401", POLICY)


def test_the_paper_says_title_period_issuer_definitions_and_every_table() -> None:
    said, tables = read(written(paper(report())))
    assert said[:2] == ["香格里拉市2026年3月残疾人防返贫监测和帮扶工作情况通报", "统计期间：2026年3月1日至2026年3月31日"]
    assert said[-2:] == ["香格里拉市残工委办公室", "2026年3月31日"]
    assert [s for s in said if s[1:2] == "、"] == [
        "一、总体情况",
        "二、各单位办理情况",
        "三、逾期未办（按责任单位）",
        "四、逾期升级",
        "五、换证提醒",
        "六、事项分类",
        "七、未结时间最长的事项（10件）",
        "八、未能比对的数据及原因",
        "九、上月数据暂停比对的规则",
    ]
    assert [row[:5] for row in tables[0]] == [
        ["单位", "告知", "增减", "签收", "退回"],
        ["残工委办公室", "1", "+1", "0（0%）", "0"],
        ["民政局", "51", "+51", "15（29%）", "0"],
        ["合计", "52", "+52", "15（29%）", "0"],
    ]
    assert tables[-1][1:] == [["香格里拉市", "—", "没有进行比对", "—", "全部"]]
    assert tables[-2][1:] == [
        ["香格里拉市民政局", "低保名单", "本月未收到", "—"],
        ["香格里拉市财政局", "两项补贴发放花名册", "表内没有数据，未导入", "2026-03-04"],
    ]


def full() -> Monthly:
    """A county's month in which every agency, township, reason, stage and kind has something to say."""
    said = report()
    figure, day = Figure(1234, 2345, -56), MARCH.last
    of_unit: dict[str, Any] = dict.fromkeys(("due", "reached", "twice", "stopped", "not_reached"), figure)
    due = replace(said.reminders.total, name="东旺乡某某社区", **of_unit)
    of_agency: dict[str, Any] = {
        f.name: figure for f in fields(said.total) if f.name not in ("agency", "name", "days_to_note", "days_to_act")
    }
    lists = [
        NotCompared("533401", "香格里拉市民政局", "MZ", name, "too_many_bad_rows", day)
        for name in ("低保名单", "两项补贴发放花名册")
    ]
    return replace(
        said,
        agencies=tuple(replace(said.total, name=POLICY.name(f"{code}:", day), **of_agency) for code in POLICY.told(day)),
        overdue=tuple(UnitOverdue("533401", code, POLICY.name(f"{code}:533401", day), figure) for code in POLICY.told(day)),
        stages=tuple(StageFigures(stage, figure) for stage in range(1, 6)),
        kinds=tuple(KindFigures(name, figure, figure) for name in KINDS),
        longest=tuple(LongOpen(f"{n:08X}", ("香格里拉市民政局", "香格里拉市残工委办公室"), 200 - n, 2) for n in range(10)),
        reminders=replace(said.reminders, units=(due,) * 11, total=due),
        not_compared=(*lists, *lists),
        suspended=tuple(
            Suspended("533401", "香格里拉市", kind.value, name, "MISSING", day, ("适龄未入学",))
            for kind, name in ROSTER_NAMES.items()
        ),
    )


def test_the_paper_is_one_page_and_says_how_many_rows_stand_in_the_workbook() -> None:
    said, long = full(), paper(full())
    assert (height(long) <= long.setting.high, long.setting) == (True, SMALLEST)
    left = {part.heading: len(part.table.rows) for part in long.parts if part.table}
    (open_,) = (h for h in left if h.startswith("七、未结时间最长的事项（10件）"))
    assert left[open_] >= 5
    assert left["二、各单位办理情况"] == len(said.agencies) + 1
    (kinds,) = (h for h in left if h.startswith("六、事项分类"))
    assert kinds == f"六、事项分类（其余{len(KINDS) - left[kinds]}行见附表）"
    (due,) = (part.table for part in long.parts if part.heading.startswith("（一）") and part.table)
    assert due.rows[-1][0] == "合计"
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(said)))
    assert [row[0] for row in book.get_sheet_by_name("事项").to_python()][-len(KINDS) :] == [KINDS[name] for name in KINDS]


def test_a_short_report_leaves_nothing_out() -> None:
    made = paper(report())
    assert all("其余" not in part.heading for part in made.parts)
    assert made.setting.cell > SMALLEST.cell
    assert 0.93 * made.setting.high < height(made) <= made.setting.high  # it fills its page


def test_a_month_that_is_not_over_says_until_when() -> None:
    within = period("2026-03", datetime(2026, 3, 10, 2, tzinfo=UTC))
    said = monthly(stood(many(12, D), within), Reminded(), Lists(), within, "533401", POLICY)
    assert paper(said).lines == ["统计期间：2026年3月1日至2026年3月10日（截至2026年3月10日，本月未结束）"]


def test_the_page_says_what_the_paper_says_and_loads_nothing() -> None:
    html = page(paper(report()))
    assert "<h2>八、未能比对的数据及原因</h2>" in html
    assert "表内没有数据，未导入" in html
    assert not any(word in html for word in ("<script", "src=", "href=", "url("))


def test_the_sheets_hold_numbers_as_numbers_and_case_numbers_as_text() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(report())))
    assert book.sheet_names == [
        "各单位",
        "逾期",
        "升级",
        "换证提醒",
        "到期证件",
        "未送达原因",
        "事项",
        "最长未结",
        "未能比对",
        "暂停的规则",
    ]
    longest_open = book.get_sheet_by_name("最长未结").to_python()
    assert longest_open[0][0] == "香格里拉市2026年3月残疾人防返贫监测和帮扶工作情况通报附表（最长未结）"
    assert [file_number(UUID(int=7)), "香格里拉市残工委办公室", 28, 1] in longest_open


def test_nothing_told_is_a_report_too() -> None:
    said = made([])
    assert (said.total.told, said.agencies, said.longest) == (Figure(0, None, 0), (), ())
    assert paper(said).parts[0].sentences[0].startswith("本月共告知0件（与上月相比持平），签收—；")
