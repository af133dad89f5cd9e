"""A process comes to its database in whatever order things are started."""

import asyncio

from structlog.testing import capture_logs

from services.monitoring.service import SERVICE
from services.shell.process import opened
from tests.world import World


async def test_a_process_of_any_service_waits_until_the_migrations_of_its_version_are_applied(place: World) -> None:
    runtime = await place.open(SERVICE)
    (applied,) = await place.sql("monitoring", "DELETE FROM migration WHERE name = '0001_monitoring' RETURNING sha256")

    async def begun() -> None:
        async with opened(SERVICE, runtime.settings):
            pass

    with capture_logs() as logs:
        beginning = asyncio.create_task(begun())
        while "migrations_missing" not in {line["event"] for line in logs}:
            assert not beginning.done()
            await asyncio.sleep(0.01)
        await place.sql("monitoring", f"INSERT INTO migration (name, sha256) VALUES ('0001_monitoring', '{applied['sha256']}')")
        await asyncio.wait_for(beginning, 10)
    assert "migrations_missing_over" in {line["event"] for line in logs}
