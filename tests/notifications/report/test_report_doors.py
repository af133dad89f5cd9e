"""The month's report and the meeting's list over real servers: folded as the months ended; who may see which; what is refused."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from services.domain.file_number import file_number
from services.matching.comparison.events import ComparisonCompleted, Input, Suspension
from services.matching.roster.events import RosterConfirmed, RosterHeld, RosterReceived, RosterRejected, RosterWithdrawn
from services.matching.vocabulary import Finding, HeldFor, RosterKind, WithdrawalReason
from services.monitoring.risk_case.events import MeasureChecked
from tests.notifications.desk import HOME, Desk
from tests.notifications.samples import DAY, PLAN, RISK
from tests.world import Client, World

pytestmark = pytest.mark.usefixtures("place")
TITLE = "香格里拉市2026年3月残疾人防返贫监测和帮扶工作情况通报"


@pytest.fixture
async def desk(place: World) -> Desk:
    """A running desk."""
    return await Desk(place).open()


async def fetch(client: Client, path: str, **asked: str) -> tuple[str, bytes]:
    """The media type and content of what a door answers."""
    async with client.session.get(path, params=asked) as answer:
        assert answer.status == 200, await answer.text()
        return answer.content_type, await answer.read()


async def test_a_past_month_is_told_as_it_ended_whatever_happens_afterwards(desk: Desk) -> None:
    for n in range(12):
        await desk.happens(replace(PLAN, owner="MZ"), f"case {n}")
    first = [(await desk.notices(f"case {n}", 1))[0] for n in range(12)]
    office = await desk.as_("MZ", "533401", "clerk")
    await desk.on(date(2026, 3, 3))
    for row in first[:11]:
        await office.post(f"/notices/{row['notice_id']}/accept", {"by_on": "2026-03-06"})
    running = await office.get("/reports/monthly", month="2026-03")
    assert (running["running"], running["last"], running["division"]) == (True, "2026-03-03", "533401")
    assert running["total"]["told"] == {"count": 12, "of": None, "change": 12}
    assert (running["agencies"][0]["days_to_note"], running["agencies"][0]["noted"]["count"]) == (
        1,
        11,
    )
    await desk.on(date(2026, 4, 2))
    for n in range(12):
        await desk.notices(f"case {n}", 3)
    await desk.on(date(2026, 4, 15))
    march = await office.get("/reports/monthly", month="2026-03")
    assert (march["running"], march["first"], march["last"]) == (False, "2026-03-01", "2026-03-31")
    for row in first:
        await office.post(f"/notices/{row['notice_id']}/report", {"outcome": "DONE", "acted_on": "2026-03-20"})
    await desk.happens(
        MeasureChecked(household_id=HOME, measure_id=PLAN.measure_id, owner="MZ", arrived=True, checked_on=DAY), "case 0", 2
    )
    assert await office.get("/reports/monthly", month="2026-03") == march
    april = await office.get("/reports/monthly", month="2026-04")
    told = {a["agency"]: (a["told"]["count"], a["open"]["count"]) for a in april["agencies"]}
    assert told["MZ"] == (0, 0)
    assert [c["days"] for c in march["longest"]] == [29] * 10


async def test_a_county_sees_its_own_report_and_the_prefecture_every_one(desk: Desk) -> None:
    await desk.happens(RISK, "lead")
    await desk.notices("lead", 3)
    await desk.on(date(2026, 4, 1))
    county, prefecture = await desk.as_("CL", "533401", "clerk"), await desk.as_("CGW", "5334")
    assert (await county.get("/reports/monthly", month="2026-03"))["name"] == "香格里拉市"
    assert (await county.get("/reports/monthly", month="2026-03", division="533401"))["total"]["told"]["count"] == 3
    assert (await (await desk.as_("CGW", "533422")).get("/reports/monthly", month="2026-03"))["total"]["told"]["count"] == 0
    whole = await prefecture.get("/reports/monthly", month="2026-03")
    assert (whole["division"], whole["issuer"]) == ("5334", "迪庆藏族自治州残工委办公室")
    assert [a["agency"] for a in whole["agencies"]] == ["CL", "CUN", "XCZX"]
    assert (await prefecture.get("/reports/monthly", month="2026-03", division="533422"))["agencies"] == []
    assert (await county.get("/reports/monthly", 403, month="2026-03", division="5334"))["title"] == "outside_your_division"
    assert (await county.get("/reports/monthly", 403, month="2026-03", division="533422"))["title"] == "outside_your_division"
    await (await desk.as_("CUN", "533401102001", "liaison")).get("/reports/monthly", 403, month="2026-03")


async def test_a_wrong_month_or_division_is_named(desk: Desk) -> None:
    office = await desk.as_("CGW", "5334")

    async def refused(**asked: Any) -> str:
        return str((await office.get("/reports/monthly", 422, **asked))["title"])

    assert await refused(month="2026-13") == "not_valid"
    assert await refused(month="2026-3") == "not_valid"
    assert await refused(month="2026-04") == "month_not_begun"
    assert await refused(month="2026-03", division="533499") == "not_a_county_or_prefecture"
    assert await refused(month="2026-03", division="533401102") == "not_valid"
    township = await desk.as_("CL", "533401102", "clerk")
    assert (await township.get("/reports/monthly", 422, month="2026-03"))["title"] == "not_a_county_or_prefecture"


RUN = ComparisonCompleted(
    division="533401",
    rule="LIVING_NOT_RECEIVED",
    rule_from=date(2016, 1, 1),
    title="困难残疾人生活补贴应享未享",
    finding=Finding.ENTITLED_NOT_RECEIVING,
    owner="MZ",
    period="2026-02",
    inputs=(Input(kind=RosterKind.SUBSISTENCE_ALLOWANCE, as_of=DAY, rows=3, usable=True),),
    found=1,
    closed=0,
    kept=0,
    suspended=(),
)
LACKING = Suspension(kind=RosterKind.DESTITUTE_SUPPORT, why="MISSING", since=DAY)
CAME = RosterReceived(
    kind=RosterKind.SUBSISTENCE_ALLOWANCE,
    division="533401",
    as_of=DAY,
    period=DAY.isoformat()[:7],
    sent_by="MZ",
    rows=3,
    linked=3,
    rejected=0,
    identified=3,
    cells=3,
    empty_cells=0,
)


def sent(of: type, **more: Any) -> Any:
    """What became of the list that came."""
    return of(kind=CAME.kind, division=CAME.division, as_of=CAME.as_of, period=CAME.period, sent_by="MZ", **more)


async def test_a_list_that_was_taken_back_is_left_out_from_the_month_of_its_end(desk: Desk) -> None:
    await desk.happens(CAME, "list", 1)
    await desk.happens(RUN, "comparison", 1)
    office = await desk.as_("CGW", "533401")
    await desk.on(date(2026, 4, 1))
    march = await office.get("/reports/monthly", month="2026-03")
    await desk.happens(sent(RosterWithdrawn, reason=WithdrawalReason.WRONG_FILE), "list", 2)
    await desk.happens(replace(RUN, inputs=(), suspended=(LACKING,)), "comparison", 2)
    assert await office.get("/reports/monthly", month="2026-03") == march
    stands = await desk.place.sql("notifications", "SELECT withdrawn_on FROM views.arrival")
    assert [row["withdrawn_on"] for row in stands] == [date(2026, 4, 1)]


async def test_a_list_that_is_held_counts_from_the_day_on_which_its_sender_confirms_it(desk: Desk) -> None:
    counted = {"rows": 30, "linked": 30, "rejected": 0, "identified": 30, "cells": 30, "empty_cells": 0}
    await desk.happens(sent(RosterHeld, **counted, held_for=HeldFor.MORE_ROWS, usual_rows=9), "list", 1)
    office = await desk.as_("CGW", "533401")
    await desk.on(date(2026, 4, 1))
    await desk.happens(sent(RosterConfirmed, rows=30), "list", 2)
    march = await office.get("/reports/monthly", month="2026-03")
    assert [n["why"] for n in march["not_compared"] if n["roster"] == "低保名单"] == ["held"]
    _, content = await fetch(office, "/reports/monthly.html", month="2026-03")
    assert "行数异常，待报送单位确认" in content.decode()


async def test_a_rule_that_was_suspended_when_the_month_ended_is_told_so_for_ever_and_the_boards_tell_it_as_it_is(
    desk: Desk,
) -> None:
    await desk.happens(replace(RUN, inputs=(), suspended=(LACKING,)), "comparison", 1)
    office = await desk.as_("CGW", "533401")
    (told,) = (await office.get("/boards/suspended", month="2026-02"))["items"]
    assert (told["roster"], told["why"], told["since"], told["rules"]) == ("特困人员救助供养名单", "MISSING", str(DAY), [RUN.title])
    await desk.on(date(2026, 4, 1))
    await desk.happens(RUN, "comparison", 2)
    assert (await office.get("/boards/suspended", month="2026-02"))["items"] == []
    assert [each["why"] for each in (await office.get("/reports/monthly", month="2026-03"))["suspended"]] == ["MISSING"]
    assert [each["why"] for each in (await office.get("/boards/suspended", month="2026-01"))["items"]] == ["NOT_COMPARED"]


async def test_the_report_comes_as_paper_page_and_workbook(desk: Desk) -> None:
    broken = RosterRejected(
        kind=RosterKind.SUBSIDY_PAYMENT,
        division="533401",
        as_of=DAY,
        period="2026-03",
        sent_by="MZ",
        reason="too_many_bad_rows",
        rows=10,
        rejected=9,
    )
    await desk.happens(broken, "sheet", 1)
    await desk.happens(CAME, "list")
    office = await desk.as_("CGW", "533401")
    refused = ("两项补贴发放花名册", "too_many_bad_rows", "2026-03-02")
    said = await office.get("/reports/monthly", month="2026-03")
    assert [(n["roster"], n["why"], n["on"]) for n in said["not_compared"]] == [
        ("低保名单", "comparison_not_run", "2026-03-02"),
        refused,
    ]
    await desk.happens(RUN, "comparison")
    await desk.on(date(2026, 4, 1))
    said = await office.get("/reports/monthly", month="2026-03")
    assert [(n["roster"], n["why"], n["on"]) for n in said["not_compared"]] == [refused]
    kind, content = await fetch(office, "/reports/monthly.docx", month="2026-03")
    document: Any = Document(BytesIO(content))
    assert (kind, document.paragraphs[0].text) == (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        TITLE,
    )
    assert [cell.text for cell in document.tables[-1].rows[1].cells][:2] == ["香格里拉市财政局", "两项补贴发放花名册"]
    _, content = await fetch(office, "/reports/monthly.xlsx", month="2026-03")
    assert (
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("各单位").to_python()[0][0] == f"{TITLE}附表（各单位）"
    )
    kind, content = await fetch(office, "/reports/monthly.html", month="2026-03")
    assert (kind, f"<h1>{TITLE}</h1>" in content.decode()) == ("text/html", True)


async def test_the_meetings_list_holds_what_was_escalated_sent_back_and_did_not_come(desk: Desk) -> None:
    await desk.happens(replace(PLAN, owner="MZ"), "silent")
    await desk.happens(replace(PLAN, owner="YB"), "sent back")
    (row,) = await desk.notices("sent back", 1)
    health = await desk.as_("YB", "533401", "clerk")
    await health.post(f"/notices/{row['notice_id']}/reject", {"reason": "NOT_OUR_DUTY"})
    (again,) = await desk.notices("sent back", 1, returned=True)
    sender = await desk.as_(again["agency"], again["division"], "clerk")
    await sender.post(f"/notices/{again['notice_id']}/reject", {"reason": "NOT_OUR_DUTY"})
    for day, count in ((date(2026, 3, 20), 3), (date(2026, 4, 10), 4)):
        await desk.on(day)
        await desk.notices("silent", count)
    (committee,) = await desk.notices("silent", 1, agency="CGW", division="533401")
    await desk.notices("sent back", 1, agency="CGW", division="533401")
    await desk.on(date(2026, 5, 6))
    office = await desk.as_("CGW", "533401")
    said = await office.get("/reports/dispatch", month="2026-04")
    assert (said["first"], said["last"], said["due_on"], said["left_out"]) == ("2026-03-01", "2026-04-30", "2026-05-18", [])
    assert [(i["topic"], i["unit"], i["days"], i["returned"]) for i in said["items"]] == [
        ("UNANSWERED", "香格里拉市医疗保障局", 59, 2),
        ("UNANSWERED", "香格里拉市民政局", 59, 0),
        ("ROSTER", "香格里拉市民政局", 60, 0),
        ("ROSTER", "香格里拉市财政局", 60, 0),
    ]
    assert [i["file_number"] for i in said["items"][:2]] == [file_number(row["subject_id"]), file_number(committee["subject_id"])]
    await office.post(f"/notices/{committee['notice_id']}/answer", {"answer": "SETTLED"})
    assert await office.get("/reports/dispatch", month="2026-04") == said
    name = "香格里拉市2026年3—4月残疾人防返贫监测帮扶双月调度事项清单"
    _, content = await fetch(office, "/reports/dispatch.docx", month="2026-04")
    assert Document(BytesIO(content)).paragraphs[0].text == name
    _, content = await fetch(office, "/reports/dispatch.xlsx", month="2026-04")
    assert CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("调度事项").to_python()[0][0] == name
    kind, content = await fetch(office, "/reports/dispatch.html", month="2026-04")
    assert (kind, f"<h1>{name}</h1>" in content.decode()) == ("text/html", True)


async def test_the_meetings_list_is_for_those_who_may_read_the_report_and_for_the_months_of_meetings(desk: Desk) -> None:
    await desk.on(date(2026, 5, 6))
    county = await desk.as_("CL", "533401", "clerk")
    assert (await county.get("/reports/dispatch", 422, month="2026-03"))["title"] == "no_meeting_after_this_month"
    assert (await county.get("/reports/dispatch", 422, month="2026-06"))["title"] == "month_not_begun"
    assert (await county.get("/reports/dispatch", 403, month="2026-04", division="5334"))["title"] == "outside_your_division"
    for path in ("", ".docx", ".xlsx", ".html"):
        await (await desk.as_("CUN", "533401102001", "liaison")).get(f"/reports/dispatch{path}", 403, month="2026-04")
