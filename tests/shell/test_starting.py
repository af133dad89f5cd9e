"""A process that cannot begin says why in a line, and one whose standard streams are closed begins all the same."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.part import REPOSITORY
from services.monitoring.service import SERVICE
from tests.shell.test_stopping import Waiting, launched
from tests.world import World

pytestmark = pytest.mark.server


async def test_a_port_that_is_taken_ends_the_process_with_a_line(place: World, tmp_path: Path) -> None:
    await place.open(SERVICE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = await launched(place, Waiting("run api", "", {"PORT": port}), tmp_path / "log")
        assert await process.wait() == 1
    said = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (ended,) = [line for line in said if line["event"] == "role_ended"]
    assert (ended["job"], f"nothing can be served at 127.0.0.1:{port}" in ended["error"]) == ("api", True)
    assert said[-1]["event"] == "stopped", "and nothing of exceptions that nobody asked for"


async def test_a_process_whose_standard_streams_are_closed_works_all_the_same(place: World) -> None:
    """The first socket of its loop would be one of them, and the loop ends a process that closes such a one."""
    await place.open(SERVICE)
    config = place.settings("monitoring")
    given = {"DATABASE_URL": place.database["monitoring"]["app"], "SITE_KEY": "for tests", "KAFKA": config.kafka}
    closed = ["sh", "-c", 'exec "$0" -m services.monitoring letters list <&- >&- 2>&-', sys.executable]
    env = os.environ | {f"SHOUWANG_{name}": value for name, value in given.items()}
    done = await asyncio.to_thread(subprocess.run, closed, cwd=REPOSITORY, env=env, timeout=60, check=False)
    assert done.returncode == 0
