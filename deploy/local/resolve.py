"""Which real servers a test run or the demo uses: those named in the environment, containers, or the local stack. Never silently."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local.stack import Stack, Urls, default_data

_NAMES = ("SHOUWANG_TEST_KAFKA", "SHOUWANG_TEST_REGISTRY", "SHOUWANG_TEST_POSTGRES")

__all__ = ["Urls", "backend"]


@contextmanager
def backend(data: Path, cache: Path | None = None) -> Iterator[Urls]:
    """Real Kafka, registry and PostgreSQL, and a line on stderr that says which were taken."""
    given = [os.environ.get(name, "") for name in _NAMES]
    if any(given):
        if not all(given):
            raise RuntimeError(f"set all of {', '.join(_NAMES)}, or none")
        print("servers: from the environment", file=sys.stderr)
        yield Urls(*given)
    elif _docker_answers():
        print("servers: containers", file=sys.stderr)
        with _containers() as urls:
            yield urls
    else:
        print("servers: local packages (no Docker engine answers)", file=sys.stderr)
        with Stack(data, cache or default_data() / "cache") as stack:
            yield stack.urls


def _docker_answers() -> bool:
    """Whether an engine is there; a client alone is not enough."""
    if not shutil.which("docker"):
        return False
    try:
        asked = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, timeout=2, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


@contextmanager
def _containers() -> Iterator[Urls]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy
    from testcontainers.kafka import KafkaContainer
    from testcontainers.postgres import PostgresContainer

    with ExitStack() as running:
        postgres = running.enter_context(PostgresContainer("postgres:18", username="postgres", dbname="postgres", driver=None))
        kafka = running.enter_context(KafkaContainer("apache/kafka:4.4.0").with_kraft())
        wait = HttpWaitStrategy(8080, "/apis/ccompat/v7/subjects").with_startup_timeout(90)
        registry = DockerContainer("apicurio/apicurio-registry:3.3.3").with_exposed_ports(8080).waiting_for(wait)
        running.enter_context(registry)
        base = f"http://{registry.get_container_host_ip()}:{registry.get_exposed_port(8080)}/apis/ccompat/v7"
        yield Urls(kafka.get_bootstrap_server(), base, postgres.get_connection_url())
