"""The three servers together: ports chosen once and kept, data kept, everything started side by side and stopped together."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from deploy.local import downloads
from deploy.local.part import Part
from deploy.local.postgres import Postgres

_SINGLE = (
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "transaction.state.log.min.isr",
    "share.coordinator.state.topic.replication.factor",
    "share.coordinator.state.topic.min.isr",
)


@dataclass(frozen=True)
class Urls:
    """Where the servers are: `kafka` host:port list, `registry` base URL (Confluent API), `postgres` superuser DSN."""

    kafka: str
    registry: str
    postgres: str


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """`with Stack(data, cache) as stack: stack.urls`. Data and ports survive in `data`; nothing else on the machine changes."""

    def __init__(self, data: Path, cache: Path, brokers: int = 1) -> None:
        self.data, self.cache, self.brokers = data.resolve(), cache.resolve(), brokers
        self.kafka: list[Part] = []

    def start(self) -> None:
        """Prepare what is missing, start all side by side, wait until all answer. A failed start leaves nothing running."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.state = self._state()
        try:
            self.postgres = Postgres(self.data / "postgres", self.state["postgres"], self.state["password"])
            self.kafka = [self._broker(i) for i in range(self.brokers)]
            self.registry = self._registry()
            parts = [*self.kafka, self.registry, self.postgres.part]
            for part in parts:
                part.launch()
            for part in parts:
                part.await_ready()
        except BaseException:
            self.stop()
            raise
        self.urls = Urls(
            ",".join(f"127.0.0.1:{port}" for port in self.state["kafka"][: self.brokers]),
            f"http://127.0.0.1:{self.state['registry']}/apis/ccompat/v7",
            f"postgresql://postgres:{self.state['password']}@127.0.0.1:{self.state['postgres']}/postgres",
        )
        (self.data / "urls.json").write_text(json.dumps(asdict(self.urls)))

    def stop(self) -> None:
        """Stop all; returns when nothing is left."""
        for part in [*self.kafka, *(getattr(self, n) for n in ("registry",) if hasattr(self, n))]:
            part.terminate()
        if hasattr(self, "postgres"):
            self.postgres.part.terminate()

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _state(self) -> dict[str, Any]:
        path = self.data / "stack.json"
        state: dict[str, Any] = (
            json.loads(path.read_text()) if path.exists() else {"cluster": "", "password": secrets.token_urlsafe(24)}
        )
        ports: list[int] = state.get("kafka", [])
        state["kafka"] = ports + [free_port() for _ in range(2 * self.brokers - len(ports))]
        for name in ("registry", "postgres"):
            state.setdefault(name, free_port())
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(json.dumps(state))
        return state

    def _broker(self, index: int) -> Part:
        folder, ports = self.data / f"kafka-{index}", self.state["kafka"]
        port, controllers = ports[index], ports[self.brokers :]
        classpath = downloads.kafka_classpath(self.cache)
        storage = [downloads.java(), "-cp", classpath, "kafka.tools.StorageTool"]
        if not self.state["cluster"]:
            made = subprocess.run([*storage, "random-uuid"], capture_output=True, text=True, check=True)
            self.state["cluster"] = made.stdout.split()[-1]
            (self.data / "stack.json").write_text(json.dumps(self.state))
        folder.mkdir(exist_ok=True)
        config = folder / "server.properties"
        config.write_text(_server_properties(index, port, controllers, folder / "log", self.brokers))
        if not (folder / "log" / "meta.properties").exists():
            shutil.rmtree(folder / "log", ignore_errors=True)
            subprocess.run([*storage, "format", "-t", self.state["cluster"], "-c", str(config)], capture_output=True, check=True)
        command = [downloads.java(), "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classpath, "kafka.Kafka"]
        return Part(f"kafka-{index}", [*command, str(config)], folder / "server.out", lambda: _kafka_answers(port))

    def _registry(self) -> Part:
        port = self.state["registry"]
        folder = self.data / "registry"
        command = [downloads.java(), "-Xmx256m", "-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}"]
        command += ["-Dquarkus.management.host=127.0.0.1", "-Dquarkus.management.port=0", "-jar"]
        environment = {
            "APICURIO_STORAGE_KIND": "sql",
            "APICURIO_STORAGE_SQL_KIND": "h2",
            "APICURIO_DATASOURCE_URL": f"jdbc:h2:file:{folder / 'db'}",
        }
        jar = downloads.registry_jar(self.cache)
        return Part("registry", [*command, jar], folder / "server.out", lambda: _http_answers(port), environment=environment)


def _server_properties(index: int, port: int, controllers: list[int], log: Path, brokers: int) -> str:
    voters = ",".join(f"{i + 1}@127.0.0.1:{p}" for i, p in enumerate(controllers[:brokers]))
    lines = {
        "process.roles": "broker,controller",
        "node.id": index + 1,
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllers[index]}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": log,
        "group.initial.rebalance.delay.ms": 0,
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": 4,
        "log.retention.ms": -1,
    }
    copies = {name: 1 if brokers == 1 or name.endswith("isr") else min(3, brokers) for name in _SINGLE}
    return "\n".join(f"{name}={value}" for name, value in {**lines, **copies}.items()) + "\n"


def _kafka_answers(port: int) -> bool:
    """Whether the broker answers an ApiVersions request (version 0)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as conn:
            conn.sendall(bytes.fromhex("0000000e00120000000000010004") + b"look")
            conn.settimeout(2)
            return len(conn.recv(64)) >= 8
    except OSError:
        return False


def _http_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/apis/ccompat/v7/subjects", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def default_data() -> Path:
    """Where the stack keeps its data when nobody says otherwise."""
    return Path(os.environ.get("SHOUWANG_LOCAL", ".local")).resolve()
