"""A county federation that is told outside: its webhook's receiver, the doors, and an engine driven step by step."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from services.engine.runtime import Runtime
from services.kernel.events import Context
from services.kernel.execute import Order
from services.notifications.channels.letter import Sender
from services.notifications.channels.webhook import Webhook
from services.notifications.delivery.engine import Engine
from services.notifications.delivery.source import Source
from services.notifications.notice.commands import Command, Queue
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.events import NoticeQueued
from services.notifications.outbound.sources import SOURCES
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.rows import Conduct
from services.notifications.service import SERVICE
from services.notifications.subscription import fanout
from services.notifications.subscription.decider import subscriber_id
from services.notifications.subscription.letter_forms import compose
from services.notifications.vocabulary import Channel, NoticeSeverity
from services.shell.http.call import uuid7
from tests.contract.golden import sample
from tests.notifications.channels.receiver import Receiver, certificates, receiver
from tests.world import Client, World, with_loops

OFFICE, COUNTY = "CL", "533401"
NOTICE_OF = replace(
    sample(NoticeQueued),
    agency=OFFICE,
    division=COUNTY,
    severity=NoticeSeverity.LOW,
    reminder=None,
    chain=(),
    trail=(),
    cause_type="RiskDetected",
    channels=(Channel.INBOX,),
)


HIGH = replace(NOTICE_OF, severity=NoticeSeverity.HIGH)


def about(text: str, notice: Any = NOTICE_OF, subject: UUID | None = None) -> Any:
    """A notice with this text, about a subject of its own unless one is named."""
    return replace(notice, text=text, subject_id=subject or uuid4())


def answering(status: int, **headers: str) -> Any:
    """A receiver that answers this."""

    async def answer(_: web.Request, __: bytes) -> web.StreamResponse:
        return web.Response(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


async def here(_: str, __: int) -> Sequence[str]:
    """Every host is this machine."""
    return ["127.0.0.1"]


def conducting(**changes: Any) -> NoticePolicy:
    """The policy with another conduct of webhooks."""
    policy: NoticePolicy = SERVICE.policy
    rows = tuple(replace(r, value=replace(r.value, **changes)) if r.id == "WEBHOOK" else r for r in policy.conduct.rows)
    return replace(policy, conduct=type(policy.conduct)(rows))


@dataclass
class Outside:
    """See the module."""

    place: World
    runtime: Runtime
    there: Receiver
    engine: Engine
    clerk: Client
    base: str

    @property
    def path(self) -> str:
        """The office's path."""
        return f"/subscribers/{subscriber_id(OFFICE, COUNTY)}"

    async def subscribe(self, **wish: Any) -> tuple[str, str]:
        """A subscription of the office, to webhooks unless another channel is named; its path and its secret (webhooks only)."""
        await self.clerk.post("/subscribers")
        made = await self.clerk.post(f"{self.path}/subscriptions", {"channel": "WEBHOOK", "address": self.there.url, **wish}, 201)
        return f"{self.path}/subscriptions/{made['subscription_id']}", made.get("secret", "")

    async def queue(self, *notices: NoticeQueued) -> list[UUID]:
        """Notices, published; their ids."""
        ids = [uuid4() for _ in notices]
        await self.order([(i, Queue(n)) for i, n in zip(ids, notices, strict=True)])
        await self.place.until(self.published)
        return ids

    async def order(self, commands: Sequence[tuple[UUID, Command]]) -> None:
        """Machine commands for notices."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            orders = [Order(NOTICE, i, c, Context("machine:test", self.runtime.clock(), s := uuid7(), s)) for i, c in commands]
            await self.runtime.executor.execute_many(conn, orders)

    async def published(self) -> bool:
        """Whether the relay has published all that was stored."""
        return not await self.runtime.pool.fetchval("SELECT EXISTS (SELECT FROM outbox)")

    async def deliver(self, channel: Channel = Channel.WEBHOOK) -> int:
        """Fan out and send by a channel until nothing is due; how many letters went out."""
        while await fanout.take(self.runtime):
            pass
        sent = 0
        while parcels := await self.engine.claim(channel):
            await asyncio.gather(*(self.engine.deliver(channel, p) for p in parcels))
            sent += len(parcels)
        return sent

    async def rows(self, columns: str = "state") -> list[Any]:
        """All deliveries in the order of their making."""
        return [tuple(r) for r in await self.runtime.pool.fetch(f"SELECT {columns} FROM delivery ORDER BY seq")]

    async def events(self, kind: str) -> list[Any]:
        """All stored events of a kind."""
        rows = await self.runtime.pool.fetch("SELECT * FROM events WHERE type = $1 ORDER BY position", kind)
        return [self.runtime.store.recorded(r).event for r in rows]

    async def leases_end(self) -> None:
        """So much time has passed that leases have run out; nobody has looked yet."""
        await self.runtime.pool.execute("UPDATE delivery SET leased_until = now() - interval '1 s' WHERE state = 'sending'")

    async def due(self) -> None:
        """Time has passed: leases have run out and were found, and whatever waits for its next try is due."""
        await self.leases_end()
        async with self.runtime.pool.acquire() as conn:
            for channel in Channel:
                await self.engine.find_lost(conn, channel)
        await self.runtime.pool.execute("UPDATE delivery SET due_at = now() - interval '1 s' WHERE state IN ('due', 'unknown')")

    def texts(self) -> list[list[str]]:
        """The texts of each letter that arrived."""
        return [[n["text"] for n in json.loads(body)["data"]["notices"]] for body in self.there.bodies]


def engine_of(
    runtime: Runtime,
    senders: Mapping[Channel, Sender],
    sources: Mapping[str, Source] = SOURCES,
    jitter: Callable[[], float] = random.random,
) -> Engine:
    """An engine with these senders that writes letters as the service does; it looks for lost ones whenever it takes some."""
    return Engine(runtime, senders, sources, compose, jitter, look_every=0)


@asynccontextmanager
async def outside(place: World, folder: Path, policy: NoticePolicy | None = None, **settings: Any) -> AsyncIterator[Outside]:
    """The service with its doors and relay; nothing is fanned out or sent unless a test does it."""
    service = replace(SERVICE, policy=policy or SERVICE.policy)
    runtime = await place.open(with_loops(service), pool_size=6, **settings)
    base = await place.serve(runtime)
    await place.start(runtime, "relay")
    files = certificates(folder)
    webhook = Webhook(files.ca, loopback=True, lookup=here, total=2.0)
    async with receiver(files) as there:
        engine = engine_of(runtime, {Channel.WEBHOOK: webhook}, jitter=lambda: 0.0)
        try:
            yield Outside(place, runtime, there, engine, await place.client(base, OFFICE, COUNTY, "clerk"), base)
        finally:
            await webhook.close()


def conduct_of(policy: NoticePolicy, channel: str = "WEBHOOK") -> Conduct:
    """The conduct row of a channel."""
    return next(r.value for r in policy.conduct.rows if r.id == channel)
