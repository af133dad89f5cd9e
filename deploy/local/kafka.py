"""One Kafka broker in KRaft mode: its settings, its storage, and whether it takes part in its cluster. Clients are not here."""

import shutil
import socket
import struct
import subprocess
from pathlib import Path

from deploy.local import downloads
from deploy.local.part import NotReadyError, Part

_COPIES = (
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "transaction.state.log.min.isr",
    "share.coordinator.state.topic.replication.factor",
    "share.coordinator.state.topic.min.isr",
)


def settings(brokers: int) -> dict[str, object]:
    """What all brokers share, wherever they run. Topics are made by a job, never by a client's typing error."""
    copies = {name: 1 if brokers == 1 or name.endswith("isr") else min(3, brokers) for name in _COPIES}
    return copies | {
        "process.roles": "broker,controller",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "group.initial.rebalance.delay.ms": 0,
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": 4,
        "log.retention.ms": -1,
        "broker.heartbeat.interval.ms": 500,
        "broker.session.timeout.ms": 4000,  # a killed broker may come back only after this: by default 9 s
    }


def broker(folder: Path, cache: Path, cluster: str, index: int, ports: list[int]) -> Part:
    """Broker `index` of a cluster whose `ports` are the brokers', then their controllers'. Formats its storage once."""
    classpath, brokers = downloads.kafka_classpath(cache), len(ports) // 2
    port, controllers = ports[index], ports[brokers:]
    folder.mkdir(exist_ok=True)
    config, log = folder / "server.properties", folder / "log"
    lines = settings(brokers) | {
        "node.id": index + 1,
        "controller.quorum.voters": ",".join(f"{i + 1}@127.0.0.1:{p}" for i, p in enumerate(controllers)),
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllers[index]}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "log.dirs": log,
    }
    config.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    if not (log / "meta.properties").exists():
        shutil.rmtree(log, ignore_errors=True)
        _format(["-cp", classpath, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config)])
    command = [
        downloads.java(),
        *downloads.JAVA_OPTIONS,
        "-Xmx512m",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        classpath,
        "kafka.Kafka",
    ]
    return Part(f"kafka-{index}", [*command, str(config)], folder / "server.out", lambda: takes_part("127.0.0.1", port, index + 1))


def _format(arguments: list[str]) -> None:
    done = subprocess.run([downloads.java(), *downloads.JAVA_OPTIONS, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotReadyError(f"Kafka's storage could not be formatted: {done.stderr or done.stdout}")


def takes_part(host: str, port: int, node: int) -> bool:
    """Whether the broker answers a Metadata request and counts itself among the living: only then can topics be placed on it."""
    body = struct.pack("!hhih", 3, 1, 1, 4) + b"look" + struct.pack("!i", 0)  # Metadata v1, no topics
    try:
        with socket.create_connection((host, port), timeout=1) as conn, conn.makefile("rb") as answer:
            conn.settimeout(2)
            conn.sendall(struct.pack("!i", len(body)) + body)
            count = struct.unpack("!iii", answer.read(12))[2]
            living = set()
            for _ in range(count):
                living.add(struct.unpack("!i", answer.read(4))[0])
                answer.read(struct.unpack("!h", answer.read(2))[0] + 4)  # host, port
                answer.read(max(struct.unpack("!h", answer.read(2))[0], 0))  # rack
            return node in living
    except (OSError, struct.error):
        return False
