"""Databases that were migrated once and are copied for each test: a copy costs a third of the migrations.

A template is named after what made it, the text of roles and migrations, so it may stay for the next run and be shared by workers.
"""

import hashlib
from functools import cache

import asyncpg

from deploy import databases
from deploy.local.part import REPOSITORY
from services.kernel.service import Service
from services.shell import migrate

_ready: set[tuple[str, str]] = set()


@cache
def _prefix() -> str:
    """The templates' prefix, from everything that has a say in what they hold."""
    files = sorted(path for folder in ("deploy", "services") for path in (REPOSITORY / folder).rglob("*.sql"))
    return f"template_{hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()[:16]}_"


async def migrated(postgres: str, service: Service) -> str:
    """The name of the service's template; made if it is not there."""
    name = _prefix() + service.name
    if (postgres, name) not in _ready:
        await _make(postgres, service)
        _ready.add((postgres, name))
    return name


async def _make(postgres: str, service: Service) -> None:
    """Migrate under a lock: two workers may ask at once. It counts as there once it is marked, so one that was cut off is made whole."""
    name = _prefix() + service.name
    conn = await asyncpg.connect(postgres)
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('shouwang templates'))")
        if not await conn.fetchval("SELECT datistemplate FROM pg_database WHERE datname = $1", name):
            made = await databases.create(postgres, prefix=_prefix(), services=(service.name,))
            await migrate.migrate(made[service.name]["migrator"], service.name, service.folder / "migrations")
            await conn.execute(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false')
    finally:
        await conn.close()
