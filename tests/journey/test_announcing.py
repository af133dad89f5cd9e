"""政策找人 over everything real: a row of the policy comes into force by the clock, and a village tells the person it may concern."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from deploy.sandbox.sheets import workbook
from services.engine.rebuild import Rebuild
from services.matching.announcement.loop import announce
from tests.journey.samples import VILLAGE, upload
from tests.journey.test_story import HOLDER, POOR, Town, in_inbox, issued
from tests.world import World

pytestmark = pytest.mark.usefixtures("place")
DESTITUTE = "533499195005050035"
_TOLD = "SELECT agency, division, route, state FROM views.notice WHERE cause_type LIKE 'Policy%' ORDER BY agency, route"
_SAID = "SELECT event_id FROM events WHERE category = 'announcement' ORDER BY position"


@pytest.fixture
async def town(place: World) -> Town:
    """A running town."""
    return await Town(place).open()


async def sheets(town: Town) -> None:
    """The county's sheets of December: both persons are on the allowance, one of them is paid, and a third one is supported as destitute."""
    steward = await town.as_("matching", "MZ", "533401", "steward", "official")
    households = [["1", "测试甲", HOLDER, "D1", 1], ["2", "测试乙", POOR, "D2", 1]]
    poor = workbook(["序号", "户主姓名", "身份证号码", "低保证号", "保障人数"], households)
    await upload(steward, poor, kind="SUBSISTENCE_ALLOWANCE", division="533401", as_of="2025-12-20", period="2025-12")
    destitute = workbook(["姓名", "身份证号"], [["测试丙", DESTITUTE]])
    await upload(steward, destitute, kind="DESTITUTE_SUPPORT", division="533401", as_of="2025-12-20", period="2025-12")
    paid = workbook(
        ["姓名", "身份证号", "补贴类型", "月标准", "月数", "金额"], [["测试甲", HOLDER, "困难残疾人生活补贴", 90, 1, 90]]
    )
    await upload(steward, paid, kind="SUBSIDY_PAYMENT", division="533401", as_of="2025-12-15", period="2025-12")


async def test_a_village_is_told_once_whom_a_policy_may_concern_and_its_report_ends_it(town: Town) -> None:
    await issued(town, HOLDER, "测试甲", VILLAGE, date(2025, 10, 8))
    poor_one, _ = await issued(town, POOR, "测试乙", VILLAGE, date(2025, 11, 3))
    await town.seen("matching", "SELECT 1 FROM views.certificate HAVING count(*) = 2")
    await town.seen("matching", "SELECT 1 FROM views.person_index HAVING count(*) = 2")
    await town.on(date(2025, 12, 31))
    await sheets(town)
    assert await announce(town.runtimes["matching"]) == 0
    await town.on(date(2026, 1, 1))

    async def offices() -> list[Any]:
        found = [tuple(r) for r in await town.place.sql("notifications", _TOLD)]
        return found if len(found) == 3 and {r[3] for r in found} == {"SENT"} else []

    assert await town.place.until(offices) == [
        ("CUN", VILLAGE, "policy-passed-on-village", "SENT"),
        ("MZ", "533401", "policy-announced", "SENT"),
        ("MZ", "533401", "policy-not-announced", "SENT"),  # the sheet pays nobody the care subsidy: who lacks it is not known
    ]
    (passed_on,) = await town.place.sql("matching", "SELECT announcement_id FROM views.announcement WHERE state = 'PASSED_ON'")
    subject = str(passed_on["announcement_id"])

    inbox = await town.as_("notifications", "CUN", VILLAGE, "liaison")
    (notice,) = await in_inbox(town, inbox, subject)
    liaison = await town.as_("matching", "CUN", VILLAGE, "liaison")
    concerned = [r["person_id"] for r in (await liaison.get(f"/announcements/{subject}/persons"))["items"]]
    assert concerned == [poor_one]
    register = await town.as_("certificates", "CUN", VILLAGE, "liaison")
    known = await register.post("/resolve", {"purpose": "HOME_VISIT", "reference": subject, "person_ids": concerned})
    assert [p["name"] for p in known["persons"]] == ["测试乙"]
    await inbox.post(f"/notices/{notice['notice_id']}/acknowledge")
    await inbox.post(f"/notices/{notice['notice_id']}/report", {"outcome": "DONE", "acted_on": "2026-01-01"})
    assert (await inbox.get(f"/notices/{notice['notice_id']}"))["state"] == "ACTED"

    await nobody_is_told_again(town)


async def nobody_is_told_again(town: Town) -> None:
    """Neither a day later, nor after a rebuild, nor by a process that has just started."""
    before = [r["event_id"] for r in await town.place.sql("matching", _SAID)]
    matching = town.runtimes["matching"]
    for table in ("announcement", "concerned"):
        await Rebuild(matching, table, town.place.database["matching"]["rebuild"]).run()
    await town.place.start(matching, "worker")
    await town.on(date(2026, 1, 2))
    assert await announce(matching) == 0
    assert [r["event_id"] for r in await town.place.sql("matching", _SAID)] == before
    queued = "SELECT count(*) AS n FROM events WHERE type = 'NoticeQueued' AND causation_id = ANY($1::uuid[])"
    assert (await town.place.sql("notifications", queued, [UUID(str(e)) for e in before]))[0]["n"] == 3
