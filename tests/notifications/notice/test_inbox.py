"""An inbox asked for one state answers with the notices of that state, and no other."""

from typing import Any

import pytest

from tests.notifications.desk import Desk
from tests.notifications.samples import PLAN
from tests.world import World


@pytest.fixture
async def desk(place: World) -> Desk:
    """A running desk."""
    return await Desk(place).open()


async def test_each_state_answers_with_its_own_notices(desk: Desk) -> None:
    ids = []
    for subject in ("waits", "noted", "accepted", "sent back"):
        await desk.happens(PLAN, subject)
        (row,) = await desk.notices(subject, 1)
        ids.append(str(row["notice_id"]))
    office = await desk.as_("MZ", "533401")

    async def inbox(**asked: Any) -> list[tuple[str, str]]:
        return [(n["notice_id"], n["state"]) for n in (await office.get("/inbox", **asked))["items"]]

    async def published() -> bool:
        return len(await inbox()) == 4

    await desk.place.until(published)
    assert await inbox(state="SENT") == [(i, "SENT") for i in ids]
    await office.post(f"/notices/{ids[1]}/acknowledge")
    await office.post(f"/notices/{ids[2]}/accept", {})
    await office.post(f"/notices/{ids[3]}/reject", {"reason": "NOT_OUR_AREA"})
    found = {state: await inbox(state=state) for state in ("SENT", "ACKNOWLEDGED", "ACCEPTED", "REJECTED", "VERIFIED")}
    assert found == {
        "SENT": [(ids[0], "SENT")],
        "ACKNOWLEDGED": [(ids[1], "ACKNOWLEDGED")],
        "ACCEPTED": [(ids[2], "ACCEPTED")],
        "REJECTED": [(ids[3], "REJECTED")],
        "VERIFIED": [],
    }
    await office.get("/inbox", 422, state="LOST")
