"""What an office sees of how far its subscription is: events not looked at, letters not settled, the sum of both."""

from dataclasses import replace

from services.notifications.subscription import fanout
from tests.notifications.delivery.outside import NOTICE_OF, Outside, about, answering


async def far(office: Outside) -> tuple[int, int, int]:
    """Events behind, letters open, lag of the office's one subscription."""
    (shown,) = (await office.clerk.get(office.path))["subscriptions"]
    return shown["behind"], shown["open"], shown["lag"]


async def taken(office: Outside) -> None:
    """The fan-out has looked at everything that was published."""
    while await fanout.take(office.runtime):
        pass


async def test_three_unread_notices_are_three_behind_then_three_open_then_none(office: Outside) -> None:
    await office.subscribe()
    await office.place.until(office.published)
    await taken(office)
    assert await far(office) == (0, 0, 0)
    await office.queue(about("一"), about("二"), about("三"))
    assert await far(office) == (3, 0, 3)
    await taken(office)
    assert await far(office) == (0, 3, 3)
    office.there.answering = answering(500)
    assert await office.deliver() == 3
    assert await far(office) == (0, 3, 3), "what will be tried again is open"
    office.there.answering = answering(200)
    await office.due()
    assert await office.deliver() == 3
    await office.place.until(office.published)
    await taken(office)
    assert await far(office) == (0, 0, 0)


async def test_what_concerns_another_office_is_looked_at_and_is_no_letter(office: Outside) -> None:
    await office.subscribe()
    await office.place.until(office.published)
    await taken(office)
    await office.queue(about("mine"), about("another's", replace(NOTICE_OF, division="533422")))
    assert await far(office) == (2, 0, 2)
    await taken(office)
    assert await far(office) == (0, 1, 1)
