"""Is the service fit for its work? What `/readyz` looks at: not whether something answers, but whether what comes in is kept and gets on.

Looked at afresh every two seconds at most, however many ask: it writes to the database and greets the other servers.
"""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import Gauge

from services.engine.health import broker
from services.engine.health.pulse import PATIENCE
from services.engine.runtime import Runtime
from services.shell.database import unapplied

AGE = Gauge("shouwang_oldest_seconds", "age of the oldest: outbox row, message behind, open letter", ["service", "what"])
LAG = Gauge("shouwang_lag_messages", "messages that wait for the worker", ["service"])
EVERY, ANSWER, HEARD = 2.0, 3.0, 20.0  # seconds: between looks, for each answer, since a process was last heard of
# The relay holds a session lock; `pg_locks` shows it in two halves of four bytes.
_LEADS = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND objid::bigint = hashtext('relay')::bigint & 4294967295)"""
# What was written by a time that was ahead, and set right since, is not of now either.
_JOBS = "SELECT job, late, figures FROM pulse WHERE abs(extract(epoch FROM now() - at)) < $1"
_OUTBOX = "SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(at)), 0)::float8 AS age FROM outbox"
_LETTERS = "SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(at)), 0)::float8 AS age FROM quarantine WHERE closed_at IS NULL"


@dataclass(slots=True)
class Fitness:
    """What is missing, by name with a word why; and figures. Without anything missing the service is ready.

    `outbox_seconds`, `behind_seconds`, `letters_seconds`: age of the oldest row that was not published, of the oldest lag, of the
    oldest open letter. `still_seconds`: for how long a partition with something waiting has not moved. None where nobody could tell.
    """

    missing: dict[str, str] = field(default_factory=dict)
    outbox: int | None = None
    outbox_seconds: float | None = None
    lag: int | None = None
    behind_seconds: float | None = None
    still_seconds: float | None = None
    letters: int | None = None
    letters_seconds: float | None = None


class Readiness:
    """The fitness of one service, as the process that answers for it sees it."""

    def __init__(self, runtime: Runtime, every: float = EVERY) -> None:
        self._runtime, self._every = runtime, every
        self._looking = asyncio.Lock()
        self._seen, self._at = Fitness(), float("-inf")

    async def fitness(self) -> Fitness:
        """As it is now, or was a moment ago."""
        async with self._looking:
            clock = asyncio.get_running_loop().time
            if clock() - self._at >= self._every:
                self._seen, self._at = await self._look(), clock()
            return self._seen

    async def _look(self) -> Fitness:
        found, runtime = Fitness(), self._runtime
        await asyncio.gather(
            self._tried(found, "database", self._database(found)),
            self._tried(found, "write", self._write()),
            self._tried(found, "broker", broker.greeted(runtime.settings.kafka, ANSWER)),
            self._tried(found, "registry", runtime.registry.greeted()),
        )
        _judge(found)
        _show(found, runtime.service.name)
        return found

    async def _tried(self, found: Fitness, name: str, look: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(ANSWER):
                await look
        except Exception as error:  # whatever it is, it is not there
            found.missing[name] = type(error).__name__

    async def _write(self) -> None:
        """Whether a row can be written, for which the file system has to give room."""
        async with self._runtime.pool.acquire() as conn, conn.transaction():
            await conn.execute("TRUNCATE write_probe")
            await conn.execute("INSERT INTO write_probe (filler) VALUES ('written')")

    async def _database(self, found: Fitness) -> None:
        runtime = self._runtime
        async with runtime.pool.acquire() as conn, conn.transaction(readonly=True):
            if names := await unapplied(conn, runtime.service):
                found.missing["migrations"] = ", ".join(names)
            outbox, letters = await conn.fetchrow(_OUTBOX), await conn.fetchrow(_LETTERS)
            found.outbox, found.outbox_seconds = outbox["rows"], outbox["age"]
            found.letters, found.letters_seconds = letters["rows"], letters["age"]
            if not await conn.fetchval(_LEADS):
                found.missing["relay"] = "no relay leads"
            jobs = [(row["job"], row["late"], json.loads(row["figures"])) for row in await conn.fetch(_JOBS, HEARD)]
        for job, late, figures in jobs:
            if late:
                found.missing[job] = f"{late:.0f} s late"
            if job == "worker":
                _behind(found, figures)
            if doubt := figures.get("in_doubt"):
                found.missing["clock"] = doubt
            if held := figures.get("held_back"):
                found.missing["held_back"] = ", ".join(held)
        for job in {"relay", "scheduler", *(["worker"] if runtime.service.followed else [])} - {job for job, _, _ in jobs}:
            found.missing.setdefault(job, "not heard of")


def _behind(found: Fitness, figures: dict[str, Any]) -> None:
    """What the worker said; of several the longest times. Of partitions each of them sees all."""
    if "waiting" in figures:
        found.lag = max(found.lag or 0, figures["waiting"])
        found.behind_seconds = max(found.behind_seconds or 0.0, figures["behind_seconds"])
        found.still_seconds = max(found.still_seconds or 0.0, figures["still_seconds"])


def _judge(found: Fitness) -> None:
    if (found.outbox_seconds or 0) > PATIENCE:
        found.missing["outbox"] = f"the oldest of {found.outbox} rows has waited {found.outbox_seconds:.0f} s"
    if (found.still_seconds or 0) > PATIENCE:
        found.missing["lag"] = f"{found.lag} messages wait, and nothing of a partition has moved for {found.still_seconds:.0f} s"


def _show(found: Fitness, service: str) -> None:
    for what, seconds in (("outbox", found.outbox_seconds), ("lag", found.behind_seconds), ("letter", found.letters_seconds)):
        AGE.labels(service, what).set(float("nan") if seconds is None else seconds)
    LAG.labels(service).set(float("nan") if found.lag is None else found.lag)
