"""A service process: which roles run in it, and how it starts and stops.

`python -m services.<name> run api relay worker scheduler` runs any mix of roles in one process. SIGTERM stops accepting, lets the
batch at hand finish and closes within 20 s (`stopping.py`); a `kill -9` is equally safe, because nothing is acknowledged before it is
committed.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from types import CoroutineType
from typing import Any

import structlog
import uvicorn

from services.engine import retention, schedule, settings, timekeeping
from services.engine.health import pulse
from services.engine.registry import Registry
from services.engine.relay import Relay
from services.engine.runtime import Runtime
from services.kernel.avro import Codec
from services.kernel.clock import Clock, Rehearsal, as_it_is, today
from services.kernel.execute import Executor
from services.kernel.service import Service
from services.kernel.store import EventStore
from services.shell import database
from services.shell.consume import Worker
from services.shell.http import common_api
from services.shell.http.app import create_app
from services.shell.http.connection import configured
from services.shell.stopping import GRACE, cut_off_after

ROLES = ("api", "relay", "worker", "scheduler")
_KEEP = "INSERT INTO policy_version (version, file, content, first_used_on) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"


@asynccontextmanager
async def opened(
    service: Service, config: settings.Settings, url: str | None = None, migrated: bool = True
) -> AsyncIterator[Runtime]:
    """The runtime of a process: pools, codec, registry client. Waits as long as it takes for the database and, unless not `migrated`, for
    the service's migrations. Raises `DatabaseRefuses`."""
    codec = Codec(set(service.own) | service.followed)
    store, registry = EventStore(service.name, codec), Registry(config.registry, codec)
    ahead = Rehearsal(config.clock_file, config.profile) if config.clock_file else as_it_is
    executor = Executor(store, service.projections, service.policy)
    async with database.pools(url or config.database_url.get_secret_value(), config.pool_size) as (pool, views):
        if migrated:
            await database.migrated(pool, service)
        runtime = Runtime(
            service=service,
            settings=config,
            clock=Clock(ahead, timedelta(minutes=config.clock_tolerance_minutes)),
            codec=codec,
            registry=registry,
            store=store,
            executor=executor,
            pool=pool,
            views=views,
        )
        try:
            await timekeeping.begin(runtime)
            await _keep_policy(runtime)
            yield runtime
        finally:
            await registry.close()


async def _keep_policy(runtime: Runtime) -> None:
    """Before anything is decided by it, where a service keeps its policy's files; the day is unknown while the clock is in doubt."""
    policy = runtime.service.policy
    for file, text in getattr(policy, "files", ()):
        day = None if runtime.clock.doubt else today(runtime.clock)
        await runtime.pool.execute(_KEEP, policy.version, file, text, day)


class Server(uvicorn.Server):
    """An HTTP server that leaves signals to the process, which stops all its roles."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(service: Service, config: settings.Settings, roles: list[str]) -> None:
    """Run the roles until cancelled; a role that ends by itself ends the process, so that the supervisor starts it anew."""
    async with opened(service, config) as runtime:
        gc.collect()
        gc.freeze()  # classes, rows and schemas stay as long as the process: no collection looks at them again
        server, work = None, list[asyncio.Task[Any]]()
        work += [asyncio.create_task(job, name=job.__qualname__) for job in jobs(runtime, roles)]
        if "api" in roles:
            server = _server(runtime, config)
            work.append(asyncio.create_task(_served(server), name="api"))
        structlog.get_logger().info("started", roles=roles, port=config.port)
        ended: set[asyncio.Task[Any]] = set()
        try:
            ended, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            cut_off_after(GRACE)
        except asyncio.CancelledError:  # a signal: what follows is the orderly end
            structlog.get_logger().info("stopping", roles=roles)
        if server:
            server.should_exit = True
        for task in work:
            if task.get_name() != "api":
                task.cancel()
        await asyncio.wait(work, timeout=GRACE - 5)
        for task in ended:
            structlog.get_logger().error("role_ended", job=task.get_name(), error=repr(task.exception()))
        structlog.get_logger().info("stopped")
        if ended:
            raise SystemExit(1)


def _server(runtime: Runtime, config: settings.Settings) -> Server:
    app = create_app(runtime, common_api.router)
    return Server(configured(app, config.host, config.port, config.patience_seconds))


async def _served(server: Server) -> None:
    """Serve until told to stop. A server that cannot begin, for its port is taken, ends as any role does, not the process under way."""
    try:
        await server.serve()
    except SystemExit:
        raise RuntimeError(f"nothing can be served at {server.config.host}:{server.config.port}") from None


def jobs(runtime: Runtime, roles: Collection[str]) -> "list[CoroutineType[Any, Any, None]]":
    """What runs for ever in these roles, not started yet: what every process has, and what is a role's; `api` is a server, and no job."""
    found: list[Any] = [pulse.run(runtime.pulse, runtime.pool), timekeeping.run(runtime, "+".join(roles))]
    if "relay" in roles:
        found.append(Relay(runtime).run())
    if "worker" in roles:
        found += [Worker(runtime).run()] if runtime.service.followed else []
        found += [loop(runtime) for loop in runtime.service.loops]
    if "scheduler" in roles:
        found += [schedule.run(runtime), retention.run(runtime)]
    return found
