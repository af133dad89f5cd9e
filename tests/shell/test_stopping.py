"""A process obeys SIGTERM and Ctrl-C wherever it waits: it ends in order, within the grace time, and says nothing but that."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from deploy.local.part import REPOSITORY
from deploy.local.stack import free_port
from services.monitoring.service import SERVICE
from services.shell.stopping import GRACE
from tests.world import World

pytestmark = [pytest.mark.server, pytest.mark.long]


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word; its host and port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@dataclass(frozen=True)
class Waiting:
    """A command in one kind of wait: what differs from a process that has all it needs, and the event that says that it waits."""

    command: str
    event: str
    settings: dict[str, str]
    number: signal.Signals = signal.SIGTERM


def waits(dsn: dict[str, str], nobody: str, mute: str) -> dict[str, Waiting]:
    """The waits of which many may be under way at once, each for a server that is not there or for one that hangs."""
    away, hangs = ({role: _moved(dsn[role], place) for role in ("app", "migrator")} for place in (nobody, mute))
    no_database = "database_not_there_yet"
    return {
        "database": Waiting("run api relay worker scheduler", no_database, {"DATABASE_URL": away["app"]}),
        "database, Ctrl-C": Waiting("run worker", no_database, {"DATABASE_URL": away["app"]}, signal.SIGINT),
        "database that hangs": Waiting("run relay", "", {"DATABASE_URL": hangs["app"]}),
        "database of a migrator": Waiting("migrate", no_database, {"MIGRATOR_URL": away["migrator"]}),
        "database of an operator": Waiting("letters list", no_database, {"DATABASE_URL": away["app"]}, signal.SIGINT),
        "Kafka": Waiting("run worker", "broker_not_there_yet", {"KAFKA": nobody}),
        "Kafka that hangs": Waiting("run worker", "started", {"KAFKA": mute}),
        "lock of another migrator": Waiting("migrate", "", {}),
    }


def leading(nobody: str, mute: str) -> dict[str, Waiting]:
    """The waits of a relay that leads, of which there is one at a time."""
    return {
        "Kafka of a relay": Waiting("run relay", "relay_interrupted", {"KAFKA": nobody}),
        "Kafka of a relay that hangs": Waiting("run relay", "started", {"KAFKA": mute}),
        "registry": Waiting("run relay", "relay_leads", {"REGISTRY": f"http://{mute}"}),
    }


def _moved(dsn: str, place: str) -> str:
    """The same role and database elsewhere."""
    return f"{dsn.rpartition('@')[0]}@{place}/{dsn.rpartition('/')[2]}"


async def launched(place: World, waiting: Waiting, log: Path) -> asyncio.subprocess.Process:
    """The command as a process, with all that it needs but what its wait is about."""
    config = place.settings("monitoring")
    plain = {"KAFKA": config.kafka, "REGISTRY": config.registry, "TOPIC_PREFIX": place.prefix, "SITE_KEY": "for tests"}
    plain |= {"JWKS_FILE": str(place.issuer.jwks_file), "PORT": str(free_port())}
    mine = place.database["monitoring"]
    urls = {"DATABASE_URL": mine["app"], "MIGRATOR_URL": mine["migrator"]}
    given = {f"SHOUWANG_{name}": value for name, value in (plain | urls | waiting.settings).items()}
    with log.open("wb") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.monitoring",
            *waiting.command.split(),
            cwd=REPOSITORY,
            env=os.environ | given,
            stdout=out,
            stderr=out,
        )


@asynccontextmanager
async def held(place: World, *locks: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else has these locks."""
    conn = await asyncpg.connect(place.database["monitoring"]["superuser"])
    for lock in locks:
        await conn.execute("SELECT pg_advisory_lock(hashtext($1))", lock)
    yield conn
    await conn.close()


async def blocked(place: World, name: str) -> bool:
    """Whether a session waits for the migrators' lock, or a relay stands by."""
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND objid::bigint = hashtext('migrate')::bigint & 4294967295"
    stands_by = "SELECT 1 FROM pulse WHERE job = 'relay_standby'"
    return bool(await place.sql("monitoring", waits if name == "lock of another migrator" else stands_by))


async def test_a_process_ends_in_order_within_the_grace_time_wherever_it_waits(place: World, tmp_path: Path) -> None:
    runtime = await place.open(SERVICE)
    await place.topics(*SERVICE.own, *SERVICE.followed)
    to_be_sent = """INSERT INTO outbox (topic, key, headers, schema_fp, data)
        SELECT 'monitoring.events.v1', gen_random_uuid()::text, '{}', $1, ''"""
    await place.sql("monitoring", to_be_sent, runtime.codec.latest[SERVICE.own[0]].fp)
    ends: dict[str, tuple[int, bool]] = {}

    async def ended(name: str, waiting: Waiting) -> None:
        log = tmp_path / f"{name}.log"
        process = await launched(place, waiting, log)
        place.stack.callback(_killed, process)  # when the test ends before it does
        await place.until(lambda: _waits(log, waiting.event, process))
        if name.startswith("lock of another "):
            await place.until(lambda: blocked(place, name))
        since = time.monotonic()
        process.send_signal(waiting.number)
        ends[name] = (await process.wait(), time.monotonic() - since < GRACE)
        assert not {"Traceback", "cut_off", "role_ended"} & set(re.findall(r"\w+", log.read_text())), log.read_text()

    async def one_after_the_other(kinds: dict[str, Waiting]) -> None:
        for name, waiting in kinds.items():
            await ended(name, waiting)
        async with held(place, "relay"):
            await ended("lock of another relay", Waiting("run relay scheduler", "started", {}, signal.SIGINT))

    with silent() as mute:
        kinds, leaders = waits(place.database["monitoring"], "127.0.0.1:1", mute), leading("127.0.0.1:1", mute)
        async with held(place, "migrate"):
            await asyncio.gather(one_after_the_other(leaders), *[ended(*kind) for kind in kinds.items()])
    codes = {name: 0 if w.command.startswith("run") else 128 + w.number for name, w in (kinds | leaders).items()}
    assert ends == {name: (code, True) for name, code in codes.items()} | {"lock of another relay": (0, True)}


async def _waits(log: Path, event: str, process: asyncio.subprocess.Process) -> bool:
    assert process.returncode is None, log.read_text()
    if event:
        return any(json.loads(line)["event"] == event for line in log.read_text().splitlines() if line.startswith("{"))
    caught = Path(f"/proc/{process.pid}/status").read_text().partition("SigCgt:")[2].split()[0]
    return bool(int(caught, 16) & 1 << signal.SIGTERM - 1)  # it says nothing of this wait, and is in it once it listens


def _killed(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
