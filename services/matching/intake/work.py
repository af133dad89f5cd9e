"""One job: its file read, and what it holds staged and decided in one transaction. Whatever was not committed never happened.

A worker that dies in between lets go of its job by the lease, and the next one begins anew; a file at which three died is refused.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid5

import structlog

from services.engine.retry import raced
from services.engine.runtime import Runtime
from services.kernel.errors import ShouwangError
from services.kernel.events import Context
from services.matching.intake import jobs, reading, refusals
from services.matching.intake.jobs import Job, JobRow, JobState
from services.matching.intake.nursery import Nursery
from services.matching.intake.reading import ReadingFailed, Unusable, Usable
from services.matching.intake.refusals import Upload
from services.matching.intake.sent import Sent
from services.matching.roster import queries
from services.matching.roster.decider import ROSTER, Receive, Reject
from services.matching.roster.events import RosterHeld, RosterReceived, RosterRejected

log = structlog.get_logger()
MOST_ATTEMPTS, TELL = 3, 1.0  # seconds between two lines about how far it is
_FAULT = Unusable("reading_fails", "系统读取此文件时出错，请与系统管理员联系")


async def work(runtime: Runtime, nursery: Nursery | None = None) -> int:
    """Read the file of the job that waits the longest; how many jobs came to their end. Whoever reads many has a `nursery`."""
    job = await jobs.claim(runtime.pool)
    if job is None:
        return 0
    with TemporaryDirectory(prefix="shouwang-roster-") as folder:
        try:
            found = await _found(runtime, job, Path(folder), nursery)
        except ReadingFailed as fault:
            log.error("roster_reading_failed", job_id=str(job.job_id), kind=job.sent.kind.value, fault=str(fault))
            found = _FAULT
        return await _settled(runtime, job, found)


async def sent_and_read(runtime: Runtime, data: bytes, file: Sent, context: Context, nursery: Nursery | None = None) -> JobRow:
    """Have a file read by whichever worker is free, this process among them; how the job ended. Raises `Rejected`: roster_known."""
    site_key = runtime.settings.site_key.get_secret_value()
    job_id = await raced(runtime.pool, lambda conn: jobs.ask(conn, file, data, site_key, context))
    while True:
        job = await jobs.job_row(runtime.pool, job_id)
        assert job
        if job.finished_at:
            return job
        if not await work(runtime, nursery):
            await asyncio.sleep(0.2)  # another worker reads it


async def _found(runtime: Runtime, job: Job, folder: Path, nursery: Nursery | None) -> Usable | Unusable:
    site_key = runtime.settings.site_key.get_secret_value()
    data = await jobs.file(runtime.pool, job.roster_id, site_key)
    if job.attempt > MOST_ATTEMPTS or data is None:
        return _FAULT
    progress = _Progress()
    telling = asyncio.create_task(_tell(runtime, job, progress))
    try:
        today = _context(runtime, job).today
        return await reading.read(data, job.sent, runtime.service.policy, site_key, today, folder, progress.heard, nursery)
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


class _Progress:
    """How far the reading is."""

    lines = 0

    def heard(self, lines: int) -> None:
        """So many lines are read."""
        self.lines = lines


async def _tell(runtime: Runtime, job: Job, progress: _Progress) -> None:
    while True:
        await jobs.put_off(runtime.pool, job, progress.lines)
        await asyncio.sleep(TELL)


def _context(runtime: Runtime, job: Job) -> Context:
    """In the name of whoever sent the file."""
    return Context(job.actor, runtime.clock(), uuid5(job.job_id, "read"), job.job_id, scope=job.scope)


async def _settled(runtime: Runtime, job: Job, found: Usable | Unusable) -> int:
    context = _context(runtime, job)

    async def settle(conn: Any) -> int:
        if not await jobs.mine(conn, job):
            return 0
        code: str | None
        try:
            async with conn.transaction():
                if isinstance(found, Unusable):
                    await _refuse(runtime, conn, job, found, context)
                    state, code = JobState.REJECTED, found.reason
                else:
                    state, code = await _receive(runtime, conn, job, found, context)
        except ShouwangError as refused:
            state, code = JobState.REJECTED, refused.code
        if state is JobState.REJECTED:
            await refusals.keep(conn, _upload(job), code or "", context)
        await jobs.finish(conn, job, state, code, found.rows)
        return 1

    done = await raced(runtime.pool, settle)
    runtime.bell.ring()
    return done


def _upload(job: Job) -> Upload:
    sent = job.sent
    return Upload(sent.kind, sent.division, sent.as_of, sent.period, sent.digest, sent.size)


async def _refuse(runtime: Runtime, conn: Any, job: Job, found: Unusable, context: Context) -> None:
    sent = job.sent
    refused = RosterRejected(
        kind=sent.kind,
        division=sent.division,
        as_of=sent.as_of,
        period=sent.period,
        sent_by=sent.agency,
        reason=found.reason,
        rows=found.rows,
        rejected=found.rejected,
    )
    await queries.keep_problems(conn, job.roster_id, sent.division, found.problems)
    await runtime.executor.execute(conn, ROSTER, job.roster_id, Reject(refused), context)


async def _receive(
    runtime: Runtime,
    conn: Any,
    job: Job,
    found: Usable,
    context: Context,
) -> tuple[JobState, str | None]:
    """Stage the content, link its persons, and record the roster."""
    sent = job.sent
    content = (found.folder / reading.CONTENT).read_bytes()
    indexes = (found.folder / reading.INDEXES).read_text(encoding="ascii")
    received = RosterReceived(
        kind=sent.kind,
        division=sent.division,
        as_of=sent.as_of,
        period=sent.period,
        sent_by=sent.agency,
        rows=found.rows,
        linked=await queries.linked(conn, indexes, sent.division),
        rejected=found.rejected,
        identified=found.identified,
        cells=found.cells,
        empty_cells=found.empty_cells,
    )
    before = await queries.rows_before(conn, sent.kind, sent.division, sent.agency)
    done = await runtime.executor.execute(conn, ROSTER, job.roster_id, Receive(received, before), context)
    await queries.keep_problems(conn, job.roster_id, sent.division, found.problems)
    await queries.stage(conn, job.roster_id, sent.division, sent.kind, found.rows, content)
    event = done[0].event
    return (JobState.HELD, event.held_for.value) if isinstance(event, RosterHeld) else (JobState.RECEIVED, None)
