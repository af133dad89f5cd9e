"""Lists that a later one has replaced are deleted after their days; what is compared and announced does not change by it."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.engine import retention
from services.engine.runtime import Runtime
from services.matching.announcement.selections import sheets
from services.matching.entitlement.queries import payable
from services.matching.policy.load import Selection
from tests.matching.county import COUNTY, ELSEWHERE, NEAR, OTHER, County
from tests.world import World

FIRST, SECOND, THIRD = date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31)


@pytest.fixture
async def county(place: World) -> County:
    """Three lists and a payment sheet of one county, one list of another."""
    made = await County(place).open()
    for number, village in ((1, NEAR), (2, NEAR), (3, NEAR), (4, ELSEWHERE)):
        await made.holds(number, village, 2)
    for as_of, numbers in ((FIRST, (1, 2, 3)), (SECOND, (1, 2)), (THIRD, (1, 3))):
        await made.listed(COUNTY, as_of, *numbers)
    await made.listed(COUNTY, THIRD, 1, 2, 3)
    await made.paid(COUNTY, FIRST, (1, "LIVING"), (9, "LIVING"))
    await made.listed(OTHER, FIRST, 4)
    return made


async def aged(place: World, days: int) -> None:
    """All rows came so many days ago."""
    await place.sql("matching", f"UPDATE roster_row SET staged_at = now() - interval '{days} days'")


async def rows(place: World) -> list[tuple[Any, ...]]:
    """How many rows there are of each list: (county, day, kind, rows)."""
    found = await place.sql(
        "matching",
        """SELECT r.division, r.as_of, r.kind, count(*) FROM roster_row s JOIN views.roster r USING (roster_id)
           GROUP BY r.roster_id, r.division, r.as_of, r.kind ORDER BY 1, 2, 3, 4""",
    )
    return [tuple(row) for row in found]


async def seen(runtime: Runtime) -> list[Any]:
    """What an announcement and late payments would be made of."""
    async with runtime.pool.acquire() as conn:
        wanted = [(division, selection) for division in (COUNTY, OTHER) for selection in Selection]
        return [await sheets(conn, wanted), await payable(conn, COUNTY)]


async def test_only_lists_that_a_later_one_has_replaced_go_and_only_after_their_days(place: World, county: County) -> None:
    runtime, allowance, paid = county.runtime, "SUBSISTENCE_ALLOWANCE", "SUBSIDY_PAYMENT"
    before, known = await rows(place), await seen(runtime)
    await aged(place, 179)
    assert await retention.delete_some(runtime) == 0
    assert await rows(place) == before
    await aged(place, 181)
    assert [await retention.delete_some(runtime, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert await rows(place) == [
        (COUNTY, FIRST, paid, 2),
        (COUNTY, THIRD, allowance, 2),
        (COUNTY, THIRD, allowance, 3),
        (OTHER, FIRST, allowance, 1),
    ]
    assert await seen(runtime) == known
    assert len(await place.sql("matching", "SELECT 1 FROM views.roster")) == 6


async def test_a_later_list_without_rows_replaces_nothing(place: World, county: County) -> None:
    await place.sql(
        "matching", "DELETE FROM roster_row WHERE roster_id IN (SELECT roster_id FROM views.roster WHERE as_of > $1)", FIRST
    )
    await aged(place, 181)
    assert await retention.delete_some(county.runtime) == 0


async def test_answers_are_kept_for_as_long_as_the_setting_says(place: World, county: County) -> None:
    keys = await place.sql("matching", "SELECT key FROM idempotency ORDER BY key")
    assert len(keys) == 6
    await place.sql("matching", "UPDATE idempotency SET at = now() - interval '29 days'")
    assert await retention.delete_some(county.runtime) == 0
    await place.sql("matching", "UPDATE idempotency SET at = now() - interval '31 days' WHERE key <> $1", keys[2]["key"])
    assert await retention.delete_some(county.runtime) == 5
    assert await place.sql("matching", "SELECT key FROM idempotency") == [keys[2]]


async def test_one_scheduler_deletes_at_a_time_and_does_so_from_its_start(place: World, county: County) -> None:
    await aged(place, 181)
    async with county.runtime.pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('retention'))")
        assert await retention.delete_some(county.runtime) == 0
    running = asyncio.create_task(retention.run(county.runtime))
    place.tasks.append(running)

    async def gone() -> bool:
        return len(await rows(place)) == 4

    await place.until(gone)
