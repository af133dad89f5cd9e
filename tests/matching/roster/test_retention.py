"""What was read of a roster, its file, the job and the answers of requests are deleted after their days; that it came stays."""

import asyncio
from datetime import date

import pytest

from services.engine import retention
from tests.matching.county import COUNTY, NEAR, County
from tests.world import World

DAY = date(2025, 12, 31)


@pytest.fixture
async def county(place: World) -> County:
    """Two lists of a county."""
    made = await County(place).open()
    await made.holds(1, NEAR, 2)
    await made.listed(COUNTY, DAY, 1, 2)
    await made.paid(COUNTY, DAY, (1, "LIVING"))
    return made


async def aged(place: World, days: int) -> None:
    """Everything was read so many days ago."""
    for table, column in (("roster_content", "staged_at"), ("roster_file", "kept_at"), ("roster_job", "finished_at")):
        await place.sql("matching", f"UPDATE {table} SET {column} = now() - interval '{days} days'")


async def kept(place: World) -> dict[str, int]:
    """How many rows there are."""
    tables = ("roster_content", "roster_file", "roster_job", "views.roster")
    return {table: len(await place.sql("matching", f"SELECT 1 FROM {table}")) for table in tables}


@pytest.mark.parametrize(
    ("days", "content", "file", "job"),
    [(29, 2, 2, 2), (31, 2, 0, 2), (179, 2, 0, 2), (181, 2, 0, 0), (1099, 2, 0, 0), (1101, 0, 0, 0)],
)
async def test_each_is_kept_for_its_days(place: World, county: County, days: int, content: int, file: int, job: int) -> None:
    await aged(place, days)
    while await retention.delete_some(county.runtime, 1):
        pass
    assert await kept(place) == {"roster_content": content, "roster_file": file, "roster_job": job, "views.roster": 2}


async def test_answers_are_kept_for_as_long_as_the_setting_says(place: World, county: County) -> None:
    keys = await place.sql("matching", "SELECT key FROM idempotency ORDER BY key")
    assert len(keys) == 2
    await place.sql("matching", "UPDATE idempotency SET at = now() - interval '29 days'")
    assert await retention.delete_some(county.runtime) == 0
    await place.sql("matching", "UPDATE idempotency SET at = now() - interval '31 days' WHERE key <> $1", keys[1]["key"])
    assert await retention.delete_some(county.runtime) == 1
    assert await place.sql("matching", "SELECT key FROM idempotency") == [keys[1]]


async def test_one_scheduler_deletes_at_a_time_and_does_so_from_its_start(place: World, county: County) -> None:
    await aged(place, 1101)
    async with county.runtime.pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('retention'))")
        assert await retention.delete_some(county.runtime) == 0
    running = asyncio.create_task(retention.run(county.runtime))
    place.tasks.append(running)

    async def gone() -> bool:
        return (await kept(place))["roster_content"] == 0

    await place.until(gone)
