"""The services as real processes on one machine: prepared once, started, stopped or killed one by one, gone with their parent.

For the rehearsal, for `make up` and for tests. A county deploys with `compose.yaml`; commands and environment are the same.
"""

import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from deploy import databases, schemas, topics
from deploy.local.part import REPOSITORY, Part
from deploy.local.stack import Urls, free_port
from deploy.sandbox.issuer import Issuer
from services.kernel import migrate

ALL_ROLES = ("api", "relay", "worker", "scheduler")


@dataclass
class Processes:
    """Service processes over given servers. `prefix` keeps topics and databases of a rehearsal apart from others'."""

    urls: Urls
    folder: Path
    prefix: str = ""
    site_key: str = "a key for rehearsals only"
    parts: dict[str, Part] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.issuer = Issuer(self.folder)

    @property
    def clock_file(self) -> Path:
        """The file that holds the domain time of all these processes."""
        return self.folder / "clock"

    async def prepare(self) -> None:
        """Databases, migrations, topics, schemas: what the deployment's jobs do."""
        self.dsn = await databases.create(self.urls.postgres, prefix=self.prefix.replace(".", "_"))
        for service in databases.SERVICES:
            await migrate.migrate(self.dsn[service]["migrator"], service, REPOSITORY / "services" / service / "migrations")
        await topics.create(self.urls.kafka, self.prefix)
        await schemas.register(self.urls.registry)

    def environment(self, service: str) -> dict[str, str]:
        """The environment of a service's processes."""
        mine = self.dsn[service]
        settings = {
            "PROFILE": "development",
            "DATABASE_URL": mine["app"],
            "MIGRATOR_URL": mine["migrator"],
            "REBUILD_URL": mine["rebuild"],
            "KAFKA": self.urls.kafka,
            "REGISTRY": self.urls.registry,
            "JWKS_FILE": str(self.issuer.jwks_file),
            "SITE_KEY": self.site_key,
            "CLOCK_FILE": str(self.clock_file),
            "TOPIC_PREFIX": self.prefix,
            "PORT": str(self.ports[service]),
            "LOG_LEVEL": "INFO",
        }
        return {f"SHOUWANG_{name}": value for name, value in settings.items()}

    def launch(self, service: str, *roles: str) -> Part:
        """Start one process with these roles (default: all) without waiting; its name is `service` or `service.role+role`."""
        chosen = roles or ALL_ROLES
        name = service if chosen == ALL_ROLES else f"{service}.{'+'.join(chosen)}"
        self.ports.setdefault(service, free_port())
        command = [sys.executable, "-m", f"services.{service}", "run", *chosen]
        log = self.folder / f"{name}.log"
        port = self.ports[service]
        ready = (lambda: answers(port)) if "api" in chosen else (lambda: b'"started"' in log.read_bytes())
        part = self.parts[name] = Part(name, command, log, ready, environment=self.environment(service))
        part.launch()
        return part

    def start(self) -> None:
        """All four services, each with all roles in one process."""
        for part in [self.launch(service) for service in databases.SERVICES]:
            part.await_ready()

    def base(self, service: str) -> str:
        """The base URL of a service's API."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def stop(self) -> None:
        """SIGTERM to all; returns when all are gone."""
        for part in self.parts.values():
            part.ask()
        for part in self.parts.values():
            part.terminate()


def answers(port: int) -> bool:
    """Whether an API on this port says it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
