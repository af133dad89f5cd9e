"""双月调度: which matters stand on the list, under which topic, with which unit, in which order, and what the paper says."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from services.documents.paper_docx import written
from services.documents.paper_html import page
from services.domain.file_number import file_number
from services.kernel.errors import Malformed
from services.kernel.policy import PolicyError, Rules
from services.notifications.notice.projection import NoticeRow, NoticeState
from services.notifications.policy.load import POLICY
from services.notifications.policy.report_rows import Topic, check
from services.notifications.report.meeting import Dispatch, Item, LeftOut, dispatch, meeting
from services.notifications.report.meeting_pages import paper, title, workbook
from services.notifications.report.projection import ArrivalRow
from services.notifications.report.reminder_figures import Reminded
from tests.notifications.report.due import lapsed
from tests.notifications.report.months import acted, noted, told, withdrawn
from tests.notifications.report.samples import read

COUNTY = "533401"
APRIL = meeting("2026-04", datetime(2026, 5, 10, 2, tzinfo=UTC), COUNTY, POLICY)
CAME = [ArrivalRow(UUID(int=1), COUNTY, kind, date(2026, 3, 9), None) for kind in ("SUBSISTENCE_ALLOWANCE", "SUBSIDY_PAYMENT")]
CGW, MZ, RS = "香格里拉市残工委办公室", "香格里拉市民政局", "香格里拉市人力资源和社会保障局"
LATE = "MZ:533401:0:NOT_ACCEPTED:2026-03-02"


def made(
    rows: list[NoticeRow], division: str = COUNTY, reminded: Reminded | None = None, arrived: list[ArrivalRow] | None = None
) -> Dispatch:
    """The list for the meeting after April."""
    return dispatch(rows, reminded or Reminded(), CAME if arrived is None else arrived, APRIL, division, POLICY)


def matter(number: int) -> dict[str, Any]:
    """What the notices of a matter have in common; its subject has the same id."""
    return {"cause_id": UUID(int=number), "subject_id": UUID(int=number)}


def number_of(matter_: int) -> str:
    """By which number a matter stands on the list."""
    return file_number(UUID(int=matter_))


def escalated(number: int, on: date = date(2026, 3, 2), division: str = COUNTY) -> list[NoticeRow]:
    """A matter that civil affairs left undone, with the committee's office since two weeks later."""
    same, late = matter(number), date(2026, 3, 16)
    return [
        noted(told(on, "MZ", **same), date(2026, 3, 3), escalated_to=f"CGW:{division}"),
        told(late, "CGW", division, stage=1, trail=(LATE,), **same),
    ]


def led(number: int, lead: NoticeRow | None = None) -> list[NoticeRow]:
    """The same, and the committee's office gave the lead to human resources."""
    first, committee = escalated(number)
    second = told(date(2026, 3, 20), "RS", stage=2, trail=(LATE, "CGW:533401:1:LEAD_ASSIGNED:2026-03-20"), **matter(number))
    given = noted(committee, date(2026, 3, 20), lead="RS:533401", state=NoticeState.ACCEPTED)
    return [withdrawn(first), given, lead or second]


def returned(number: int, times: int) -> list[NoticeRow]:
    """A matter that so many offices sent back, and the federation has now."""
    back = [
        noted(
            told(date(2026, 3, 4), agency, stage=n, **matter(number)),
            date(2026, 3, 6),
            state=NoticeState.REJECTED,
            waiting=False,
            rejected_for="NOT_OUR_DUTY",
        )
        for n, agency in enumerate(("MZ", "XCZX", "YB")[:times])
    ]
    return [*back, told(date(2026, 3, 9), "CL", stage=times, returned=True, **matter(number))]


def test_the_list_of_a_pair_of_months_names_them_and_the_proposed_day() -> None:
    said = made([])
    assert (said.month, said.first, said.last, said.running) == ("2026-04", date(2026, 3, 1), date(2026, 4, 30), False)
    assert (said.name, said.issuer, said.items, said.left_out) == ("香格里拉市", "香格里拉市残工委办公室", (), ())
    assert said.due_on == POLICY.calendar.add(date(2026, 4, 30), 10)


def test_a_month_that_ends_no_pair_or_has_not_begun_is_refused() -> None:
    with pytest.raises(Malformed, match="no_meeting_after_this_month"):
        meeting("2026-03", datetime(2026, 5, 10, tzinfo=UTC), COUNTY, POLICY)
    with pytest.raises(Malformed, match="month_not_begun"):
        meeting("2026-04", datetime(2026, 3, 10, tzinfo=UTC), COUNTY, POLICY)


def test_what_waits_with_the_committees_office_is_for_the_office_that_was_told_first() -> None:
    (item,) = made(escalated(7)).items
    assert item == Item(
        Topic.UNANSWERED,
        number_of(7),
        "MeasurePlanned",
        "香格里拉市民政局",
        date(2026, 3, 2),
        59,
        ("香格里拉市民政局", "香格里拉市残工委办公室"),
    )
    first, committee = escalated(2)
    assert made([first, replace(committee, state=NoticeState.ANSWERED, waiting=False)]).items == ()
    assert made([first, replace(committee, stage=0, trail=())]).items == (), "told in the first place, it was not escalated"


def test_a_lead_stands_on_the_list_until_the_committees_office_has_answered() -> None:
    (item,) = made(led(1)).items
    assert (item.topic, item.unit, item.reported) == (Topic.LED, "香格里拉市人力资源和社会保障局", False)
    second = led(1)[2]
    (item,) = made(led(1, acted(second, date(2026, 4, 2)))).items
    assert (item.unit, item.reported, item.offices) == ("香格里拉市人力资源和社会保障局", True, ("香格里拉市残工委办公室",))


@pytest.mark.parametrize(("times", "listed"), [(1, False), (2, True), (3, True)])
def test_a_matter_that_was_sent_back_twice_is_decided_by_the_meeting(times: int, listed: bool) -> None:
    found = made(returned(7, times)).items
    assert [(item.topic, item.unit, item.returned) for item in found] == (
        [(Topic.SENT_BACK, "香格里拉市残联", times)] if listed else []
    )
    over = [replace(row, waiting=False) for row in returned(7, times)]
    assert made(over).items == ()


def test_a_matter_stands_under_one_topic() -> None:
    rows = [*returned(3, 2), *escalated(3)]
    assert [(item.topic, item.returned) for item in made(rows).items] == [(Topic.UNANSWERED, 2)]


def test_the_prefectures_meeting_decides_what_came_up_to_it_and_a_countys_its_own() -> None:
    ours, theirs = escalated(1, division="5334"), escalated(2)
    come = [replace(a, division=county) for county in (COUNTY, "533422", "533423") for a in CAME]
    assert [item.file_number for item in made([*ours, *theirs, *returned(3, 2)], "5334", arrived=come).items] == [number_of(1)]
    to_prefecture = [*returned(4, 2), told(date(2026, 4, 1), "CL", "5334", stage=3, **matter(4))]
    (item,) = made(to_prefecture, "5334", arrived=come).items
    assert (item.topic, item.unit) == (Topic.SENT_BACK, "迪庆藏族自治州残联")


def test_a_list_that_did_not_come_in_both_months_is_asked_for() -> None:
    refused = ArrivalRow(UUID(int=3), COUNTY, "SUBSIDY_PAYMENT", date(2026, 4, 2), "sheet_empty")
    found = made([], arrived=[refused]).items
    assert [(i.about, i.unit, i.why, i.since, i.days) for i in found] == [
        ("低保名单", "香格里拉市民政局", "nothing_came", date(2026, 3, 1), 60),
        ("两项补贴发放花名册", "香格里拉市财政局", "sheet_empty", date(2026, 3, 1), 60),
    ]
    assert made([], arrived=[refused, *CAME]).items == ()


def unreached(march: int, april: int, division: str = "533401102201") -> Reminded:
    """So many cards that lapsed in each month with nobody reached."""
    before = [lapsed(n, division=division) for n in range(1, march + 1)]
    now = [lapsed(100 + n, division=division, valid_to=date(2026, 4, 9)) for n in range(1, april + 1)]
    return Reminded(before, [*before, *now])


@pytest.mark.parametrize(
    ("march", "april", "shown", "since"),
    [
        (12, 14, (12, 14), "2026-03-01"),
        (0, 11, (0, 11), "2026-04-01"),
        (12, 3, (12, None), "2026-03-01"),
        (3, 0, (None, 0), "2026-03-01"),
    ],
)
def test_reminders_that_reached_nobody_are_told_by_unit_and_month_and_never_as_a_sum(
    march: int, april: int, shown: tuple[int | None, int | None], since: str
) -> None:
    (item,) = made([], reminded=unreached(march, april)).items
    assert (item.topic, item.unit, item.unreached, str(item.since)) == (Topic.REMINDERS, "小中甸镇残联", shown, since)
    assert made([], reminded=unreached(0, 0)).items == ()


def test_topics_follow_the_policy_and_what_waits_longest_comes_first() -> None:
    rows = [*escalated(1, date(2026, 3, 10)), *escalated(2, date(2026, 1, 5)), *led(3), *returned(4, 2)]
    found = made(rows, reminded=unreached(12, 0), arrived=[]).items
    assert [(i.topic.value, i.file_number, i.days) for i in found] == [
        ("LED", number_of(3), 59),
        ("UNANSWERED", number_of(2), 115),
        ("UNANSWERED", number_of(1), 51),
        ("SENT_BACK", number_of(4), 57),
        ("ROSTER", None, 60),
        ("ROSTER", None, 60),
        ("REMINDERS", None, 60),
    ]


def test_of_a_topic_the_longest_are_shown_and_the_others_counted() -> None:
    said = made([row for n in range(1, 24) for row in escalated(n)])
    assert (len(said.items), said.left_out) == (20, (LeftOut(Topic.UNANSWERED, 3),))
    (part,) = [each for each in paper(said).parts if each.sentences]
    assert part.sentences == ["另有3件等待时间较短的未列出。"]


@pytest.mark.parametrize("wrong", [{"months": (0,)}, {"months": (13,)}, {"most": 0}, {"returns": 0}, {"days": 0}])
def test_a_row_that_no_meeting_could_go_by_is_refused(wrong: dict[str, Any]) -> None:
    (row,) = POLICY.meetings.rows
    with pytest.raises(PolicyError, match="bimonthly"):
        check(Rules((replace(row, value=replace(row.value, **wrong)),)))


def whole() -> Dispatch:
    """A list with something under every topic."""
    rows = [*escalated(7), *led(8), *returned(9, 2)]
    return made(rows, reminded=unreached(12, 3), arrived=[])


def test_the_paper_has_who_has_how_much_then_every_topic_with_room_for_what_is_decided() -> None:
    said, tables = read(written(paper(whole())))
    assert said[:2] == [
        "香格里拉市2026年3—4月残疾人防返贫监测帮扶双月调度事项清单",
        "统计期间：2026年3月1日至2026年4月30日",
    ]
    assert [line for line in said if line[1:2] == "、"] == [
        "一、按建议责任单位汇总",
        "二、已明确牵头单位、尚未办结（1件）",
        "三、升级到残工委办公室、尚未答复（1件）",
        "四、多次退回、责任单位未落实（1件）",
        "五、两个月内未收到可用名单（2件）",
        "六、证件到期、提醒未送达（1件）",
    ]
    assert tables[0] == [
        ["建议责任单位", "牵头未结", "升级未复", "多次退回", "名单未报", "提醒未达", "合计"],
        ["香格里拉市民政局", "0", "1", "0", "1", "0", "2"],
        ["小中甸镇残联", "0", "0", "0", "0", "1", "1"],
        ["香格里拉市人力资源和社会保障局", "1", "0", "0", "0", "0", "1"],
        ["香格里拉市残联", "0", "0", "1", "0", "0", "1"],
        ["香格里拉市财政局", "0", "0", "0", "1", "0", "1"],
    ]
    due = "2026.5.18"
    assert tables[1][0] == ["编号", "事项", "情况", "建议责任单位", "起始日期", "等待天数", "建议期限", "会议决定"]
    assert [(*row[:7], row[7].strip("　")) for table in tables[1:] for row in table[1:]] == [
        (number_of(8), "安排帮扶措施", f"在办：{CGW}、{RS}；牵头单位未反馈", RS, "2026.3.2", "59", due, ""),
        (number_of(7), "安排帮扶措施", f"在办：{MZ}、{CGW}", MZ, "2026.3.2", "59", due, ""),
        (number_of(9), "安排帮扶措施", "在办：香格里拉市残联；退回2次", "香格里拉市残联", "2026.3.4", "57", due, ""),
        ("—", "低保名单", "两个月均未收到", "香格里拉市民政局", "2026.3.1", "60", due, ""),
        ("—", "两项补贴发放花名册", "两个月均未收到", "香格里拉市财政局", "2026.3.1", "60", due, ""),
        ("—", "到期证件提醒", "未送达：3月12本，4月*本", "小中甸镇残联", "2026.3.1", "60", due, ""),
    ]
    assert said[-2:] == ["香格里拉市残工委办公室", "2026年4月30日"]
    assert "“*”：少于10，或可由其他数字推算，不显示。" in said


def test_the_workbook_has_every_line_with_an_empty_column_and_the_sums() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(whole())))
    assert book.sheet_names == ["调度事项", "汇总"]
    rows = book.get_sheet_by_name("调度事项").to_python()
    (head,) = [n for n, row in enumerate(rows) if row[0] == "序号"]
    assert rows[head][1:3] == ["类别", "编号"]
    assert rows[head + 2] == [
        2,
        "升级到残工委办公室、尚未答复",
        number_of(7),
        "安排帮扶措施",
        "在办：香格里拉市民政局、香格里拉市残工委办公室",
        "香格里拉市民政局",
        date(2026, 3, 2),
        59,
        POLICY.calendar.add(date(2026, 4, 30), 10),
        "",
    ]
    assert len(rows) == head + 7


def test_a_period_that_is_not_over_and_one_over_two_years_say_so() -> None:
    running = meeting("2026-04", datetime(2026, 4, 10, 2, tzinfo=UTC), COUNTY, POLICY)
    said = dispatch([], Reminded(), CAME, running, COUNTY, POLICY)
    assert paper(said).lines == ["统计期间：2026年3月1日至2026年4月10日（截至2026年4月10日，本期未结束）"]
    odd = replace(said, first=date(2025, 12, 1), last=date(2026, 1, 31))
    assert title(odd) == "香格里拉市2025年12月—2026年1月残疾人防返贫监测帮扶双月调度事项清单"
    assert paper(said).parts[0].sentences == ["无。"]


def test_the_page_says_what_the_paper_says_and_loads_nothing() -> None:
    html = page(paper(whole()))
    assert "<h2>四、多次退回、责任单位未落实（1件）</h2>" in html
    assert not any(word in html for word in ("<script", "src=", "href=", "url("))


def test_every_topic_that_the_policy_may_name_has_words() -> None:
    said = replace(whole(), topics=tuple(Topic))
    assert len(paper(said).parts) == 1 + len(Topic)
