"""The jobs that read files: who waits for what, and how far each is. A table beside the events, for a job is no fact of the field.

A job belongs to whoever claimed it until its lease runs out, which is put off while the file is read. A worker that is killed lets go of
it by that; what it had not committed never happened. Times are the database's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.errors import Rejected
from services.kernel.events import Context
from services.matching.intake.sealed import sealed, unsealed
from services.matching.intake.sent import Sent
from services.matching.vocabulary import RosterKind

LEASE = 60  # seconds
_CLAIM = """UPDATE roster_job SET state = 'READING', attempts = attempts + 1, rows_read = 0, lease = now() + make_interval(secs => $1)
WHERE job_id = (SELECT job_id FROM roster_job WHERE state = 'WAITING' OR (state = 'READING' AND lease < now())
    ORDER BY asked_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING job_id, roster_id, division, kind, as_of, period, sent_by, scope, digest, size, attempts"""


class JobState(StrEnum):
    """How far a job is; the last three are its end."""

    WAITING = "WAITING"
    READING = "READING"
    RECEIVED = "RECEIVED"
    HELD = "HELD"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as its sender sees it. `code`: why the file was refused, or is held."""

    job_id: UUID
    roster_id: UUID
    division: str
    kind: RosterKind
    as_of: date
    period: str | None
    state: JobState
    code: str | None
    rows_read: int
    asked_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was claimed, for the `attempt`-th time. `actor`, `scope`: who sent the file, and for which division."""

    job_id: UUID
    sent: Sent
    actor: str
    scope: str
    attempt: int

    @property
    def roster_id(self) -> UUID:
        """Of the file that it reads."""
        return self.sent.roster_id


async def ask(conn: Any, sent: Sent, data: bytes, site_key: str, context: Context) -> UUID:
    """Keep a file and have it read, in the caller's transaction; the job's id, that of the job under way when there is one.

    Raises `Rejected`: roster_known, for a file that was received or is held.
    """
    roster_id = sent.roster_id
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('roster'), hashtext($1::text))", str(roster_id))
    if await conn.fetchval("SELECT state IN ('RECEIVED', 'HELD') FROM views.roster WHERE roster_id = $1", roster_id):
        raise Rejected("roster_known", "该文件已接收过")
    under_way: UUID | None = await conn.fetchval(
        "SELECT job_id FROM roster_job WHERE roster_id = $1 AND state IN ('WAITING', 'READING')", roster_id
    )
    if under_way:
        return under_way
    await conn.execute("DELETE FROM roster_file WHERE roster_id = $1", roster_id)
    await conn.execute(
        "INSERT INTO roster_file (roster_id, division, agency, content) VALUES ($1, $2, $3, $4)",
        roster_id,
        sent.division,
        sent.agency,
        sealed(site_key, roster_id, data),
    )
    await conn.execute(
        """INSERT INTO roster_job (job_id, roster_id, division, kind, as_of, period, sent_by, scope, digest, size, asked_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())""",
        context.seed,
        roster_id,
        sent.division,
        sent.kind,
        sent.as_of,
        sent.period,
        context.actor,
        context.scope,
        sent.digest,
        sent.size,
    )
    return context.seed


async def claim(pool: asyncpg.Pool) -> Job | None:
    """The job that waits the longest, or that its worker let go of; None when there is none."""
    row = await pool.fetchrow(_CLAIM, LEASE)
    if row is None:
        return None
    agency = row["sent_by"].partition(":")[0]
    sent = Sent(RosterKind(row["kind"]), row["division"], row["as_of"], row["period"], agency, row["digest"], row["size"])
    return Job(row["job_id"], sent, row["sent_by"], row["scope"], row["attempts"])


async def file(pool: Any, roster_id: UUID, site_key: str) -> bytes | None:
    """The bytes of a file as they were sent; None when they are not kept any more."""
    kept: bytes | None = await pool.fetchval("SELECT content FROM roster_file WHERE roster_id = $1", roster_id)
    return None if kept is None else unsealed(site_key, roster_id, kept)


async def put_off(pool: asyncpg.Pool, job: Job, rows_read: int) -> None:
    """Say how far the reading is, and keep the job."""
    await pool.execute(
        """UPDATE roster_job SET rows_read = $3, lease = now() + make_interval(secs => $4)
           WHERE job_id = $1 AND attempts = $2 AND state = 'READING'""",
        job.job_id,
        job.attempt,
        rows_read,
        LEASE,
    )


async def mine(conn: Any, job: Job) -> bool:
    """Whether the job still belongs to who claimed it, and does so until the transaction ends; else another worker's work counts."""
    state = "SELECT true FROM roster_job WHERE job_id = $1 AND attempts = $2 AND state = 'READING' FOR UPDATE"
    return bool(await conn.fetchval(state, job.job_id, job.attempt))


async def finish(conn: Any, job: Job, state: JobState, code: str | None, rows: int) -> None:
    """End a job that is `mine`."""
    await conn.execute(
        "UPDATE roster_job SET state = $2, code = $3, rows_read = $4, lease = NULL, finished_at = now() WHERE job_id = $1",
        job.job_id,
        state,
        code,
        rows,
    )


async def job_row(conn: Any, job_id: UUID) -> JobRow | None:
    """One job, as the reader may see it."""
    row = await conn.fetchrow(
        """SELECT job_id, roster_id, division, kind, as_of, period, state, code, rows_read, asked_at, finished_at
           FROM roster_job WHERE job_id = $1""",
        job_id,
    )
    return row and JobRow(**{**row, "kind": RosterKind(row["kind"]), "state": JobState(row["state"])})
