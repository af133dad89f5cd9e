"""An office is told by each of its subscriptions of the subjects whose divisions that one wants."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.notifications.subscription import fanout
from tests.notifications.delivery.outside import NOTICE_OF, Outside, about


async def test_an_office_is_told_by_each_subscription_of_the_divisions_it_chose(office: Outside) -> None:
    places = ("533401", "533401102", "533401102201", "533401103", "533401103201", "533422101")
    subscriptions = {}
    for wanted in ((), ("533401",), ("533401102",), ("533401102201", "533401103")):
        path, _ = await office.subscribe(divisions=wanted)
        subscriptions[UUID(path.rpartition("/")[2])] = wanted
    ids = await office.queue(*(about(place, replace(NOTICE_OF, subject_division=place)) for place in places))
    while await fanout.take(office.runtime):
        pass
    told: dict[Any, set[str]] = {wanted: set() for wanted in subscriptions.values()}
    for notice, recipient in await office.rows("stream_id, recipient"):
        told[subscriptions[recipient]].add(places[ids.index(notice)])
    assert told == {
        (): set(places),
        ("533401",): set(places[:5]),
        ("533401102",): {"533401102", "533401102201"},
        ("533401102201", "533401103"): {"533401102201", "533401103", "533401103201"},
    }
