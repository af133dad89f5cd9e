"""A finding over real servers: its owner takes note, what was verified is told on, what is there ends it."""

from dataclasses import replace

import pytest

from services.matching.finding.events import FindingResolved, FindingVerified
from services.matching.vocabulary import Finding, Settled
from tests.notifications.desk import Desk
from tests.notifications.samples import DAY, FOUND, OPENED
from tests.world import World

PAID = replace(FOUND, rule="PAID_TWICE", title="同一月份重复发放补贴", finding=Finding.RECEIVING_NOT_ENTITLED)


@pytest.fixture
async def desk(place: World) -> Desk:
    """A running desk."""
    return await Desk(place).open()


async def test_civil_affairs_verifies_finance_hears_of_it_and_the_fact_ends_both(desk: Desk) -> None:
    civil = await desk.as_("MZ", "533401")
    await desk.happens(replace(OPENED, found=PAID), "finding")
    (first,) = await desk.notices("finding", 1)
    assert (first["agency"], first["route"]) == ("MZ", "finding-opened")
    await civil.post(f"/notices/{first['notice_id']}/acknowledge")
    await desk.happens(FindingVerified(found=PAID, evidence="SHEETS", verified_on=DAY, act_by=DAY), "finding", 2)
    finance, owner = await desk.notices("finding", 2, state="SENT")
    assert (finance["agency"], finance["route"]) == ("CZ", "payment-verified")
    assert (owner["agency"], owner["route"]) == ("MZ", "finding-verified")
    (verified,) = await desk.notices("finding", 1, route="finding-opened", state="VERIFIED")
    assert verified["verified_by"] == "FindingVerified"
    await civil.post(f"/notices/{owner['notice_id']}/acknowledge")
    await desk.happens(FindingResolved(found=PAID, how=Settled.FACT_ARRIVED, resolved_on=DAY), "finding", 3)
    (ended,) = await desk.notices("finding", 1, route="finding-verified", state="VERIFIED")
    assert ended["verified_by"] == "FindingResolved"
