"""A county compared over real PostgreSQL: what changed is compared once, a killed run is done again without doubles."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.engine.deliver import Delivery
from services.kernel.clock import today
from services.matching.comparison.loop import Changed, changed
from services.matching.comparison.rules import load_rulebook
from services.matching.comparison.run import BATCH, compare
from services.matching.finding.decider import finding_id
from services.matching.vocabulary import SubjectKind
from services.monitoring.risk_case.events import MeasureDelivered, MeasurePlanned
from tests.matching.county import COUNTY, NEAR, County
from tests.matching.samples import told
from tests.world import SITE_KEY, World

FEBRUARY, MARCH = date(2026, 2, 10), date(2026, 3, 3)


class Households:
    """A county of households with measures that monitoring planned, and what comparisons make of it."""

    def __init__(self, place: World) -> None:
        self.place, self.county = place, County(place)
        self._told = 0

    async def open(self) -> "Households":
        """On a day in February."""
        await self.county.open()
        self.county.on(FEBRUARY)
        self.runtime = self.county.runtime
        self.rules = load_rulebook(self.runtime.service.policy.rosters)
        return self

    async def hear(self, *events: Any) -> None:
        """What monitoring tells, as the worker hears it."""
        recorded = []
        for event in events:
            self._told += 1
            stream = UUID(int=event.measure_id.int + 10_000)
            each = told(event, stream=stream, division=NEAR, on=today(self.runtime.clock))
            recorded.append(replace(each, event_id=UUID(int=self._told), service="monitoring"))
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.runtime).apply(conn, recorded)

    async def plan(self, *numbers: int) -> None:
        """Measures for households that should be there by the end of January."""
        planned = (
            MeasurePlanned(household_id=UUID(int=n), measure_id=UUID(int=n), measure="M14", owner="YB", due_on=date(2026, 1, 20))
            for n in numbers
        )
        await self.hear(*planned)

    async def compare(self) -> tuple[int, int, int]:
        """Found, settled, kept."""
        made = await compare(self.runtime, self.rules, COUNTY)
        assert made is not None
        return made.found, made.settled, made.kept

    async def told(self, kind: str) -> int:
        """How many events of a kind there are."""
        (row,) = await self.place.sql("matching", "SELECT count(*) FROM events WHERE type = $1", kind)
        return int(row["count"])


@pytest.fixture
async def households(place: World) -> Households:
    """See the class."""
    return await Households(place).open()


async def test_what_changed_is_compared_and_what_did_not_is_not(households: Households) -> None:
    assert await changed(households.runtime, households.rules) == []
    await households.plan(1, 2)
    assert await changed(households.runtime, households.rules) == [Changed(COUNTY, 2)]
    assert await households.compare() == (2, 0, 0)
    assert await changed(households.runtime, households.rules) == []
    assert await households.compare() == (0, 0, 2)
    assert await households.told("FindingOpened") == 2
    assert {row["owner"] for row in await households.place.sql("matching", "SELECT owner FROM views.finding")} == {
        "YB"
    }  # the measure's
    households.county.on(MARCH)  # another month has begun
    assert await changed(households.runtime, households.rules) == [Changed(COUNTY, 2)]
    assert await households.compare() == (0, 0, 2)  # what stands is the same finding
    other = replace(households.rules, version="another")
    assert await changed(households.runtime, other) == [Changed(COUNTY, 2)]


async def test_a_finding_ends_by_its_very_fact_and_a_comparison_says_what_it_found_and_what_it_could_not(
    households: Households,
) -> None:
    await households.plan(1, 2)
    await households.compare()
    delivered = MeasureDelivered(household_id=UUID(int=1), measure_id=UUID(int=1), owner="YB", delivered_on=date(2026, 2, 9))
    await households.hear(delivered)
    assert await households.compare() == (0, 1, 1)
    rows = await households.place.sql(
        "matching", "SELECT rule, found, closed, open, suspended FROM views.comparison WHERE period = '2026-02'"
    )
    said = {row["rule"]: row for row in rows}
    late = said["MEASURE_LATE"]
    assert (late["found"], late["closed"], late["open"], late["suspended"]) == (0, 1, 1, "[]")
    assert '"why": "MISSING"' in said["PAID_TWICE"]["suspended"]
    before = await households.told("ComparisonCompleted")
    await households.compare()
    assert await households.told("ComparisonCompleted") == before  # no news


async def test_only_one_compares_a_county_at_a_time(households: Households) -> None:
    await households.plan(1)
    conn = await asyncpg.connect(households.place.database["matching"]["superuser"])
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('comparison'), hashtext($1))", COUNTY)
        assert await compare(households.runtime, households.rules, COUNTY) is None
    finally:
        await conn.close()
    assert await households.compare() == (1, 0, 0)


async def test_a_run_that_is_killed_in_the_middle_is_done_again_without_doubles(households: Households) -> None:
    count = 2 * BATCH + 100
    await households.plan(*range(1, count + 1))
    # Somebody holds the place of one finding of the second batch, so that the run stands there when it is killed.
    held = finding_id("MEASURE_LATE", SubjectKind.HOUSEHOLD, UUID(int=BATCH + 500), "M14", "2026-02")
    conn = await asyncpg.connect(households.place.database["matching"]["superuser"])
    holding = conn.transaction()
    await holding.start()
    await conn.execute(
        """INSERT INTO events (stream_id, version, category, type, schema_fp, event_id, data, occurred_at, actor, division,
               correlation_id, policy_version)
           VALUES ($1, 1, 'finding', 'FindingOpened', '\\x0000000000000000', gen_random_uuid(), '', now(), 'machine:test', '', $1, '')""",
        held,
    )
    program = f"from tests.matching.comparison.one_run import main; main('{COUNTY}')"
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=os.environ | environment(households.place))
    await households.place.until(lambda: _opened(households, BATCH))
    run.send_signal(signal.SIGKILL)
    await run.wait()
    await holding.rollback()
    await conn.close()
    assert await households.told("FindingOpened") == BATCH
    assert await changed(households.runtime, households.rules) == [Changed(COUNTY, count)]
    made = await households.place.until(lambda: compare(households.runtime, households.rules, COUNTY))
    assert (made.found, made.kept) == (count - BATCH, BATCH)
    assert await households.told("FindingOpened") == count
    assert await changed(households.runtime, households.rules) == []


async def _opened(households: Households, count: int) -> bool:
    return await households.told("FindingOpened") >= count


def environment(place: World) -> dict[str, str]:
    """The settings of a process of this world."""
    settings = place.settings("matching")
    return {
        "SHOUWANG_PROFILE": "development",
        "SHOUWANG_DATABASE_URL": settings.database_url.get_secret_value(),
        "SHOUWANG_SITE_KEY": SITE_KEY,
        "SHOUWANG_REGISTRY": settings.registry,
        "SHOUWANG_CLOCK_FILE": str(place.clock_file),
        "SHOUWANG_TOPIC_PREFIX": place.prefix,
    }
