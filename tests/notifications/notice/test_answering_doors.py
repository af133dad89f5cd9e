"""The loop over real servers: answering, links, oversight, boards, explanations; due rows; what worker and scheduler make of it."""

import time
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

import pytest
from python_calamine import CalamineWorkbook

from services.domain.file_number import file_number
from services.kernel.events import NAMESPACE
from services.monitoring.risk_case.events import MeasureChecked, MeasureDelivered
from services.notifications.notice.ack_link import Linked, Links
from services.notifications.service import SERVICE
from services.notifications.vocabulary import StepEnd, TrailStep
from tests.notifications.agency_reply.topics import on_topic
from tests.notifications.desk import HOME, Desk
from tests.notifications.samples import DAY, PLAN, RISK, VILLAGE
from tests.world import SITE_KEY, World

pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
async def desk(place: World) -> Desk:
    """A running desk."""
    return await Desk(place).open()


async def test_the_loop_from_telling_to_verified(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    office, at = await desk.as_("MZ", "533401"), f"/notices/{row['notice_id']}"
    stranger = await desk.as_("MZ", "533422")
    await stranger.post(f"{at}/accept", {}, 404)
    await (await desk.as_("CL", "533401")).post(f"{at}/accept", {}, 404)
    await office.post(f"{at}/accept", {"by_on": "2026-04-20"}, 409)
    await office.post(f"{at}/accept", {"by_on": "soon"}, 422)
    assert (await office.post(f"{at}/accept", {"by_on": "2026-03-09"}))["version"] == 4
    await office.post(f"{at}/reject", {"reason": "NOT_OUR_DUTY"}, 409)
    await office.post(f"{at}/report", {"outcome": "DONE", "acted_on": "2026-03-02"})
    acted = await office.get(at)
    assert (acted["state"], acted["waiting"], acted["next_by"], acted["outcome"]) == ("ACTED", False, "2026-03-09", "DONE")
    checked = MeasureChecked(household_id=HOME, measure_id=PLAN.measure_id, owner="MZ", arrived=True, checked_on=DAY)
    await desk.happens(checked, "case", 2)
    closed = await office.get(at)
    assert (closed["state"], closed["verified_by"], closed["verified_on"]) == ("VERIFIED", "MeasureChecked", "2026-03-02")
    await office.post(f"{at}/report", {"outcome": "NOT_NEEDED", "acted_on": "2026-03-02"}, 409)
    assert await desk.place.sql("notifications", "SELECT 1 FROM views.due") == []


async def test_an_office_finds_a_matter_by_the_number_on_paper_however_it_is_typed(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    await desk.happens(PLAN, "other")
    await desk.notices("case", 1)
    await desk.notices("other", 1)
    office, number = await desk.as_("MZ", "533401"), file_number(uuid5(NAMESPACE, "case"))

    async def found(typed: str) -> list[Any]:
        return list((await office.get("/inbox", file_number=typed))["items"])

    (row,) = await desk.place.until(lambda: found(number))
    assert (row["file_number"], f"编号{number}" in row["text"]) == (number, True)
    for typed in (number.replace("-", ""), f"编号：{number}", number.replace("0", "O").replace("1", "l"), full_width(number)):
        assert [r["notice_id"] for r in await found(typed)] == [row["notice_id"]]
    assert await found(file_number(UUID(int=1))) == []
    assert (await (await desk.as_("MZ", "533422")).get("/inbox", file_number=number))["items"] == []
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    for typed, says in ((wrong, "其中有数字看错或写错"), (number[:4], "现有4位数字"), ("看不清", "现有0位数字")):
        refused = await office.get("/inbox", 422, file_number=typed)
        assert (refused["errors"][0]["code"], says in refused["detail"]) == ("number_mistyped", True)
    assert (await office.get("/inbox", 422, file_number="\x00"))["errors"][0]["pointer"] == "/query/file_number"


def full_width(number: str) -> str:
    """As a Chinese keyboard types it."""
    return number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-"})


async def test_a_silent_office_is_reminded_then_the_next_offices_are_told_with_the_trail_until_one_acts(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (first,) = await desk.notices("case", 1)
    await desk.on(date(2026, 3, 4))
    (reminded,) = await desk.notices("case", 1, reminded=1)
    assert reminded["state"] == "SENT"
    await desk.on(date(2026, 3, 6))
    _, federation, revitalisation = await desk.notices("case", 3)
    assert (federation["agency"], revitalisation["agency"], federation["stage"]) == ("CL", "XCZX", 1)
    assert federation["trail"] == '["MZ:533401:0:NOT_ACKNOWLEDGED:2026-03-06"]'
    before = TrailStep(agency="MZ", division="533401", stage=0, what=StepEnd.NOT_ACKNOWLEDGED, on=date(2026, 3, 6))
    assert [(said.stage, said.trail) for said in await on_topic(desk.place, "mz.533401", 1)] == [(0, ())]
    assert [(said.stage, said.trail) for said in await on_topic(desk.place, "cl.533401", 1)] == [(1, (before,))]
    office = await desk.as_("MZ", "533401")
    await office.post(f"/notices/{first['notice_id']}/report", {"outcome": "DONE", "acted_on": "2026-03-06"})
    for agency in ("CL", "XCZX"):
        (over,) = await desk.notices("case", 1, agency=agency, state="SUPPRESSED")
        assert over["suppressed_for"] == "NO_LONGER_TRUE"
    assert await desk.place.sql("notifications", "SELECT 1 FROM quarantine") == []


async def test_what_is_sent_back_reaches_its_sender_and_a_lead_its_unit(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (first,) = await desk.notices("case", 1)
    office = await desk.as_("MZ", "533401")
    await office.post(f"/notices/{first['notice_id']}/reject", {"reason": "NOT_OUR_AREA"})
    _, back = await desk.notices("case", 2)
    assert (back["agency"], back["stage"], back["returned"]) == ("XCZX", 1, True)
    assert "原因：不属本辖区" in back["text"]
    sender = await desk.as_("XCZX", "533401")
    await sender.post(f"/notices/{back['notice_id']}/reject", {"reason": "NOT_OUR_DUTY"})
    (upward,) = await desk.notices("case", 1, stage=2)
    assert upward["agency"] == "CL"
    await desk.on(date(2026, 3, 20))
    (committee,) = await desk.notices("case", 1, agency="CGW")
    coordinator = await desk.as_("CGW", "533401")
    at = f"/notices/{committee['notice_id']}"
    await office.post(f"{at}/lead", {"agency": "RS", "division": "533401"}, 404)
    await coordinator.post(f"{at}/lead", {"agency": "RS", "division": "533422"}, 409)
    await coordinator.post(f"{at}/lead", {"agency": "RS", "division": "533401"})
    (lead,) = await desk.notices("case", 1, agency="RS")
    assert "残工委办公室请贵单位牵头办理" in lead["text"]
    await (await desk.as_("RS", "533401")).post(
        f"/notices/{lead['notice_id']}/report", {"outcome": "DONE", "acted_on": "2026-03-20"}
    )
    await coordinator.post(f"{at}/answer", {"answer": "SETTLED"})
    assert (await coordinator.get(at))["state"] == "ANSWERED"


async def test_a_link_is_shown_without_changing_anything_and_takes_note_when_posted(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    links, mine = Links(SITE_KEY), Linked(row["notice_id"], "MZ:533401")
    token = links.give(mine, int(time.time()) + 3600)
    session = (await desk.as_("MZ", "533401")).session

    async def page(method: str, of: str) -> tuple[int, str]:
        async with session.request(method, f"/a/{of}", headers={"Authorization": ""}) as answer:
            return answer.status, await answer.text()

    for _ in range(2):
        status, html = await page("GET", token)
        assert (status, "措施目录M14" in html, "<form method=post>" in html) == (200, True, True)
    assert (await desk.notices("case", 1))[0]["state"] == "SENT"
    assert [(await page("POST", token))[0] for _ in range(2)] == [200, 200]
    (noted,) = await desk.notices("case", 1, state="ACKNOWLEDGED")
    assert noted["acknowledged_by"] == "MZ:533401:link"
    assert "已于2026-03-02签收" in (await page("GET", token))[1]
    old = links.give(mine, int(time.time()) - 1)
    foreign = links.give(Linked(row["notice_id"], "MZ:533422"), int(time.time()) + 3600)
    other = links.give(Linked(UUID(int=1), "MZ:533401"), int(time.time()) + 3600)
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for refused in (old, foreign, other, changed, "x", "a" * 60):
        assert [(await page(method, refused))[0] for method in ("GET", "POST")] == [404, 404]


async def test_a_link_to_what_was_withdrawn_says_so(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    delivered = MeasureDelivered(household_id=HOME, measure_id=PLAN.measure_id, owner="MZ", delivered_on=DAY)
    await desk.happens(delivered, "case", 2)
    token = Links(SITE_KEY).give(Linked(row["notice_id"], "MZ:533401"), int(time.time()) + 3600)
    async with (await desk.as_("MZ", "533401")).session.post(f"/a/{token}") as answer:
        assert (answer.status, "通知已撤回" in await answer.text()) == (200, True)


async def test_the_committee_sees_every_agency_of_its_division_and_no_person(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    await desk.happens(RISK, "lead")
    await desk.notices("case", 1)
    await desk.notices("lead", 3)
    committee = await desk.as_("CGW", "533401")

    async def seen(**asked: Any) -> list[Any]:
        return list((await committee.get("/oversight", **asked))["items"])

    async def published() -> list[Any]:
        found = await seen()
        return found if len(found) == 4 else []

    rows = await desk.place.until(published)
    assert sorted(r["agency"] for r in rows) == ["CL", "CUN", "MZ", "XCZX"]
    assert [r["agency"] for r in await seen(file_number=file_number(uuid5(NAMESPACE, "case")))] == ["MZ"]
    assert not any("person" in name for name in rows[0])
    assert [r["agency"] for r in await seen(agency="MZ")] == ["MZ"]
    assert len(await seen(severity="HIGH")) == 3
    assert len(await seen(division=VILLAGE[:9])) == 4
    assert await seen(division="533422") == await seen(overdue="true") == await seen(state="ACTED") == []
    await desk.on(date(2026, 3, 5))
    assert {r["agency"] for r in await seen(overdue="true")} == {"CL", "CUN", "XCZX"}
    elsewhere = await desk.as_("CGW", "533422")
    assert (await elsewhere.get("/oversight"))["items"] == []
    await (await desk.as_("CL", "533401")).get("/oversight", 403)
    await (await desk.as_("CGW", "533401", "clerk")).get("/oversight", 403)


async def test_an_inbox_is_filtered_and_counts_what_is_late(desk: Desk) -> None:
    await desk.happens(RISK, "lead")
    await desk.notices("lead", 3)
    office = await desk.as_("CL", "533401")

    async def inbox(**asked: Any) -> int:
        return len((await office.get("/inbox", **asked))["items"])

    async def published() -> bool:
        return await inbox() == 1

    await desk.place.until(published)
    assert [await inbox(**{"division": d}) for d in (VILLAGE, "533422")] == [1, 0]
    assert [await inbox(**{"severity": s}) for s in ("HIGH", "LOW")] == [1, 0]
    assert await inbox(overdue="true") == 0
    assert (await office.get("/inbox/counts"))["items"] == [{"state": "SENT", "count": 1, "overdue": 0}]
    await desk.on(date(2026, 3, 5))
    assert await inbox(overdue="true") == 1
    counts: dict[str, int] = {c["state"]: c["overdue"] for c in (await office.get("/inbox/counts"))["items"]}
    assert counts["SENT"] >= 1


async def test_a_board_says_what_an_agency_was_told_and_did(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    office, at = await desk.as_("MZ", "533401"), f"/notices/{row['notice_id']}"
    await desk.on(date(2026, 3, 4))
    await desk.notices("case", 1, reminded=1)
    await office.post(f"{at}/accept", {})
    await desk.on(date(2026, 3, 5))
    await office.post(f"{at}/report", {"outcome": "DONE", "acted_on": "2026-03-05"})
    (line,) = (await office.get("/boards", month="2026-03"))["items"]
    assert line == {
        "agency": "MZ",
        "name": "民政局",
        "told": 1,
        "open": 0,
        "overdue": 0,
        "acknowledged": 1,
        "accepted": 1,
        "acted": 1,
        "verified": 0,
        "sent_back": 0,
        "escalated": 0,
        "days_to_note": 2,
        "days_to_act": 3,
        "reminders": ["0:1"],
    }
    assert (await office.get("/boards", month="2026-02"))["items"] == []
    assert (await office.get("/boards", month="2026-03", division="533422"))["items"] == []
    await office.get("/boards", 422, month="2026-13")
    async with office.session.get("/boards.xlsx", params={"month": "2026-03"}) as answer:
        sheet = CalamineWorkbook.from_filelike(BytesIO(await answer.read())).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "2026年3月各单位办理情况"
    assert sheet[3] == ["MZ", "民政局", 1, 0, 0, 1, 1, 1, 0, 0, 0, 2, 3, "首办1次"]


async def test_a_notice_explains_itself_from_what_it_was_made_of(desk: Desk) -> None:
    await desk.happens(PLAN, "case")
    (row,) = await desk.notices("case", 1)
    office = await desk.as_("MZ", "533401")
    why = await office.get(f"/notices/{row['notice_id']}/explain")
    assert (why["row"], why["row_since"], why["row_until"], why["row_source"]) == (
        "measure-planned",
        "2021-01-01",
        None,
        "joint opinion (四) 三",
    )
    assert why["policy_version"] == SERVICE.policy.version
    assert why["facts"] == [f"measure_id={PLAN.measure_id}", "measure=M14", "owner=MZ", "due_on=2026-03-02"]
    assert (why["template"], why["chain"]) == (
        "measure-planned.agency@1",
        ["CL:533401+XCZX:533401", "CGW:533401", "MZ:5334", "CGW:5334"],
    )
    await (await desk.as_("MZ", "533422")).get(f"/notices/{row['notice_id']}/explain", 404)


async def test_a_text_is_shown_beforehand_with_samples_or_given_facts(desk: Desk) -> None:
    office = await desk.as_("CL", "533401")
    shown = await office.post("/templates/risk-detected/preview", {"receiver": "VILLAGE", "facts": {"kind_name": "因病"}})
    assert shown == {
        "template": "risk-detected.village@1",
        "text": "请走访一户残疾人家庭（编号4821-07365-51908）。原因：因病。请于2026年3月2日前核实。户主和住址请登录后查看。",
    }
    await office.post("/templates/risk-detected/preview", {"receiver": "PERSON"}, 422)
    await office.post("/templates/renewal/preview", {"receiver": "PERSON", "facts": {"office_name": "点击链接"}}, 422)
