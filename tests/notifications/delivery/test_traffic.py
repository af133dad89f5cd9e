"""What is on its way out of the house, as operators see it."""

from datetime import timedelta

from services.notifications.subscription import fanout
from services.notifications.vocabulary import Channel
from tests.notifications.delivery.outside import Outside, about, answering
from tests.world import Client


async def test_operators_see_how_much_is_on_its_way_by_channel_and_why_it_is_not_gone(office: Outside) -> None:
    operator = await office.place.client(office.base, "OPS", "5334", "operator")
    assert await operator.get("/deliveries/traffic") == {"behind": 0, "channels": []}
    await office.subscribe()
    await office.queue(about("一"))
    assert (await operator.get("/deliveries/traffic"))["behind"] == 1
    while await fanout.take(office.runtime):
        pass
    assert await _counts(operator) == {"due": 1, "sending": 0, "unknown": 0, "held": 0, "again": 0}
    (parcel,) = await office.engine.claim(Channel.WEBHOOK)
    assert await _counts(operator) == {"due": 0, "sending": 1, "unknown": 0, "held": 0, "again": 0}
    office.there.answering = answering(500)
    await office.engine.deliver(Channel.WEBHOOK, parcel)
    assert await _counts(operator) == {"due": 0, "sending": 0, "unknown": 0, "held": 0, "again": 1}
    await office.runtime.pool.execute(
        "UPDATE delivery SET held_until = $1, due_at = now()", office.runtime.clock() + timedelta(hours=1)
    )
    assert await _counts(operator) == {"due": 0, "sending": 0, "unknown": 0, "held": 1, "again": 0}
    assert (await office.clerk.get("/deliveries/traffic", 403))["title"] == "scope_missing"


async def _counts(operator: Client) -> dict[str, int]:
    (found,) = (await operator.get("/deliveries/traffic"))["channels"]
    assert found.pop("channel") == "WEBHOOK"
    assert found.pop("oldest") is not None
    return dict(found)
