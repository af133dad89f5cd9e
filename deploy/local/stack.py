"""The three servers together: ports chosen once and kept, data kept, everything started side by side and stopped together."""

import base64
import fcntl
import itertools
import json
import os
import random
import secrets
import socket
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from deploy.local import downloads, kafka
from deploy.local.part import NotReadyError, Part
from deploy.local.postgres import Postgres


@dataclass(frozen=True)
class Urls:
    """Where the servers are: `kafka` host:port list, `registry` base URL (Confluent API), `postgres` superuser DSN."""

    kafka: str
    registry: str
    postgres: str


@dataclass
class Choices:
    """What is chosen once and kept in `stack.json`. `kafka` are the brokers' ports and then, as many, their controllers'."""

    cluster: str
    password: str
    kafka: list[int]
    registry: int
    postgres: int


class Stack:
    """`with Stack(data, cache) as stack: stack.urls`. Data and ports survive in `data`; nothing else on the machine changes.

    Where nothing has to be `lasting`, the database does not wait for the disk: its data survive all but the end of the machine.
    """

    postgres: Postgres
    registry: Part
    urls: Urls

    def __init__(self, data: Path, cache: Path, brokers: int = 1, lasting: bool = True) -> None:
        self.data, self.cache, self.brokers, self.lasting = data.resolve(), cache.resolve(), brokers, lasting
        self.kafka: list[Part] = []
        self._parts: list[Part] = []
        self._lock = -1

    def start(self) -> None:
        """Prepare what is missing, start all side by side, wait until all answer. A failed start leaves nothing running."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.data)
        try:
            chosen = _choices(self.data, self.brokers)
            for part in self._made(chosen):
                part.holds = (self._lock,)
                self._parts.append(part)
                part.launch()
            for part in reversed(self._parts):  # the quickest first, so that its failure is told at once
                part.await_ready()
        except BaseException:
            self.stop()
            raise
        self.urls = Urls(
            ",".join(f"127.0.0.1:{port}" for port in chosen.kafka[: self.brokers]),
            f"http://127.0.0.1:{chosen.registry}/apis/ccompat/v7",
            f"postgresql://postgres:{chosen.password}@127.0.0.1:{chosen.postgres}/postgres",
        )
        _kept(self.data / "urls.json", asdict(self.urls))

    def stop(self) -> None:
        """Stop all; returns when nothing is left."""
        for part in self._parts:
            part.ask()
        for part in self._parts:
            part.terminate()
        self._parts.clear()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _made(self, chosen: Choices) -> Iterator[Part]:
        """The slowest first: it starts while the others are being prepared."""
        self.registry = _registry(self.data / "registry", self.cache, chosen.registry)
        yield self.registry
        self.kafka = []
        for index in range(self.brokers):
            self.kafka.append(kafka.broker(self.data / f"kafka-{index}", self.cache, chosen.cluster, index, chosen.kafka))
            yield self.kafka[-1]
        self.postgres = Postgres(self.data / "postgres", chosen.postgres, chosen.password, self.lasting)
        yield self.postgres.part


def default_data() -> Path:
    """Where the stack keeps its data when nobody says otherwise."""
    return Path(os.environ.get("SHOUWANG_LOCAL", ".local")).resolve()


def free_port() -> int:
    """A port as `free_ports` gives them."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, below the range from which systems take ports for clients: a client must never get the port of a server
    that is being restarted. On Linux they are this process's as long as it lives: whoever asks meanwhile gets others."""
    candidates = random.sample(range(15_000, 32_000), 1_000)
    return list(itertools.islice(filter(_reserved, candidates), count))


def _reserved(port: int) -> bool:
    """Take the port if nobody has it. What is bound and does not listen keeps the port from others who ask as we do, and lets a server
    that says SO_REUSEADDR, as all of ours do, listen on it; elsewhere than on Linux it would keep that server out, too."""
    holder = socket.socket()
    try:
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        return False
    if sys.platform == "linux":
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.detach()  # stays open until the process ends
    else:
        holder.close()
    return True


def _is_free(port: int) -> bool:
    """Whether a server could listen on a port that it had before."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free for a server
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _locked(data: Path) -> int:
    """The lock on the data directory. The keepers hold it too, so servers whose parent was killed are waited for: for as long as a keeper
    lets a server take to stop, and to end what is left of it."""
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + 30
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(lock)
                raise NotReadyError(f"other servers run on {data}; stop them first") from None
            time.sleep(0.05)
        else:
            return lock


def _choices(data: Path, brokers: int) -> Choices:
    """The choices of an earlier start, or new ones. Raises `NotReadyError` if they cannot be kept."""
    path = data / "stack.json"
    if path.exists():
        chosen = Choices(**json.loads(path.read_text()))
        if len(chosen.kafka) != 2 * brokers:
            raise NotReadyError(f"{data} was made for {len(chosen.kafka) // 2} broker(s), not {brokers}; reset it first")
        for port in (*chosen.kafka, chosen.registry, chosen.postgres):
            if not _is_free(port):
                raise NotReadyError(f"port {port} is taken by another program; end that, or reset {data}")
        return chosen
    ports = free_ports(2 * brokers + 2)
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
    chosen = Choices(cluster, secrets.token_urlsafe(24), ports[2:], ports[0], ports[1])
    _kept(path, asdict(chosen))
    return chosen


def _kept(path: Path, content: dict[str, object]) -> None:
    """Written whole or not at all, and for the owner only: there is a password in it."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content))
    new.replace(path)


def _registry(folder: Path, cache: Path, port: int) -> Part:
    command = [
        downloads.java(),
        *downloads.JAVA_OPTIONS,
        "-Xmx256m",
        "-Dquarkus.http.host=127.0.0.1",
        f"-Dquarkus.http.port={port}",
    ]
    # Its management interface would stand open on 0.0.0.0:9000; on a free port of loopback a second stack has room beside the first.
    command += ["-Dquarkus.management.host=127.0.0.1", "-Dquarkus.management.port=0", "-jar", downloads.registry_jar(cache)]
    environment = {
        "APICURIO_STORAGE_KIND": "sql",
        "APICURIO_STORAGE_SQL_KIND": "h2",
        "APICURIO_DATASOURCE_URL": f"jdbc:h2:file:{folder / 'db'}",
    }
    return Part("registry", command, folder / "server.out", lambda: registry_answers(port), environment=environment)


def registry_answers(port: int) -> bool:
    """Whether a schema registry answers on the port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/apis/ccompat/v7/subjects", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
