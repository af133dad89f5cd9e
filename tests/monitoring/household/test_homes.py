"""From persons to their households, as the worker asks with every event: by the index, over a prefecture's households, under row security."""

import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.engine.rebuild import Rebuild
from services.engine.runtime import Runtime
from services.monitoring.household.home import Home
from services.monitoring.household.queries import homes
from services.monitoring.service import SERVICE
from tests.world import World

HERE, THERE = "533401102201", "533422101001"
SCANS = "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE schemaname = 'views' AND relname = 'household_view'"
_INSERT = """INSERT INTO views.household_view (household_id, division, members, visits, version)
    SELECT *, 0, 1 FROM unnest($1::uuid[], $2::text[], $3::jsonb[])"""


async def settled_in(place: World, runtime: Runtime, households: int = 20_000) -> tuple[UUID, UUID, UUID]:
    """Many households of three; a person of one, and the two households of a person who is in both, the second elsewhere."""
    ids = [uuid4() for _ in range(households)]
    members = [[str(uuid4()) for _ in range(3)] for _ in ids]
    members[-1][2] = members[7][1]
    places = [HERE] * (households - 1) + [THERE]
    await runtime.pool.execute(_INSERT, ids, places, [json.dumps(persons) for persons in members])
    await place.sql("monitoring", "ANALYZE views.household_view")
    return UUID(members[7][1]), ids[7], ids[-1]


async def test_the_households_of_a_person_are_found_by_the_index_as_the_app_role(place: World) -> None:
    runtime = await place.open(SERVICE)
    person, here, there = await settled_in(place, runtime)
    both = sorted([Home(here, HERE), Home(there, THERE)], key=lambda home: home.household_id)
    async with runtime.pool.acquire() as conn, conn.transaction():
        assert await homes(conn, [None, person, uuid4(), person]) == [[], both, [], both]
        assert tuple(await conn.fetchrow(SCANS)) == (0, 4), "one look into the index for each person, and no reading of all"


async def test_a_whole_batch_is_found_by_the_index_too(place: World) -> None:
    runtime = await place.open(SERVICE)
    await settled_in(place, runtime)
    rows = await place.sql("monitoring", "SELECT members->>0 AS person_id, household_id FROM views.household_view LIMIT 500")
    async with runtime.pool.acquire() as conn, conn.transaction():
        found = await homes(conn, [UUID(row["person_id"]) for row in rows])
        assert [[home.household_id for home in some] for some in found] == [[row["household_id"]] for row in rows]
        assert tuple(await conn.fetchrow(SCANS)) == (0, 500)


async def test_whoever_reads_for_a_division_finds_its_households_alone(place: World) -> None:
    runtime = await place.open(SERVICE)
    person, here, _ = await settled_in(place, runtime, 50)
    async with runtime.views.acquire() as conn, conn.transaction():
        assert await homes(conn, [person]) == [[]], "who has not said for whom it reads sees nothing"
        await conn.execute("SELECT set_config('shouwang.division', '533401', true), set_config('shouwang.agency', 'CL', true)")
        assert await homes(conn, [person]) == [[Home(here, HERE)]]
    reader = await asyncpg.connect(place.database["monitoring"]["reader"])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.fetch("SELECT * FROM views.homes_of($1)", [str(person)])
    await reader.close()


async def test_a_rebuild_changes_nothing(place: World) -> None:
    runtime = await place.open(SERVICE)
    rebuilt: Any = Rebuild(runtime, "household_view", runtime.settings.rebuild_url.get_secret_value())
    assert await rebuilt.run() == 0
    person, _, _ = await settled_in(place, runtime)
    async with runtime.pool.acquire() as conn, conn.transaction():
        assert [len(found) for found in await homes(conn, [person])] == [2]
        assert tuple(await conn.fetchrow(SCANS)) == (0, 1)
