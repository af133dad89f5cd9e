"""The databases job: roles, and one database per service that only its own roles may enter. Run as a superuser; safe to repeat.

Environment: SHOUWANG_POSTGRES (superuser DSN), SHOUWANG_PASSWORDS (a secret from which each role's password is derived); either may be
given as a file, SHOUWANG_POSTGRES_FILE and SHOUWANG_PASSWORDS_FILE; SHOUWANG_DATABASE_PREFIX for a second set beside the first.
The job also makes the registry's database and gives every role the password that follows from the secret, so a new secret takes
effect by running it again. `python -m deploy.databases secrets FOLDER` writes the secret files that follow from it: for each service
a folder with files named as its processes' settings (`certificates/shouwang_database_url`), which SHOUWANG_SECRETS_DIR may name as it is.
"""

import hashlib
import hmac
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.job import done, given, parser
from services.engine.settings import is_postgres_url, refuse

SERVICES = ("certificates", "monitoring", "matching", "notifications")
ROLES = ("migrator", "app", "rebuild", "reader")
REGISTRY = "registry"  # the schema registry keeps its schemas in a database of this name, as a role of this name
_SQL, _FUNCTIONS = Path(__file__).with_name("roles.sql"), Path(__file__).with_name("functions.sql")


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


async def create(
    postgres: str, secret: str = "local", prefix: str = "", services: Sequence[str] = SERVICES, template: str = "template1"
) -> dict[str, dict[str, str]]:
    """Make what is missing of these services; all DSNs. `prefix` names a separate set of databases (for tests); roles are the cluster's.
    `template` names the database that a new one begins as a copy of.

    Safe to call from many processes at once. A role that is there keeps its password; see `renew`.
    """
    made = urls(postgres, secret, prefix)
    async with _alone(postgres) as conn:
        for service in services:
            text = _SQL.read_text(encoding="utf-8").replace("{service}", service)
            for role in ROLES:
                text = text.replace("{" + f"{role}_password" + "}", password(secret, f"{service}_{role}"))
            await conn.execute(text)
            await _database(conn, prefix + service, f"{service}_migrator", [f"{service}_{role}" for role in ROLES], template)
            if template == "template1":  # a copy of one of ours is closed already
                await _close(made[service]["superuser"], service)
    return made


async def _close(database: str, service: str) -> None:
    """Take from the role for reports what PostgreSQL lets anybody call."""
    conn = await asyncpg.connect(database)
    try:
        await conn.execute(_FUNCTIONS.read_text(encoding="utf-8").replace("{service}", service))
    finally:
        await conn.close()


async def renew(postgres: str, secret: str) -> None:
    """The registry's role and database, and for every role the password that follows from `secret`."""
    async with _alone(postgres) as conn:
        if not await conn.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", REGISTRY):
            await conn.execute(f"CREATE ROLE {REGISTRY} LOGIN")
        await _database(conn, REGISTRY, REGISTRY, [REGISTRY])
        for name in [REGISTRY, *(f"{service}_{role}" for service in SERVICES for role in ROLES)]:
            await conn.execute(f"ALTER ROLE {name} PASSWORD '{password(secret, name)}'")


@asynccontextmanager
async def _alone(postgres: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection under the lock that keeps two jobs from making the same thing."""
    conn = await asyncpg.connect(postgres)
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('shouwang databases'))")
        yield conn
    finally:
        await conn.close()


async def _database(conn: asyncpg.Connection, name: str, owner: str, entering: list[str], template: str = "template1") -> None:
    """A database that only `entering` may connect to. Rights are given every time: a job cut off in between is made whole."""
    if not await conn.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await conn.execute(f'CREATE DATABASE "{name}" OWNER {owner} TEMPLATE "{template}"')
    await conn.execute(f'REVOKE CONNECT, TEMPORARY ON DATABASE "{name}" FROM PUBLIC')
    await conn.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {", ".join(entering)}')


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


def secrets(postgres: str, secret: str, prefix: str = "") -> dict[str, str]:
    """Path and content of each secret file that follows from `secret`; a file is named as the setting that it holds."""
    settings = {"app": "database", "migrator": "migrator", "rebuild": "rebuild", "reader": "reader"}
    found = {
        f"{service}/shouwang_{settings[role]}_url": mine[role]
        for service, mine in urls(postgres, secret, prefix).items()
        for role in ROLES
    }
    # Settings that the registry reads beside its environment and, by the first line, before it.
    found["registry.properties"] = f"config_ordinal=500\napicurio.datasource.password={password(secret, REGISTRY)}"
    return found


def main() -> None:
    """Make the databases, or write the secret files into a folder."""
    line = parser("deploy.databases", __doc__)
    what = line.add_subparsers(dest="what", title="instead of making databases")
    what.add_parser("secrets", help="write the secret files").add_argument("folder", type=Path, help="where they go")
    asked = line.parse_args()
    postgres, secret = given(
        "databases", POSTGRES="URL of a superuser of PostgreSQL", PASSWORDS="secret from which the roles' passwords are derived"
    )
    if not is_postgres_url(postgres):
        refuse("deploy.databases", ["SHOUWANG_POSTGRES is no PostgreSQL URL (postgresql://role:password@host:port/database)"])
    prefix = os.environ.get("SHOUWANG_DATABASE_PREFIX", "")
    if asked.what == "secrets":
        try:
            _write(asked.folder, secrets(postgres, secret, prefix))
        except OSError as error:
            raise SystemExit(f"deploy.databases: not all secrets are written: {error}") from None
        print(f"secrets written to {asked.folder}")
        return
    done("databases", _made(postgres, secret, prefix), (asyncpg.PostgresError,))
    print(f"{len(SERVICES)} databases ready")


async def _made(postgres: str, secret: str, prefix: str) -> None:
    await create(postgres, secret, prefix)
    await renew(postgres, secret)


def _write(folder: Path, files: dict[str, str]) -> None:
    if not folder.is_dir():
        refuse("deploy.databases", [f"there is no folder {folder}: make one that is closed to others (mkdir -m 700)"])
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.write_text(content + "\n", encoding="utf-8")
        fresh.chmod(0o444)  # mounted as it is: the container's user has to read it; the folder keeps others out
        fresh.replace(path)  # one of before cannot be written to


if __name__ == "__main__":
    main()
