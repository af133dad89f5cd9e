"""A list shows an unsafe home: its owner is told and verifies it, and the household is followed. All four services, over real servers."""

from datetime import date

import pytest

from deploy.sandbox.sheets import workbook
from tests.journey.samples import VILLAGE, upload
from tests.journey.test_story import Town, issued
from tests.world import World

HOLDER = "533499198001010013"
pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
async def town(place: World) -> Town:
    """A running town."""
    return await Town(place).open()


async def test_an_unsafe_home_on_a_list_is_verified_by_its_owner_and_followed_by_monitoring(town: Town) -> None:
    person, _ = await issued(town, HOLDER, "测试甲", VILLAGE, date(2026, 1, 5))
    liaison = await town.as_("monitoring", "CUN", VILLAGE, "liaison")
    home = (await liaison.post("/households", {"division": VILLAGE, "members": [person]}, 201))["id"]
    await town.seen("matching", "SELECT 1 FROM views.person_index")
    await town.on(date(2026, 3, 20))
    houses = workbook(["户主姓名", "户主身份证号", "住房等级", "改造情况"], [["测试甲", HOLDER, "C级", "无"]])
    steward = await town.as_("matching", "ZJ", "533401", "steward")
    came = await upload(steward, houses, kind="HOUSE_SAFETY", division="533401", as_of="2026-03-15")
    assert (came["state"], came["linked"], came["problems"]) == ("RECEIVED", 1, [])
    (found,) = await town.seen("matching", "SELECT * FROM views.finding WHERE rule = 'UNSAFE_HOME' AND period = '2026-03'")
    sql = "SELECT agency, route, text FROM views.notice WHERE subject_id = $1 AND sent <> '[]' ORDER BY agency OFFSET 1"
    (told,) = await town.seen("notifications", sql, found["finding_id"])
    assert (told["agency"], told["route"]) == ("ZJ", "finding-opened")
    assert "风险线索：住房存在安全隐患，未列入改造。这只是线索。" in told["text"]
    official = await town.as_("matching", "ZJ", "533401", "official")
    await official.post(f"/findings/{found['finding_id']}/verify", {"evidence": "HOME_VISIT"})
    (case,) = await town.seen("monitoring", "SELECT * FROM views.case_view WHERE finding_id = $1", found["finding_id"])
    assert (str(case["household_id"]), case["kind"], case["state"], case["source"]) == (home, "HOUSING", "LEAD", "DATA_COMPARISON")
    await town.seen("notifications", "SELECT 1 FROM views.notice WHERE subject_id = $1 AND agency = 'XCZX'", case["case_id"])
    told_to_act = "SELECT 1 FROM views.notice WHERE subject_id = $1 AND agency = 'ZJ' AND route = 'finding-verified'"
    await town.seen("notifications", told_to_act, found["finding_id"])
