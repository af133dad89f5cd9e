"""What each role of a database may see and do, for every service: by default nothing, of the log nothing but to add."""

from typing import Any

import asyncpg
import pytest

from services.certificates.service import SERVICE as CERTIFICATES
from services.kernel.service import Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.world import World

SERVICES = [CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS]
HERE, THERE = "533401102001", "533422101001"
DUE = "INSERT INTO views.due VALUES (gen_random_uuid(), 'X', '2026-03-02', $1, gen_random_uuid(), gen_random_uuid())"
SEEN = "SELECT division FROM views.due ORDER BY division"
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


async def opened(place: World, service: Service) -> None:
    """The service's database, with something due in two counties."""
    await place.open(service)
    for division in (HERE, THERE):
        await place.sql(service.name, DUE, division)


async def connected(place: World, service: Service, role: str, division: str | None = None) -> asyncpg.Connection:
    """A session of a role, which reads for a division or does not say for which."""
    conn = await asyncpg.connect(place.database[service.name][role])
    place.stack.push_async_callback(conn.close)
    if division is not None:
        await conn.execute("SELECT set_config('shouwang.division', $1, false)", division)
    return conn


async def granted(conn: asyncpg.Connection, *statements: str) -> list[str]:
    """The statements that are not refused for want of a right."""
    allowed = []
    for statement in statements:
        try:
            async with conn.transaction():
                await conn.execute(statement)
            allowed.append(statement)
        except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidSchemaNameError):
            continue
    return allowed


@each_service
async def test_a_reader_sees_its_division_and_who_says_nothing_or_nonsense_sees_nothing(place: World, service: Service) -> None:
    await opened(place, service)
    sights: dict[str | None, list[str]] = {
        None: [],
        "": [],
        "533401": [HERE],
        HERE: [HERE],
        "533422": [THERE],
        "5334": [HERE, THERE],
        "%": [],
        "5334_1": [],
        "533401102002": [],
        "533401102001'": [],
    }
    for division, expected in sights.items():
        conn = await connected(place, service, "app", division)
        assert [row["division"] for row in await conn.fetch(SEEN)] == expected, division
        await conn.execute("SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await conn.fetch(SEEN)


@each_service
async def test_every_table_that_is_read_by_division_stands_behind_row_security(place: World, service: Service) -> None:
    await place.open(service)
    tables: list[Any] = await place.sql(
        service.name,
        """SELECT c.relname, c.relrowsecurity, array_agg(p.polname ORDER BY p.polname) FILTER (WHERE p.polname IS NOT NULL) AS policies,
               bool_or(a.attname IS NOT NULL) AS owned
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
           LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agency'
           WHERE n.nspname = 'views' AND c.relkind IN ('r', 'p') GROUP BY c.oid ORDER BY 1""",
    )
    assert {t["relname"] for t in tables} >= {projection.table for projection in service.projections}
    for table in tables:
        assert table["relrowsecurity"], table["relname"]
        assert "seen" in (table["policies"] or []), table["relname"]
        assert ("own_agency" in table["policies"]) == table["owned"], table["relname"]


@each_service
async def test_no_role_that_runs_can_rewrite_what_happened_or_become_another(place: World, service: Service) -> None:
    await opened(place, service)
    name, log = service.name, ("events", "feed", "clock_confirmation")
    rewriting = [f"{verb} {table}" for table in log for verb in ("DELETE FROM", "TRUNCATE", "DROP TABLE")]
    rewriting += [
        f"UPDATE {table} SET {column} = {column}" for table, column in (("events", "actor"), ("clock_confirmation", "reason"))
    ]
    rewriting += ["ALTER TABLE events DISABLE TRIGGER ALL", "ALTER TABLE events ADD COLUMN x int", "CREATE TABLE public.x (a int)"]
    becoming = [f"SET ROLE {name}_migrator", "SET ROLE postgres", "CREATE ROLE x", f"ALTER ROLE {name}_app SUPERUSER"]
    lifting = [
        "ALTER TABLE views.due DISABLE ROW LEVEL SECURITY",
        "DROP POLICY seen ON views.due",
        "ALTER TABLE views.due OWNER TO CURRENT_USER",
    ]
    outside = [
        "COPY events TO PROGRAM 'true'",
        "COPY events TO '/tmp/x'",
        "SELECT pg_read_file('/etc/passwd')",
    ]
    for role, more in (
        ("app", lifting),
        ("reader", [*lifting, DUE.replace("$1", "'x'"), "DELETE FROM views.due"]),
        ("rebuild", []),
    ):
        conn = await connected(place, service, role, "*")
        assert await granted(conn, *rewriting, *becoming, *outside, *more) == [], role
