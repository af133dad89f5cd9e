"""Migrations: numbered SQL files, applied once, in order, each in its own transaction, under one lock.

The kernel's `schema.sql` is number 0000 of every service. A file that changed after it was applied stops everything: history is not
edited, a new number is added. `{service}` in a file stands for the service's name (its roles are named after it).
"""

import hashlib
from pathlib import Path

import asyncpg
import structlog

log = structlog.get_logger()
_KERNEL = Path(__file__).parents[1] / "kernel" / "schema.sql"


class MigrationError(Exception):
    """An applied migration file was edited or has vanished."""


def files_of(folder: Path) -> dict[str, Path]:
    """The migrations of a service by name, in order, the kernel's first."""
    return {"0000_kernel": _KERNEL} | {path.stem: path for path in sorted(folder.glob("*.sql"))}


async def migrate(url: str, service: str, folder: Path) -> list[str]:
    """Bring the database up to date as the migrator role; the names applied now. Waits for another migrator to be done."""
    conn = await asyncpg.connect(url)
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('migrate'))")
        await conn.execute(
            """CREATE TABLE IF NOT EXISTS migration
               (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"""
        )
        known = {row["name"]: row["sha256"] for row in await conn.fetch("SELECT name, sha256 FROM migration")}
        files = files_of(folder)
        if gone := set(known) - set(files):
            raise MigrationError(f"applied but missing: {sorted(gone)}")
        return [name for name, path in files.items() if await _apply(conn, service, name, path, known.get(name))]
    finally:
        await conn.close(timeout=5)


async def _apply(conn: asyncpg.Connection, service: str, name: str, path: Path, known: str | None) -> bool:
    text = path.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known == digest:
        return False
    if known is not None:
        raise MigrationError(f"{name} was edited after it was applied; add a new migration instead")
    async with conn.transaction():
        await conn.execute(text.replace("{service}", service))
        await conn.execute("INSERT INTO migration (name, sha256) VALUES ($1, $2)", name, digest)
    log.info("migrated", migration=name)
    return True
