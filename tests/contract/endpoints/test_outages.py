"""The database is away or full: who asks is told to come again, nothing is half done, and the log does not fill another disk."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from services.monitoring.service import SERVICE as MONITORING
from tests.journey.samples import VILLAGE
from tests.world import Client, World

FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION full_disk()"""


@pytest.fixture
async def liaison(place: World) -> Client:
    """A liaison officer at monitoring's endpoints."""
    runtime = await place.open(MONITORING, pool_size=4)
    return await place.client(await place.serve(runtime), "CUN", VILLAGE, "liaison")


async def changed(place: World, statements: str) -> None:
    """Do something to the database as its superuser."""
    for statement in statements.split(";\n"):
        await place.sql("monitoring", statement)


async def test_without_a_database_every_door_answers_503_and_afterwards_as_before(
    place: World, liaison: Client, caplog: pytest.LogCaptureFixture
) -> None:
    household = {"division": VILLAGE, "members": [str(uuid4())]}
    kept = await liaison.post("/households", household, 201, Idempotency_Key="before-and-after")
    name = urlsplit(place.database["monitoring"]["app"]).path.lstrip("/")
    await changed(
        place,
        f"""ALTER DATABASE {name} CONNECTION LIMIT 0;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()""",
    )
    try:
        for _ in range(20):
            assert (await liaison.get("/households", 503))["title"] == "not_available"
            assert (await liaison.post("/households", household, 503))["title"] == "not_available"
        async with liaison.session.get("/households") as answer:
            assert answer.headers["Retry-After"] == "5"
        assert [line.message for line in caplog.records if line.exc_info and line.name != "asyncpg.pool"] == []
    finally:
        await changed(place, f"ALTER DATABASE {name} CONNECTION LIMIT -1")
    assert await liaison.post("/households", household, 201, Idempotency_Key="before-and-after") == kept
    assert len((await liaison.get("/households"))["items"]) == 1


async def test_on_a_full_disk_commands_are_503_and_reading_goes_on(place: World, liaison: Client) -> None:
    await changed(place, FULL)
    for _ in range(3):
        refused = await liaison.post("/households", {"division": VILLAGE, "members": [str(uuid4())]}, 503)
        assert (refused["title"], refused["status"]) == ("storage_full", 503)
    assert (await liaison.get("/households"))["items"] == []
    await changed(place, "DROP TRIGGER full_disk ON events")
    await liaison.post("/households", {"division": VILLAGE, "members": [str(uuid4())]}, 201)
