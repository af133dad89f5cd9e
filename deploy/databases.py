"""The databases job: roles, and one database per service that only its own roles may enter. Run once, as a superuser; safe to repeat.

Environment: SHOUWANG_POSTGRES (superuser DSN), SHOUWANG_PASSWORDS (a secret from which each role's password is derived); either may be
given as a file, SHOUWANG_POSTGRES_FILE and SHOUWANG_PASSWORDS_FILE. `python -m deploy.databases urls` prints the DSNs for the secrets.
"""

import asyncio
import hashlib
import hmac
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

SERVICES = ("certificates", "monitoring", "matching", "notifications")
ROLES = ("migrator", "app", "rebuild", "reader")
_SQL = Path(__file__).with_name("roles.sql")


def password(secret: str, role: str) -> str:
    """The password of a role: derived, so that one secret is enough to know them all and no role knows another's."""
    return hmac.digest(secret.encode(), role.encode(), hashlib.sha256).hex()[:32]


def urls(postgres: str, secret: str, prefix: str = "") -> dict[str, dict[str, str]]:
    """DSNs by service and role; `superuser` is the given one on the service's database."""
    parts = urlsplit(postgres)
    place = f"{parts.hostname}:{parts.port or 5432}"
    found = {}
    for service in SERVICES:
        mine = {
            role: f"postgresql://{service}_{role}:{password(secret, f'{service}_{role}')}@{place}/{prefix}{service}"
            for role in ROLES
        }
        found[service] = {**mine, "superuser": parts._replace(path=f"/{prefix}{service}").geturl()}
    return found


async def create(postgres: str, secret: str = "local", prefix: str = "") -> dict[str, dict[str, str]]:
    """Make what is missing; the DSNs. `prefix` names a separate set of databases (for tests); roles are the cluster's."""
    conn = await asyncpg.connect(postgres)
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('shouwang databases'))")
        for service in SERVICES:
            text = _SQL.read_text().replace("{service}", service)
            for role in ROLES:
                text = text.replace("{" + f"{role}_password" + "}", password(secret, f"{service}_{role}"))
            await conn.execute(text)
            name = prefix + service
            if not await conn.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
                await conn.execute(f'CREATE DATABASE "{name}" OWNER {service}_migrator')
                await conn.execute(f'REVOKE CONNECT, TEMPORARY ON DATABASE "{name}" FROM PUBLIC')
                await conn.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {service}_app, {service}_rebuild, {service}_reader')
        return urls(postgres, secret, prefix)
    finally:
        await conn.close()


async def drop(postgres: str, prefix: str) -> None:
    """Delete a prefixed set of databases."""
    if not prefix:
        raise ValueError("only prefixed databases can be dropped")
    conn = await asyncpg.connect(postgres)
    try:
        for service in SERVICES:
            await conn.execute(f'DROP DATABASE IF EXISTS "{prefix}{service}" WITH (FORCE)')
    finally:
        await conn.close()


def _given(name: str) -> str:
    """A setting of the job: the variable itself, or the content of the file that `<name>_FILE` names."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ[name]


def main() -> None:
    """Make the databases, or print the DSNs of their roles."""
    postgres, secret = _given("SHOUWANG_POSTGRES"), _given("SHOUWANG_PASSWORDS")
    if sys.argv[1:] == ["urls"]:
        for service, mine in urls(postgres, secret).items():
            for role in ROLES:
                print(f"{service}_{role}_url {mine[role]}")
        return
    asyncio.run(create(postgres, secret))
    print(f"{len(SERVICES)} databases ready")


if __name__ == "__main__":
    main()
