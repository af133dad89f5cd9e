"""The local stack keeps its promises: it answers, remembers, restarts on its ports, and leaves no process behind however it ends.

Real processes throughout; leftovers are looked for in /proc, so the tests of endings say nothing on other systems than Linux.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import postgres
from deploy.local.part import REPOSITORY, NotReadyError, Part
from deploy.local.postgres import Postgres
from deploy.local.stack import Stack, default_data, free_ports

pytestmark = [pytest.mark.server, pytest.mark.long]

SHELL = "trap '' TERM; sleep 300 & sleep 301"  # ignores the polite signal, and has a child of its own
HOLD = "import sys, time; from pathlib import Path; from deploy.local.part import Part\n"
HOLD += "p = Part('sleeper', ['sh', '-c', {shell!r}], Path({log!r}), lambda: True, grace=1)\n"
HOLD += "p.start(); print('up', flush=True); time.sleep(300)"
SERVE = "import sys, time; from pathlib import Path; from deploy.local.stack import Stack\n"
SERVE += "with Stack(Path({data!r}), Path({cache!r})): print('up', flush=True); time.sleep(300)"


def living(folder: Path) -> list[str]:
    """Processes that name `folder` in their command line or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (process / "cmdline").read_text().replace("\0", " ")
            if line and (str(folder) in line or str((process / "cwd").readlink()).startswith(str(folder))):
                found.append(f"{process.name} {line[:80]}")
    return found


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for it, not for a time; only a wait for nothing takes so long."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


def started(code: str) -> subprocess.Popen[str]:
    """A Python process of its own process group that has said `up`; it hears SIGINT also when these tests run in the background."""
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", heard + code],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def ended(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """End it as a terminal (SIGINT to the group) or a crash (SIGKILL to it alone) would."""
    os.killpg(process.pid, how) if how is signal.SIGINT else process.send_signal(how)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data directory that the tests of this module share: below the checkout, as the real one is."""
    data = Path(".local/test/contract-stack").resolve()
    shutil.rmtree(data, ignore_errors=True)
    yield data
    postgres.forget(data / "postgres")
    shutil.rmtree(data, ignore_errors=True)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_that_ignores_the_polite_signal_ends_with_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    parent = started(HOLD.format(shell=f"cd {tmp_path}; {SHELL}", log=str(tmp_path / "out")))
    assert len(living(tmp_path)) >= 3
    ended(parent, how)
    until(lambda: not living(tmp_path))


def test_a_child_ends_when_its_keeper_is_killed(tmp_path: Path) -> None:
    part = Part("sleeper", ["sleep", "300"], tmp_path / "out", lambda: True)
    part.start()
    child = int((tmp_path / "out.pid").read_text())
    keeper = int(Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[1])
    os.kill(keeper, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{child}").exists())
    part.terminate()


def test_a_server_that_ends_by_itself_is_reported_with_its_log(tmp_path: Path) -> None:
    part = Part("server", ["sh", "-c", "exit 3"], tmp_path / "server.out", lambda: False)
    with pytest.raises(NotReadyError, match=r"server ended; see .*server\.out"):
        part.start()


async def topics(kafka: str, new: str = "") -> list[str]:
    """The names of all topics, after making one."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        if new:
            await admin.create_topics([NewTopic(new, 1, 1)])
        return list(await admin.list_topics())
    finally:
        await admin.close()


async def query(url: str, *statements: str) -> object:
    """The value of the last statement."""
    conn = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await conn.execute(statement)
        return await conn.fetchval(statements[-1])
    finally:
        await conn.close()


def registered(registry: str) -> int:
    """The id of one schema; the same schema must keep it."""
    body = json.dumps({"schema": '{"type": "string"}'}).encode()
    headers = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
    request = urllib.request.Request(f"{registry}/subjects/kept/versions", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(json.load(answer)["id"])


def test_every_server_survives_being_killed_with_its_data_and_its_port(folder: Path) -> None:
    with Stack(folder, default_data() / "cache", lasting=False) as stack:  # though nothing waits for the disk
        urls, number = stack.urls, registered(stack.urls.registry)
        asyncio.run(topics(urls.kafka, new="kept"))
        asyncio.run(query(urls.postgres, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n"))
        assert asyncio.run(query(urls.postgres, "SHOW fsync")) == "off"
        stack.kafka[0].kill()
        stack.postgres.part.kill()
        stack.registry.terminate()
        stack.kafka[0].launch()
        stack.registry.launch()
        stack.postgres.start()
        stack.postgres.stop("immediate")
        stack.postgres.start()
        stack.postgres.stop("fast")
        stack.postgres.start()
        stack.kafka[0].await_ready()
        stack.registry.await_ready()
        assert asyncio.run(query(urls.postgres, "SELECT n FROM kept")) == 7
        assert "kept" in asyncio.run(topics(urls.kafka))
        assert registered(urls.registry) == number
    assert not living(folder)


def test_a_failed_start_names_the_reason_and_leaves_nothing_running(folder: Path) -> None:
    port = json.loads((folder / "stack.json").read_text())["registry"]
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(NotReadyError, match=f"port {port} is taken"):
            Stack(folder, default_data() / "cache").start()
    stack = Stack(folder, default_data() / "cache")
    config = folder / "postgres" / "postgresql.auto.conf"
    kept = config.read_text()
    config.write_text("shared_preload_libraries = 'no_such_library'\n")
    with pytest.raises(NotReadyError, match=r"postgres ended; see .*postgres\.out"):
        stack.start()
    config.write_text(kept)
    assert not living(folder)


def local(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line, over the data in `folder`."""
    command = [sys.executable, "-m", "deploy.local", *words, "--data", str(folder)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_the_command_line_starts_tells_and_outlives_a_crash_of_its_supervisor(folder: Path) -> None:
    (folder / "supervisor.pid").write_text(str(os.getpid()))  # left by a crash; this process is not the supervisor
    assert local(folder, "down").returncode == 0
    told = json.loads(local(folder, "up", "--json").stdout)
    assert told == {"running": True, **json.loads((folder / "urls.json").read_text())}
    assert json.loads(local(folder, "status", "--json").stdout) == told
    os.kill(int((folder / "supervisor.pid").read_text()), signal.SIGKILL)
    again = started(SERVE.format(data=str(folder), cache=str(default_data() / "cache")))  # while the old servers are still stopping
    assert asyncio.run(query(told["postgres"], "SELECT n FROM kept")) == 7
    ended(again, signal.SIGINT)
    until(lambda: not living(folder))
    assert local(folder, "status").returncode == 3
    assert local(folder, "reset").returncode == 0
    assert not folder.exists()


def test_postgres_runs_although_its_directory_lies_below_a_closed_one(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "data" / "postgres", free_ports(1)[0], "secret")
    server.start()
    url = f"postgresql://postgres:secret@127.0.0.1:{server.part.command[4]}/postgres"
    assert asyncio.run(query(url, "SELECT current_setting('fsync')")) == "on"
    server.stop()
    postgres.forget(closed / "data" / "postgres")
    assert not living(server.data.parent)
