"""Notifications served over the real servers, with clients for its offices."""

from dataclasses import replace
from typing import Any
from uuid import uuid5

from services.kernel.apply import apply
from services.kernel.events import NAMESPACE, Recorded
from services.kernel.execute import Order
from services.notifications.routing.projection import Past
from services.notifications.routing.queries import about
from services.notifications.routing.reactions import route, settle
from tests.notifications.running import Running
from tests.notifications.samples import PLAN, recorded

HOME = PLAN.household_id


class Desk(Running):
    """Notifications running, with events of other services put in as the worker would."""

    role = "official"

    async def happens(self, event: Any, subject: str, version: int = 1) -> None:
        """An event of another service reaches the worker."""
        happened = self._recorded(event, subject, version)
        policy = self.runtime.service.policy
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await apply(conn, self.runtime.store, self.runtime.service.projections, [happened])
            orders = list(route(happened, Past(), policy))
            if type(event) in policy.resolving:
                orders += settle(happened, (await about(conn, [happened]))[0], policy)
            causes = (happened.cause("notifications.test", i, self.runtime.clock()) for i in range(len(orders)))
            await self.runtime.executor.execute_many(
                conn, [Order(d, s, c, cause) for (d, s, c), cause in zip(orders, causes, strict=True)]
            )

    def _recorded(self, event: Any, subject: str, version: int) -> Recorded:
        stream = uuid5(NAMESPACE, subject)
        now = self.runtime.clock()
        return replace(
            recorded(event),
            stream_id=stream,
            version=version,
            event_id=uuid5(stream, str(version)),
            occurred_at=now,
            recorded_at=now,
            service="monitoring",
        )

    async def notices(self, subject: str, count: int, **wanted: Any) -> list[Any]:
        """The rows about a subject, oldest first, once there are so many with these values."""
        sql = "SELECT * FROM views.notice WHERE subject_id = $1 AND sent <> '[]' ORDER BY stage, agency"
        return await self.told(sql, uuid5(NAMESPACE, subject), count, wanted)
