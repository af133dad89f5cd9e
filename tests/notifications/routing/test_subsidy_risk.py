"""A subsidy at risk over real servers: once it is over nobody has to look any more who has not taken note."""

import pytest

from tests.matching.entitlement.samples import RISK, RISK_ENDED
from tests.notifications.desk import Desk
from tests.world import World


@pytest.fixture
async def desk(place: World) -> Desk:
    """A running desk."""
    return await Desk(place).open()


async def test_a_renewal_withdraws_what_was_told_of_the_risk(desk: Desk) -> None:
    await desk.happens(RISK, "standing")
    told = await desk.notices("standing", 2)
    assert sorted(notice["agency"] for notice in told) == ["CL", "MZ"]
    (of_civil_affairs,) = [notice for notice in told if notice["agency"] == "MZ"]
    civil = await desk.as_("MZ", "533401")
    await civil.post(f"/notices/{of_civil_affairs['notice_id']}/acknowledge")
    await desk.happens(RISK_ENDED, "standing", 2)
    (withdrawn,) = await desk.notices("standing", 1, state="SUPPRESSED")
    assert withdrawn["agency"] == "CL"
