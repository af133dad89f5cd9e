"""A service process: which roles run in it, and how it starts and stops.

`python -m services.<name> run api relay worker scheduler` runs any mix of roles in one process. SIGTERM stops accepting, lets the
batch at hand finish and closes within 20 s; a `kill -9` is equally safe, because nothing is acknowledged before it is committed.
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import CoroutineType
from typing import Any

import asyncpg
import structlog
import uvicorn

from services.engine import retention, schedule, settings
from services.engine.registry import Registry
from services.engine.relay import Relay
from services.engine.runtime import Runtime
from services.kernel.avro import Codec
from services.kernel.clock import SettableClock, system_clock, today
from services.kernel.execute import Executor
from services.kernel.service import Service
from services.kernel.store import EventStore
from services.shell.consume import Worker
from services.shell.http import common_api
from services.shell.http.app import create_app
from services.shell.http.connection import configured

ROLES = ("api", "relay", "worker", "scheduler")
GRACE = 20
_KEEP = "INSERT INTO policy_version (version, file, content, first_used_on) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"


@asynccontextmanager
async def opened(service: Service, config: settings.Settings, url: str | None = None) -> AsyncIterator[Runtime]:
    """The runtime of a process: pools, codec, registry client. Waits for the database as long as it takes."""
    codec = Codec(set(service.own) | service.followed)
    store, registry = EventStore(service.name, codec), Registry(config.registry, codec)
    clock = SettableClock(config.clock_file, config.profile) if config.clock_file else system_clock
    dsn, size = url or config.database_url.get_secret_value(), config.pool_size
    wide = {"shouwang.division": "*", "shouwang.agency": "*"}
    pool = await _patiently(dsn, 1, size, wide, reset=_left_as_found)
    views = await _patiently(dsn, 0, size, {})
    executor = Executor(store, service.projections, service.policy)
    for file, text in getattr(service.policy, "files", ()):  # kept before anything is decided by them
        await pool.execute(_KEEP, service.policy.version, file, text, today(clock))
    try:
        yield Runtime(
            service=service,
            settings=config,
            clock=clock,
            codec=codec,
            registry=registry,
            store=store,
            executor=executor,
            pool=pool,
            views=views,
        )
    finally:
        await registry.close()
        for each in (pool, views):
            try:
                await asyncio.wait_for(each.close(), 5)
            except TimeoutError:
                each.terminate()


async def _left_as_found(_: Any) -> None:
    """Nothing to reset in a session that goes back to the pool: what its users set and lock ends with their transactions, and the relay
    gives its own lock back. It saves a round trip in each of the many looks of the loops."""


async def _patiently(dsn: str, least: int, most: int, setting: dict[str, str], **options: Any) -> asyncpg.Pool:
    delay = 0.2
    while True:
        try:
            return await asyncpg.create_pool(
                dsn, min_size=least, max_size=most, server_settings={**setting, "timezone": "UTC"}, command_timeout=60, **options
            )
        except (OSError, asyncpg.CannotConnectNowError) as error:
            structlog.get_logger().warning("database_not_there_yet", error=type(error).__name__, retry_in=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5)


class Server(uvicorn.Server):
    """An HTTP server that leaves signals to the process, which stops all its roles."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(service: Service, config: settings.Settings, roles: list[str]) -> None:
    """Run the roles until SIGTERM or SIGINT; a role that dies ends the process, so that the supervisor starts it anew."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with opened(service, config) as runtime:
        gc.collect()
        gc.freeze()  # classes, rows and schemas stay as long as the process: no collection looks at them again
        server, work = None, list[asyncio.Task[Any]]()
        work += [asyncio.create_task(_named(job), name=job.__qualname__) for job in jobs(runtime, roles)]
        if "api" in roles:
            app = create_app(runtime, common_api.router)
            server = Server(configured(app, config.host, config.port, config.patience_seconds))
            work.append(asyncio.create_task(server.serve(), name="api"))
        structlog.get_logger().info("started", roles=roles, port=config.port)
        waiting: asyncio.Task[Any] = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([*work, waiting], return_when=asyncio.FIRST_COMPLETED)
        if server:
            server.should_exit = True
        for task in work:
            if task.get_name() != "api":
                task.cancel()
        await asyncio.wait(work, timeout=GRACE - 5) if work else None
        failed = [task for task in done if task is not waiting]
        for task in failed:
            structlog.get_logger().error("role_ended", name=task.get_name(), error=repr(task.exception()))
        structlog.get_logger().info("stopped")
        if failed:
            raise SystemExit(1)


async def _named(job: Awaitable[None]) -> None:
    await job


def jobs(runtime: Runtime, roles: Collection[str]) -> "list[CoroutineType[Any, Any, None]]":
    """What runs for ever in these roles, not started yet; the role `api` has none, it is a server."""
    found: list[Any] = []
    if "relay" in roles:
        found.append(Relay(runtime).run())
    if "worker" in roles:
        found += [Worker(runtime).run()] if runtime.service.followed else []
        found += [loop(runtime) for loop in runtime.service.loops]
    if "scheduler" in roles:
        found += [schedule.run(runtime), retention.run(runtime)]
    return found
