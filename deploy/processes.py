"""The services as real processes on one machine: prepared once, started, stopped or killed one by one, gone with their parent.

For the rehearsal, for `make up` and for tests. A county deploys with `compose.yaml`; commands and environment are the same.
It supervises nothing by itself: `revive` starts what has ended unasked, when its owner asks for that.
"""

import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from deploy import databases, schemas, topics
from deploy.local.part import REPOSITORY, Part
from deploy.local.stack import Urls, free_port
from deploy.sandbox.issuer import Issuer
from services.shell import migrate
from services.shell.process import ROLES


@dataclass
class Process(Part):
    """A service process. Its log is kept over restarts, so what an earlier one wrote must not count as this one's."""

    written: int = 0

    def launch(self) -> None:
        """Start without waiting."""
        if not self.alive:
            self.written = self.log.stat().st_size if self.log.exists() else 0
        super().launch()

    def said(self, event: str) -> bool:
        """Whether this start has logged the event."""
        with self.log.open("rb") as log:
            log.seek(self.written)
            return f'"event": "{event}"'.encode() in log.read()


@dataclass
class Processes:
    """Service processes over given servers. `prefix` keeps topics and databases of a rehearsal apart from others'.

    `profile` is the services'; domain time stands in `clock_file` unless it is `production`, where domain time is real. `more`: settings of
    all processes beside what is said here.
    """

    urls: Urls
    folder: Path
    prefix: str = ""
    site_key: str = "a key for rehearsals only"
    profile: str = "development"
    parts: dict[str, Part] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.issuer = Issuer(self.folder)

    @property
    def clock_file(self) -> Path:
        """The file that holds the domain time of all these processes."""
        return self.folder / "clock"

    async def prepare(self, lasting: bool = True) -> None:
        """Databases, migrations, topics, schemas: what the deployment's jobs do.

        Where nothing has to be `lasting`, a commit does not wait for the disk: when the database server or the machine falls, the last
        moments are lost, and nothing else.
        """
        self.dsn = await databases.create(self.urls.postgres, prefix=self.prefix.replace(".", "_"))
        for service in databases.SERVICES:
            if not lasting:
                await _unhurried(self.dsn[service]["superuser"])
            await migrate.migrate(self.dsn[service]["migrator"], service, REPOSITORY / "services" / service / "migrations")
        await topics.create(self.urls.kafka, self.prefix)
        await schemas.register(self.urls.registry)

    async def forget(self) -> None:
        """Delete the topics and databases that `prepare` made. Raises ValueError where they have no prefix of their own."""
        await topics.drop(self.urls.kafka, self.prefix)
        await databases.drop(self.urls.postgres, prefix=self.prefix.replace(".", "_"))

    def environment(self, service: str) -> dict[str, str]:
        """The environment of a service's processes."""
        mine = self.dsn[service]
        settings = {
            "PROFILE": self.profile,
            "DATABASE_URL": mine["app"],
            "MIGRATOR_URL": mine["migrator"],
            "REBUILD_URL": mine["rebuild"],
            "KAFKA": self.urls.kafka,
            "REGISTRY": self.urls.registry,
            "JWKS_FILE": str(self.issuer.jwks_file),
            "SITE_KEY": self.site_key,
            "TOPIC_PREFIX": self.prefix,
            "PORT": str(self.port(service)),
            "LOG_LEVEL": "INFO",
        }
        if self.profile != "production":
            settings["CLOCK_FILE"] = str(self.clock_file)
        if service == "notifications":
            settings |= {
                "REGISTER_URL": f"http://127.0.0.1:{self.port('certificates')}",
                "REGISTER_TOKEN_FILE": str(self._register_token()),
            }
        settings |= self.more
        return {f"SHOUWANG_{name}": value for name, value in settings.items()}

    def port(self, service: str) -> int:
        """Where the service's API is, or will be."""
        return self.ports.setdefault(service, free_port())

    def _register_token(self) -> Path:
        """What lets the service that reminds ask the register how persons are reached."""
        file = self.folder / "register_token"
        file.touch(mode=0o600)
        file.write_text(self.issuer.token("notifications", "CL", "5334", ["reminding"], ttl=30 * 86_400))
        return file

    def launch(self, service: str, *roles: str) -> Part:
        """Start one process with these roles (default: all) without waiting; its name is `service` or `service.role+role`."""
        chosen = roles or ROLES
        name = service if chosen == ROLES else f"{service}.{'+'.join(chosen)}"
        command, port = [sys.executable, "-m", f"services.{service}", "run", *chosen], self.port(service)
        part = Process(name, command, self.folder / f"{name}.log", lambda: answers(port), environment=self.environment(service))
        if chosen != ROLES:  # whether it is ready depends on the others
            part.ready = lambda: part.said("started") and ("api" not in chosen or answers(port, "livez"))
        self.parts[name] = part
        self.ended.discard(name)
        part.launch()
        return part

    def terminate(self, name: str) -> None:
        """SIGTERM to one; returns when it is gone, after 20 s at the latest."""
        self.ended.add(name)
        self.parts[name].terminate()

    def kill(self, name: str) -> None:
        """SIGKILL to one; returns when it is gone."""
        self.ended.add(name)
        self.parts[name].kill()

    def revive(self) -> list[str]:
        """Start again, without waiting, what has ended without being asked to; the names."""
        fallen = [name for name, part in self.parts.items() if name not in self.ended and not part.alive]
        for name in fallen:
            self.parts[name].launch()
        return fallen

    def start(self) -> None:
        """All four services, each with all roles in one process."""
        for part in [self.launch(service) for service in databases.SERVICES]:
            part.await_ready()

    def base(self, service: str) -> str:
        """The base URL of a service's API."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def stop(self) -> None:
        """SIGTERM to all; returns when all are gone."""
        self.ended.update(self.parts)
        for part in self.parts.values():
            part.ask()
        for part in self.parts.values():
            part.terminate()


async def _unhurried(dsn: str) -> None:
    """From the next connection on, commits in this database do not wait until they are on the disk."""
    conn = await asyncpg.connect(dsn)
    try:
        name = await conn.fetchval("SELECT quote_ident(current_database())")
        await conn.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    finally:
        await conn.close()


def answers(port: int, question: str = "readyz") -> bool:
    """Whether an API on this port says that its service is ready; with `livez`, that it answers at all."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{question}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
