"""The three servers as containers, for machines with a Docker engine: the same versions and settings as the local stack.

The library's own Kafka class starts the scripts of another vendor's image, so the official image is started here by hand.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from deploy.local import kafka
from deploy.local.part import NotReadyError
from deploy.local.postgres import HASTY, SETTINGS
from deploy.local.stack import Urls

_PORT, _SCRIPT = 9092, "/tmp/shouwang-start.sh"
_CONTAINER_SETTINGS = ("max_connections", "max_locks_per_transaction", "shared_buffers", "max_wal_size")


@contextmanager
def containers(lasting: bool) -> Iterator[Urls]:
    """Start all three, wait until they answer, remove them at the end."""
    with ExitStack() as running:
        postgres = PostgresContainer("postgres:18", username="postgres", dbname="postgres", driver=None)
        settings = {name: SETTINGS[name] for name in _CONTAINER_SETTINGS} | ({} if lasting else HASTY)
        postgres.with_command(" ".join(["postgres", *(f"-c {name}={value}" for name, value in settings.items())]))
        running.enter_context(postgres)
        broker = running.enter_context(_waiting_broker())
        wait = HttpWaitStrategy(8080, "/apis/ccompat/v7/subjects").with_startup_timeout(90)
        registry = DockerContainer("apicurio/apicurio-registry:3.3.3").with_exposed_ports(8080).waiting_for(wait)
        running.enter_context(registry)
        base = f"http://{registry.get_container_host_ip()}:{registry.get_exposed_port(8080)}/apis/ccompat/v7"
        yield Urls(_started(broker), base, postgres.get_connection_url())


def _waiting_broker() -> DockerContainer:
    """A broker that waits for its start script: what it advertises is known only once its port is mapped."""
    lines = kafka.settings(brokers=1) | {
        "node.id": 1,
        "controller.quorum.voters": "1@localhost:9093",
        "listeners": f"PLAINTEXT://0.0.0.0:{_PORT},CONTROLLER://localhost:9093",
    }
    container = DockerContainer("apache/kafka:4.4.0").with_exposed_ports(_PORT)
    for name, value in lines.items():
        container.with_env("KAFKA_" + name.upper().replace(".", "_"), str(value))
    return container.with_command(["sh", "-c", f"while [ ! -s {_SCRIPT} ]; do sleep 0.1; done; exec sh {_SCRIPT}"])


def _started(container: DockerContainer) -> str:
    host, port = container.get_container_host_ip(), int(container.get_exposed_port(_PORT))
    script = f"export KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://{host}:{port}\nexec /etc/kafka/docker/run\n"
    container.copy_into_container(script.encode(), _SCRIPT, 0o644)
    end = time.monotonic() + 60
    while not kafka.takes_part(host, port, 1):
        if time.monotonic() > end:
            raise NotReadyError(f"the Kafka container does not answer: {container.get_logs()[0][-2000:].decode(errors='replace')}")
        time.sleep(0.1)
    return f"{host}:{port}"
