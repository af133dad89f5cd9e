"""A measure over real servers: its owner's word is an act, a check by others the proof."""

from dataclasses import replace

import pytest

from services.monitoring.risk_case.events import MeasureChecked, MeasureDelivered
from tests.notifications.desk import HOME, Desk
from tests.notifications.samples import DAY, PLAN
from tests.world import World


@pytest.fixture
async def desk(place: World) -> Desk:
    """A running desk."""
    return await Desk(place).open()


async def test_the_owners_own_report_verifies_nothing_and_a_check_that_found_nothing_is_the_owners_again(desk: Desk) -> None:
    delivered = MeasureDelivered(household_id=HOME, measure_id=PLAN.measure_id, owner="MZ", delivered_on=DAY)
    failed = MeasureChecked(household_id=HOME, measure_id=PLAN.measure_id, owner="MZ", arrived=False, checked_on=DAY)
    office = await desk.as_("MZ", "533401")
    await desk.happens(PLAN, "case")
    (first,) = await desk.notices("case", 1, route="measure-planned")
    await office.post(f"/notices/{first['notice_id']}/acknowledge")
    await desk.happens(delivered, "case", 2)
    await desk.notices("case", 1, route="measure-delivered")
    (acted,) = await desk.notices("case", 1, route="measure-planned", state="ACTED")
    assert (acted["outcome"], acted["acted_on"], acted["verified_by"]) == ("DONE", DAY, None)
    await desk.happens(failed, "case", 3)
    (again,) = await desk.notices("case", 1, route="measure-not-arrived")
    assert (again["agency"], again["division"]) == ("MZ", "533401")
    assert (await office.get(f"/notices/{first['notice_id']}"))["state"] == "ACTED"
    await office.post(f"/notices/{again['notice_id']}/acknowledge")
    await desk.happens(delivered, "case", 4)
    await desk.notices("case", 2, route="measure-delivered")
    await desk.notices("case", 1, route="measure-not-arrived", state="ACTED")
    await desk.happens(replace(failed, arrived=True), "case", 5)
    closed = await desk.notices("case", 2, agency="MZ", state="VERIFIED", verified_by="MeasureChecked")
    assert {row["notice_id"] for row in closed} == {first["notice_id"], again["notice_id"]}
