"""Notifications running over the real servers, for tests that put other services' events in themselves."""

from datetime import UTC, date, datetime
from typing import Any, Self

from services.engine import retention
from services.engine.runtime import Runtime
from services.notifications.person_message import loop as person_message_loop
from services.notifications.service import SERVICE
from tests.notifications.samples import DAY
from tests.world import Client, World, with_loops


class Running:
    """Everything of the service but the other services' topics, and but the telling of persons: no register stands behind these events.

    `role`: in which an office comes where a test names none.
    """

    role: str

    def __init__(self, place: World) -> None:
        self.place = place
        self.runtime: Runtime
        self.base = ""

    async def open(self) -> Self:
        """Start everything; the worker has its own events alone to follow."""
        loops = (loop for loop in SERVICE.loops if loop is not person_message_loop.run)
        self.runtime = await self.place.open(with_loops(SERVICE, *loops), pool_size=4)
        self.base = await self.place.serve(self.runtime)
        await self.on(DAY)
        await self.place.start(self.runtime, "relay", "worker", "scheduler")
        return self

    async def on(self, day: date) -> None:
        """Ten in the morning, Shanghai."""
        self.place.set_clock(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    async def as_(self, agency: str, division: str, role: str = "") -> Client:
        """A client of an office."""
        return await self.place.client(self.base, agency, division, role or self.role)

    async def told(self, query: str, subject: Any, count: int, wanted: dict[str, Any]) -> list[Any]:
        """The notices about a subject (`query`'s $1) with these values, once there are so many."""

        async def rows() -> list[Any]:
            found = await self.place.sql("notifications", query, subject)
            found = [r for r in found if all(r[k] == x for k, x in wanted.items())]
            return found if len(found) >= count else []

        return list(await self.place.until(rows))


async def emptied(runtime: Runtime, at_once: int = 2) -> list[int]:
    """How many rows went at a time until none did."""
    gone = [await retention.delete_some(runtime, at_once)]
    while gone[-1]:
        gone.append(await retention.delete_some(runtime, at_once))
    return gone
