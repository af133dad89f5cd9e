"""What gets on and what stands still: each job of a process says that it has got on, and by when it will have again.

A job that is late stands still, whatever its connections look like. A process writes its pulse where others see it: into a file for
the health check of its container (`deploy/alive.py`), and into its service's table `pulse` for `/readyz`, which another process answers.
"""

import asyncio
import contextlib
import json
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

EVERY, PATIENCE = 5.0, 60.0  # seconds between two writings, and until a job that said nothing more is late
_WRITE = """INSERT INTO pulse (process, job, late, figures) SELECT $1, * FROM unnest($2::text[], $3::float8[], $4::text[])
    ON CONFLICT (process, job) DO UPDATE SET late = excluded.late, figures = excluded.figures, at = now()"""
_FORGET = "DELETE FROM pulse WHERE abs(extract(epoch FROM now() - at)) > 3600 OR (process = $1 AND job <> ALL ($2::text[]))"


class Pulse:
    """The jobs of one process. Times are those of the machine's monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._figures: dict[str, dict[str, Any]] = {}
        self._new = asyncio.Event()

    def beat(self, job: str, within: float = PATIENCE, **figures: Any) -> None:
        """This job has got on, and will have again `within` so many seconds. `figures` replace those told before."""
        if job not in self._due:
            self._new.set()
        self._due[job], self._figures[job] = time.monotonic() + within, figures

    def note(self, job: str, **figures: Any) -> None:
        """What there is to tell of this job, without its having got on."""
        self._figures[job] = figures

    def end(self, job: str) -> None:
        """This process has this job no more."""
        self._due.pop(job, None)
        self._figures.pop(job, None)

    def late(self) -> dict[str, float]:
        """The jobs that stand still, with the seconds since each should have got on."""
        now = time.monotonic()
        return {job: now - due for job, due in self._due.items() if due < now}

    async def news(self, seconds: float) -> None:
        """Wait until a job has begun, for so many seconds at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._new.wait()
        self._new.clear()

    def write(self, file: Path) -> None:
        """For the container's health check; in one rename, so nobody reads half of it."""
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps({"at": time.monotonic(), "late": self.late()}), encoding="ascii")
        fresh.replace(file)

    async def store(self, pool: asyncpg.Pool, process: str) -> None:
        """For `/readyz`; and forget what ended processes said."""
        late, jobs = self.late(), list(self._due)
        told = [json.dumps(self._figures[job]) for job in jobs]
        await pool.execute(_WRITE, process, jobs, [late.get(job, 0.0) for job in jobs], told)
        await pool.execute(_FORGET, process, list(self._due))  # as it is by now: a job may have begun meanwhile, and been written


async def run(pulse: Pulse, pool: asyncpg.Pool) -> None:
    """Write until cancelled. The database's absence is told by those who work in it; the file says it, too, for they are late then. Where a
    file cannot be written (a full disk) the old one grows old, which tells the same, and the jobs go on."""
    process = f"{socket.gethostname()}/{os.getpid()}"
    file = Path(tempfile.gettempdir(), f"shouwang-pulse-{os.getpid()}.json")
    try:
        while True:
            with contextlib.suppress(OSError):
                pulse.write(file)
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                async with asyncio.timeout(EVERY):
                    await pulse.store(pool, process)
            await pulse.news(EVERY)
    finally:
        with contextlib.suppress(OSError):
            file.unlink()
