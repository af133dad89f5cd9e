"""A worker that is killed while it reads a file, or while it keeps what it read: the job is done again, and there is everything once."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from typing import Any
from uuid import UUID

import asyncpg

from services.matching.intake.work import work
from tests.matching.comparison.test_run import environment
from tests.matching.intake.desk import Desk, listing, send
from tests.world import World


async def worker(place: World) -> Process:
    """A worker that reads one file."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from tests.matching.intake.one_job import main; main()"), env=os.environ | environment(place)
    )


async def killed(process: Process) -> None:
    """Without a word to anybody."""
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


async def test_a_worker_that_is_killed_leaves_nothing_and_the_job_is_done_again_without_doubles(place: World, desk: Desk) -> None:
    status, _, asked = await send(desk.steward, listing(*range(1, 100)), "file-number-1")
    assert status == 202
    conn = await asyncpg.connect(place.database["matching"]["superuser"])
    holding = conn.transaction()
    await holding.start()
    # Somebody holds the place of the roster's first event, so that no worker comes to an end of its own.
    await conn.execute(
        """INSERT INTO events (stream_id, version, category, type, schema_fp, event_id, data, occurred_at, actor, division,
               correlation_id, policy_version)
           VALUES ($1, 1, 'roster', 'RosterReceived', '\\x0000000000000000', gen_random_uuid(), '', now(), 'machine:test', '', $1, '')""",
        UUID(asked["roster_id"]),
    )

    async def is_reading() -> bool:
        return bool(await place.sql("matching", "SELECT 1 FROM roster_job WHERE state = 'READING'"))

    async def is_keeping() -> bool:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(await place.sql("matching", waiting))

    async def lets_go() -> None:
        """The lease of whoever was killed runs out."""
        await place.sql("matching", "UPDATE roster_job SET lease = now() - interval '1 second'")

    for moment in (is_reading, is_keeping):
        await lets_go()
        process = await worker(place)
        await place.until(moment)
        await killed(process)
        assert await kept(place) == {"events": 0, "rosters": 0, "contents": 0, "files": 1, "jobs": 1}
    await holding.rollback()
    await conn.close()
    while not await work(desk.county.runtime):
        await lets_go()
    assert await kept(place) == {"events": 1, "rosters": 1, "contents": 1, "files": 1, "jobs": 1}
    read = await desk.county.read(desk.steward, asked)
    assert (read["state"], read["rows"], read["job"]["state"]) == ("RECEIVED", 99, "RECEIVED")


async def kept(place: World) -> dict[str, Any]:
    """How much there is of each."""
    (row,) = await place.sql(
        "matching",
        """SELECT (SELECT count(*) FROM events WHERE category = 'roster') AS events, (SELECT count(*) FROM views.roster) AS rosters,
            (SELECT count(*) FROM roster_content) AS contents, (SELECT count(*) FROM roster_file) AS files,
            (SELECT count(*) FROM roster_job) AS jobs""",
    )
    return dict(row)
