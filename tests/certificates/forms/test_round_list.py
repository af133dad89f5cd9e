"""上门评残名单: the list that a round takes along, printed for those who plan it; every name on it is a recorded look."""

from typing import Any

from tests.certificates import office as certificates_office
from tests.certificates.office import page
from tests.world import World


async def test_the_list_of_a_round_names_whom_it_visits_and_nobody_else_prints_it(place: World) -> None:
    office = await certificates_office.opened(place)
    certificate = await office.application(await office.person())
    await office.step(certificate, "accept")
    await office.clerk.post(f"/certificates/{certificate}/order-assessment", {"institution": "H01", "setting": "HOME"})
    health = await office.client("WJ", "533401", "health")
    plan = {"division": certificates_office.VILLAGE[:9], "on": "2026-03-20", "institution": "H01", "doctor": "D07", "quota": 2}
    into = (await health.post("/rounds", plan, 201))["id"]
    path = f"/rounds/{into}/list"
    assert "测试甲" not in await page(health, path)
    await health.post(f"/certificates/{certificate}/schedule-visit", {"round_id": into})
    for printing, by in ((health, "香格里拉市卫生健康局"), (office.clerk, "香格里拉市残疾人联合会")):
        printed = await page(printing, path)
        assert all(words in printed for words in ("上门评残名单", "测试甲", "138****0000", "2026年3月20日", "H01", by))
        assert not any(words in printed for words in (certificates_office.CITIZENS[0], "13800000000", "肢体", "二级"))
    assert (await (await office.client("WJ", "533422", "health")).post(path, {}, 404))["title"] == "round_unknown"
    assert (await office.village.post(path, {}, 403))["title"] == "scope_missing"
    assert (await (await office.client("MZ", "533401", "health")).post(path, {}, 403))["title"] == "not_your_duty"
    looks: list[Any] = await office.sql("SELECT agency, reference, granted FROM person_read WHERE reference LIKE 'form/round/%'")
    assert sorted(map(tuple, looks)) == [("CL", f"form/round/{into}", True), ("WJ", f"form/round/{into}", True)]
