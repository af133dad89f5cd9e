"""A small world for one test: its own databases, topic prefix and tokens over the shared real servers.

`open` gives a service's runtime as the app role; `start` runs roles of it as tasks of this process; everything ends with the test.
Nothing is made that nobody uses: topics come with the first role that needs them, a service's database is a copy of one that was
migrated once. A set of topics and a set of migrations cost more than most tests do.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import uvicorn
from pydantic import SecretStr

from deploy import databases, topics
from deploy.local.stack import Urls
from deploy.sandbox.issuer import Issuer
from services.engine.runtime import Runtime
from services.engine.settings import Settings
from services.kernel.clock import set_clock
from services.kernel.projection import Projection
from services.kernel.service import Room, Service
from services.notifications.agency_reply.events import AgencyReply
from services.shell import migrate
from services.shell.http import common_api
from services.shell.http.app import create_app
from services.shell.http.connection import configured
from services.shell.process import jobs, opened
from tests import templates

SITE_KEY = "a key for tests only"


@dataclass
class World:
    """See the module."""

    urls: Urls
    folder: Path
    prefix: str
    issuer: Issuer
    stack: AsyncExitStack
    partitions: int = 3
    topics_made: set[str] = field(default_factory=set)
    database: dict[str, dict[str, str]] = field(default_factory=dict)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    @property
    def clock_file(self) -> Path:
        """The file that holds this world's domain time."""
        return self.folder / "clock"

    def set_clock(self, now: datetime) -> None:
        """Move this world's domain time."""
        set_clock(self.clock_file, now)

    def settings(self, service: str, **more: Any) -> Settings:
        """Settings of a process of this world."""
        mine = self.database[service]
        return Settings(
            profile="development",
            database_url=SecretStr(mine["app"]),
            migrator_url=SecretStr(mine["migrator"]),
            rebuild_url=SecretStr(mine["rebuild"]),
            kafka=self.urls.kafka,
            registry=self.urls.registry,
            jwks_file=self.issuer.jwks_file,
            site_key=SecretStr(SITE_KEY),
            clock_file=self.clock_file,
            topic_prefix=self.prefix,
            **more,
        )

    async def topics(self, *classes: type) -> None:
        """Make the topics on which these classes travel; without a class all topics there are."""
        wanted = {
            topic.name
            for family, carried in topics.carried()
            if not classes or not set(classes).isdisjoint(carried)
            for topic in family.topics
        }
        if not self.topics_made:
            # A broker pays for every partition as long as it is there.
            self.stack.push_async_callback(topics.drop, self.urls.kafka, self.prefix)
        if missing := wanted - self.topics_made:
            await topics.create(self.urls.kafka, self.prefix, partitions=self.partitions, only=missing)
            self.topics_made |= missing

    async def open(self, service: Service, sql: str = "", **more: Any) -> Runtime:
        """A migrated database and a runtime. `sql` replaces the service's own migrations (for toys)."""
        if service.name not in self.database:
            prefix = self.prefix.replace(".", "_")
            if not self.database:
                self.stack.push_async_callback(databases.drop, self.urls.postgres, prefix=prefix)
            template = "template1" if sql else await templates.migrated(self.urls.postgres, service)
            made = await databases.create(self.urls.postgres, prefix=prefix, services=(service.name,), template=template)
            self.database[service.name] = made[service.name]
        if sql:
            folder = self.folder / service.name
            folder.mkdir(exist_ok=True)
            (folder / "0001_toy.sql").write_text(sql)
            await migrate.migrate(self.database[service.name]["migrator"], service.name, folder)
        return await self.stack.enter_async_context(
            opened(service, self.settings(service.name, **more), migrated=service.policy.version != "toy")
        )

    async def start(self, runtime: Runtime, *roles: str) -> list[asyncio.Task[Any]]:
        """Run the jobs of roles (relay, worker, scheduler), as a process does, until the test ends or the tasks are cancelled."""
        if used := _travelling(runtime.service, roles):
            await self.topics(*used)
        started = [asyncio.create_task(job) for job in jobs(runtime, roles)]
        self.tasks += started
        return started

    async def serve(self, runtime: Runtime) -> str:
        """The runtime's API on a port that the system gives it; its base URL."""
        app = create_app(runtime, common_api.router)
        options = configured(app, "127.0.0.1", 0, runtime.settings.patience_seconds)
        options.timeout_graceful_shutdown = 1
        server = uvicorn.Server(options)
        task = asyncio.create_task(server._serve())
        await self.until(lambda: _value(server.started))

        async def stop() -> None:
            server.should_exit = True
            await task

        self.stack.push_async_callback(stop)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    async def client(self, base: str, agency: str = "CL", division: str = "533401", *roles: str) -> "Client":
        """A client of an API with a token of that office."""
        token = self.issuer.token(f"{agency.lower()}-{division}", agency, division, list(roles))
        session = aiohttp.ClientSession(base, headers={"Authorization": f"Bearer {token}"})
        self.stack.push_async_callback(session.close)
        return Client(session)

    async def until(self, condition: Callable[[], Awaitable[Any]], seconds: float = 120) -> Any:
        """Wait until `condition()` is truthy; a role that died fails the test, and a deadline that only a wait for nothing reaches."""
        end = asyncio.get_running_loop().time() + seconds
        while not (value := await condition()):
            for task in self.tasks:
                if task.done() and not task.cancelled():
                    raise AssertionError(f"a role ended: {task.exception()!r}")
            assert asyncio.get_running_loop().time() < end, "the condition did not come true in time"
            await asyncio.sleep(0.02)
        return value

    async def sql(self, service: str, query: str, *args: Any) -> list[Any]:
        """Rows as the superuser sees them."""
        conn = await asyncpg.connect(self.database[service]["superuser"])
        try:
            return list(await conn.fetch(query, *args))
        finally:
            await conn.close()


def with_loops(service: Service, *loops: Callable[[Runtime], Awaitable[None]]) -> Service:
    """The service with these loops instead of its own; without any, a test drives them step by step."""
    return replace(service, rooms=(*(replace(room, loops=()) for room in service.rooms), Room(loops=loops)))


def _travelling(service: Service, roles: tuple[str, ...]) -> set[type]:
    """What these roles of a service send and hear. Replies are of its language, but offices send them and its loops hear them."""
    sent = set(service.own) - {AgencyReply} if "relay" in roles else set()
    heard = service.followed | ({AgencyReply} & set(service.own) if service.loops else set()) if "worker" in roles else set()
    return sent | heard


async def contents(conn: asyncpg.Connection, projection: Projection[Any]) -> list[tuple[Any, ...]]:
    """All rows of a projection's table in key order, for comparison."""
    rows = await conn.fetch(f"SELECT * FROM views.{projection.table} ORDER BY {', '.join(projection.key)}")
    return [projection.to_record(projection.from_record(r)) for r in rows]


async def _value(value: Any) -> Any:
    return value


@dataclass
class Client:
    """JSON over HTTP; every POST gets a fresh Idempotency-Key unless one is given."""

    session: aiohttp.ClientSession

    async def post(self, path: str, body: Any = None, status: int | None = None, **headers: str) -> Any:
        """POST; asserts the status (default: any 2xx) and gives the JSON answer."""
        sent = {"Idempotency-Key": str(uuid4())} | {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(path, json={} if body is None else body, headers=sent) as answer:
            return await _checked(answer, status)

    async def get(self, path: str, status: int | None = None, **params: Any) -> Any:
        """GET; asserts the status (default: any 2xx) and gives the JSON answer."""
        async with self.session.get(path, params=params) as answer:
            return await _checked(answer, status)


async def _checked(answer: aiohttp.ClientResponse, status: int | None) -> Any:
    text = await answer.text()
    assert answer.status == status if status else answer.status < 300, f"{answer.status}: {text}"
    return await answer.json(content_type=None)


@asynccontextmanager
async def world(urls: Urls, folder: Path, partitions: int = 3) -> AsyncIterator[World]:
    """A fresh prefix, an issuer, and a place for files; databases come with the first `open`, topics with the first `start`."""
    prefix = f"t{uuid4().hex[:10]}."
    async with AsyncExitStack() as stack:
        made = World(urls, folder, prefix, Issuer(folder), stack, partitions)
        try:
            yield made
        finally:
            for task in made.tasks:
                task.cancel()
            await asyncio.gather(*made.tasks, return_exceptions=True)
