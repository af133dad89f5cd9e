"""A process that is stopped, and not ended, keeps nothing that others need: neither the lead nor the locks of a transaction."""

import asyncio
import os
import signal
import sys

import asyncpg
import pytest

from deploy.local.part import REPOSITORY
from services.engine.retry import passes
from services.engine.runtime import Runtime
from services.monitoring.service import SERVICE
from tests.world import World, with_loops

QUIET = with_loops(SERVICE)
# The command of a relay, from which the server takes the lead after two seconds instead of two minutes.
RELAY = """
import sys
from services.engine import relay
relay.STOOD_STILL = 2
from services.monitoring.service import SERVICE
from services.shell import cli
sys.argv = ["monitoring", "run", "relay"]
cli.cli(SERVICE)
"""
LEADER = """SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid::bigint = hashtext('relay')::bigint & 4294967295
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


async def test_a_relay_that_is_stopped_loses_the_lead_and_stands_by_when_it_goes_on(place: World) -> None:
    await place.open(QUIET)
    config = place.settings("monitoring")
    given = {"DATABASE_URL": place.database["monitoring"]["app"], "KAFKA": config.kafka, "REGISTRY": config.registry}
    given |= {"JWKS_FILE": str(place.issuer.jwks_file), "TOPIC_PREFIX": place.prefix, "SITE_KEY": "for tests"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RELAY, cwd=REPOSITORY, env=os.environ | {f"SHOUWANG_{name}": value for name, value in given.items()}
    )
    try:
        ((first,),) = await place.until(lambda: place.sql("monitoring", LEADER))
        os.kill(process.pid, signal.SIGSTOP)
        await place.start(await place.open(QUIET), "relay")

        async def another() -> bool:
            return [pid for (pid,) in await place.sql("monitoring", LEADER)] not in ([], [first])

        await place.until(another)
        os.kill(process.pid, signal.SIGCONT)
        stands_by = "SELECT FROM pulse WHERE job = 'relay_standby'"
        await place.until(lambda: place.sql("monitoring", stands_by))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_transaction_in_which_nothing_happens_is_ended_and_that_passes(place: World) -> None:
    runtime = await place.open(QUIET)
    assert await runtime.pool.fetchval("SHOW idle_in_transaction_session_timeout") == "5min"
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as ended:
        await stood_still(place, runtime)
    assert passes(ended.value)
    assert await runtime.pool.fetchval("SELECT 1") == 1


async def stood_still(place: World, runtime: Runtime) -> None:
    """A transaction whose process does nothing for longer than the server waits."""
    async with runtime.pool.acquire() as conn, conn.transaction():
        await conn.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        pid = conn.get_server_pid()
        await place.until(lambda: gone(place, pid))
        await conn.execute("SELECT 1")


async def gone(place: World, pid: int) -> bool:
    """Whether the server has ended this session."""
    return not await place.sql("monitoring", "SELECT FROM pg_stat_activity WHERE pid = $1", pid)
