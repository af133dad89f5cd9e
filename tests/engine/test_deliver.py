"""From a command to another service's rows, over real Kafka, registry and PostgreSQL: nothing lost, nothing twice, poison set aside."""

import asyncio
from uuid import uuid4

import asyncpg

from services.engine.rebuild import Rebuild, rebuilt
from services.kernel.errors import Conflict
from tests.engine.samples import say
from tests.kernel import toy
from tests.world import World, contents


async def test_an_event_becomes_rows_and_a_caused_event_in_the_other_service(place: World) -> None:
    register, follower = await place.open(toy.COUNTED, toy.MIGRATION), await place.open(toy.FOLLOWER, toy.MIGRATION)
    await place.start(register, "relay")
    await place.start(follower, "relay", "worker")
    (said,) = await say(register, toy.registered())

    async def arrived() -> object:
        return await place.sql("monitoring", "SELECT * FROM events")

    (household,) = await place.until(arrived)
    assert household["causation_id"] == said.event_id
    assert household["correlation_id"] == said.correlation_id
    assert household["actor"] == "machine:monitoring.follow"
    (row,) = await place.sql("monitoring", "SELECT * FROM views.tally")
    assert tuple(row) == (said.stream_id, toy.VILLAGE, "1980-01", 1)
    (index,) = await place.until(lambda: place.sql("monitoring", "SELECT * FROM views.person_index"))
    assert tuple(index) == (said.stream_id, toy.VILLAGE, said.stream_id)
    # The other service may be faster than the relay, which forgets what it sent once the broker has said that it is there.
    await place.until(lambda: place.sql("certificates", "SELECT 1 FROM outbox HAVING count(*) = 0"))
    assert await follower.views.fetchval("SELECT count(*) FROM views.tally") == 0, "a reader that says nothing sees nothing"


async def test_rebuilt_projections_equal_the_live_ones_while_writes_go_on(place: World) -> None:
    register, follower = await place.open(toy.COUNTED, toy.MIGRATION), await place.open(toy.FOLLOWER, toy.MIGRATION)
    await place.start(register, "relay")
    await place.start(follower, "relay", "worker")
    streams = [uuid4() for _ in range(20)]
    for stream in streams * 3:
        await say(register, toy.registered(), stream)

    async def all_there() -> bool:
        return bool(await follower.pool.fetchval("SELECT sum(times) = 60 FROM views.tally"))

    await place.until(all_there)

    async def writing() -> None:
        for stream in streams * 3:
            try:
                await say(register, toy.registered("1990-02"), stream)
            except Conflict:
                await say(register, toy.registered("1990-02"), stream)

    writer = asyncio.create_task(writing())
    assert await Rebuild(register, "tally", place.database["certificates"]["rebuild"]).run() == 20
    assert await Rebuild(follower, "tally", place.database["monitoring"]["rebuild"]).run() == 20
    await writer

    async def all_there_again() -> bool:
        return bool(await follower.pool.fetchval("SELECT sum(times) = 120 FROM views.tally"))

    await place.until(all_there_again)
    assert await contents(register.pool, toy.OWN) == await contents(follower.pool, toy.FOREIGN)
    assert await register.pool.fetchval("SELECT sum(times) FROM views.tally") == 120
    (secured,) = await place.sql("monitoring", "SELECT relrowsecurity FROM pg_class WHERE oid = 'views.tally'::regclass")
    assert secured["relrowsecurity"]


async def test_a_rebuild_whose_connection_is_ended_begins_anew(place: World) -> None:
    register = await place.open(toy.COUNTED, toy.MIGRATION)
    for stream in [uuid4() for _ in range(3)] * 2:
        await say(register, toy.registered(), stream)
    reading = await asyncpg.connect(place.database["certificates"]["superuser"])
    place.stack.push_async_callback(reading.close)
    async with reading.transaction():
        await reading.execute("LOCK TABLE views.tally IN ACCESS SHARE MODE")
        rebuilding = asyncio.create_task(rebuilt(register, "tally", place.database["certificates"]["rebuild"]))
        waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LOCK TABLE views.tally IN ACCESS EX%'"

        async def ended() -> object:
            return await place.sql("certificates", f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS held")

        await place.until(ended)
    assert await rebuilding == 3
    assert await register.views.fetchval("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'tally__%'") == 0
