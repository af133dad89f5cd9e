"""Every entrypoint of the compose file, with its own environment, as a process over the real servers: ready, alive, gone on SIGTERM.

Only what a machine without containers must change is changed: hosts, ports, and where the secret files lie.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy import databases, schemas
from deploy.local import downloads, stack
from deploy.local.part import REPOSITORY, Part
from deploy.local.stack import Urls, free_port
from deploy.processes import Processes, answers
from tests.contract.deployment.samples import JOBS, OURS, SERVICES

pytestmark = pytest.mark.long

ROLES = sorted(name for name in OURS if name not in JOBS)


def environment(name: str, processes: Processes, folder: Path, port: int) -> dict[str, str]:
    """The container's environment, moved to this machine; its secrets as files of their own."""
    service = OURS[name]
    secrets = folder / name
    secrets.mkdir()
    dsn = processes.dsn[name.partition("-")[0]]
    values = {
        "shouwang_database_url": dsn["app"],
        "shouwang_migrator_url": dsn["migrator"],
        "shouwang_site_key": "a key for tests only",
    }
    for secret in service["secrets"]:
        target = secret if isinstance(secret, str) else secret["target"]
        (secrets / target).write_text(values.get(target) or processes.issuer.jwks_file.read_text())
    moved = {
        "SHOUWANG_KAFKA": processes.urls.kafka,
        "SHOUWANG_REGISTRY": processes.urls.registry,
        "SHOUWANG_SECRETS_DIR": str(secrets),
        "SHOUWANG_JWKS_FILE": str(secrets / "jwks.json"),
        "SHOUWANG_HOST": "127.0.0.1",
        "SHOUWANG_PORT": str(port),
        "SHOUWANG_TOPIC_PREFIX": processes.prefix,
    }
    return {**os.environ, **service["environment"], **moved}


@pytest.fixture
async def processes(registered: Urls, tmp_path: Path) -> AsyncIterator[Processes]:
    """Databases, topics and schemas as the jobs make them, gone afterwards."""
    made = Processes(registered, tmp_path / "made", f"compose{uuid4().hex[:8]}.")
    await made.prepare()
    yield made
    await made.forget()


async def test_every_entrypoint_of_the_compose_file_runs_and_stops(processes: Processes, tmp_path: Path) -> None:
    running = {name: launched(name, processes, tmp_path) for name in ROLES}
    try:
        async with asyncio.timeout(120):
            for name, (process, log, port) in running.items():
                while not ready(name, log, port):
                    assert process.poll() is None, f"{name} ended: {log.read_text()[-2000:]}"
                    await asyncio.sleep(0.1)
            for name, (process, _, _) in running.items():
                while not name.endswith("-api") and not alive(process.pid):  # noqa: ASYNC110 - another process, no event
                    await asyncio.sleep(0.2)
    finally:
        since = time.monotonic()
        for process, _, _ in running.values():
            process.send_signal(signal.SIGTERM)
        codes = {name: process.wait(25) for name, (process, _, _) in running.items()}
    assert time.monotonic() - since < 20
    assert codes == dict.fromkeys(ROLES, 0)


async def test_the_registry_keeps_its_schemas_in_postgresql_as_the_compose_file_says(registered: Urls, tmp_path: Path) -> None:
    await databases.renew(registered.postgres, "local")
    secret = tmp_path / "registry.properties"
    secret.write_text(databases.secrets(registered.postgres, "local")["registry.properties"])
    place = registered.postgres.rpartition("@")[2].rpartition("/")[0]
    moved = {
        "APICURIO_DATASOURCE_URL": f"jdbc:postgresql://{place}/registry",
        "SMALLRYE_CONFIG_LOCATIONS": str(secret),
        "QUARKUS_HTTP_PORT": str(port := free_port()),
        "QUARKUS_HTTP_HOST": "127.0.0.1",
        "QUARKUS_MANAGEMENT_PORT": "0",
    }
    command = [downloads.java(), "-Xmx256m", "-jar", downloads.registry_jar(stack.default_data() / "cache")]
    made = {**SERVICES["registry"]["environment"], **moved}
    part = Part("registry", command, tmp_path / "registry.log", lambda: stack.registry_answers(port), environment=made)
    part.start()
    try:
        subjects = await schemas.register(f"http://127.0.0.1:{port}/apis/ccompat/v7")
    finally:
        part.terminate()
    conn = await asyncpg.connect(registered.postgres.rpartition("/")[0] + "/registry")
    stored = await conn.fetchval("SELECT count(DISTINCT artifactid) FROM artifacts")
    await conn.close()
    assert stored >= subjects > 40


def launched(name: str, processes: Processes, folder: Path) -> tuple["subprocess.Popen[bytes]", Path, int]:
    """The container's command as a process; with its log and port."""
    port, log = free_port(), folder / f"{name}.log"
    command = [sys.executable, "-m", *OURS[name]["command"]]
    with log.open("wb") as out:
        made = environment(name, processes, folder, port)
        return subprocess.Popen(command, cwd=REPOSITORY, env=made, stdout=out, stderr=out), log, port


def ready(name: str, log: Path, port: int) -> bool:
    """An API answers; another role says that it has started."""
    return answers(port) if name.endswith("-api") else b'"event": "started"' in log.read_bytes()


def alive(pid: int) -> bool:
    """What the compose file's health check finds."""
    done: Any = subprocess.run([sys.executable, "-m", "deploy.alive", str(pid)], cwd=REPOSITORY, capture_output=True, check=False)
    return bool(done.returncode == 0)
