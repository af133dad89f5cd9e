"""A machine and a database whose times a test sets, while true time passes as fast as the test says.

The database is a real one: the app role's sessions find `now()` and `clock_timestamp()` of a schema that stands before the database's own.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import asyncpg

from services.engine.runtime import Runtime
from services.kernel.clock import Clock, since_boot
from services.kernel.service import Service
from tests.world import World

_SETTABLE = """
CREATE SCHEMA settable;
CREATE TABLE settable.ahead (by interval NOT NULL);
INSERT INTO settable.ahead VALUES (interval '0');
CREATE FUNCTION settable.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT pg_catalog.clock_timestamp() + by FROM settable.ahead $$;
CREATE FUNCTION settable.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT pg_catalog.now() + by FROM settable.ahead $$;
GRANT USAGE ON SCHEMA settable TO PUBLIC;
GRANT SELECT ON settable.ahead TO PUBLIC;
"""


@dataclass
class Machine:
    """See the module. `sql` sees the database as its superuser; `lie` and `database_lie` say by how much times are set wrongly; `runtime`
    is the process that runs now."""

    sql: asyncpg.Connection
    runtime: Runtime
    passed: timedelta = field(default_factory=timedelta)
    slept: timedelta = field(default_factory=timedelta)
    lie: timedelta = field(default_factory=timedelta)
    database_lie: timedelta = field(default_factory=timedelta)
    starts: int = 0
    _since: float = 0.0

    def true_time(self) -> datetime:
        """What time it is, whatever anything shows."""
        return datetime.now(UTC) + self.passed

    def start(self) -> None:
        """The machine starts: its seconds begin anew."""
        self.starts += 1
        self._since = self._awake()

    def process(self) -> Runtime:
        """A process starts: it knows nothing of what one before it had compared. From now on it is the `runtime`."""
        since = self._since
        clock = Clock(
            machine=lambda: self.true_time() + self.lie, steady=lambda: self._awake() - since, boot=f"start {self.starts}"
        )
        self.runtime = replace(self.runtime, clock=clock)
        return self.runtime

    def _awake(self) -> float:
        return since_boot() + (self.passed - self.slept).total_seconds()

    async def set(self, lie: timedelta, database_lie: timedelta) -> None:
        """Set both times; zero is right."""
        self.lie, self.database_lie = lie, database_lie
        await self._tell_the_database()

    async def passes(self, time: timedelta, asleep: bool = False) -> None:
        """True time passes; `asleep`: the machine stands still meanwhile, and knows nothing of it."""
        self.passed += time
        self.slept += time if asleep else timedelta()
        await self._tell_the_database()

    async def _tell_the_database(self) -> None:
        ahead = self.passed + self.database_lie
        await self.sql.execute("UPDATE settable.ahead SET by = $1", ahead)


async def settable(place: World, service: Service, sql: str = "") -> Machine:
    """A machine with one process of the service, which has compared nothing yet."""
    await place.open(service, sql)
    conn = await asyncpg.connect(place.database[service.name]["superuser"])
    place.stack.push_async_callback(conn.close)
    await conn.execute(_SETTABLE)
    name = await conn.fetchval("SELECT quote_ident(current_database())")
    await conn.execute(f"ALTER ROLE {service.name}_app IN DATABASE {name} SET search_path = settable, pg_catalog, public, views")
    machine = Machine(conn, await place.open(service))
    machine.start()
    machine.process()
    return machine
