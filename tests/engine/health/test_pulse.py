"""A job that says nothing more stands still, whoever asks: the container's health check, or `/readyz`."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from deploy import alive
from deploy.local.part import REPOSITORY
from services.engine.health import pulse
from services.engine.health.backlog import Backlog
from services.engine.health.pulse import Pulse
from services.engine.loop import looped
from tests.kernel import toy
from tests.world import World


def test_a_job_is_late_when_it_has_not_got_on_in_its_time_and_no_more_once_it_has() -> None:
    beating = Pulse()
    beating.beat("relay", 60)
    beating.beat("worker", -5)
    assert [*beating.late()] == ["worker"]
    beating.note("worker", waiting=1)
    assert [*beating.late()] == ["worker"], "to tell something is not to get on"
    beating.beat("worker", 60)
    assert beating.late() == {}
    beating.beat("relay", -5)
    beating.end("relay")
    assert beating.late() == {}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (None, "it has not begun to work"),
        ("{{", "it has not begun to work"),
        ('{{"at": {old}, "late": {{}}}}', "it has not been heard of"),
        ('{{"at": {ahead}, "late": {{}}}}', "it has not been heard of"),
        ('{{"at": {now}, "late": {{"worker": 71.2, "fanout": 5}}}}', "fanout is 5 s late, worker is 71 s late"),
        ('{{"at": {now}, "late": {{}}}}', ""),
    ],
)
def test_the_health_check_says_why_a_process_does_not_get_on(told: str | None, why: str) -> None:
    file = alive.place(2**30 + os.getpid())
    if told is not None:
        now = time.monotonic()
        file.write_text(
            told.format(now=now, old=now - alive.FRESH - 1, ahead=now + 3600)
        )  # ahead: of a machine that was started anew
    try:
        assert alive.trouble(file) == why
    finally:
        file.unlink(missing_ok=True)


def test_without_a_number_it_is_the_process_that_wrote_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert alive.trouble(alive.only()) == "it has not begun to work"
    for age, pid in enumerate((7, 8)):
        alive.place(pid).write_text(json.dumps({"at": time.monotonic(), "late": {f"job {pid}": 9}}))
        os.utime(alive.place(pid), (1000 - age, 1000 - age))
    assert alive.trouble(alive.only()) == "job 7 is 9 s late"


async def test_a_process_tells_its_file_and_its_database_and_takes_the_file_along(place: World) -> None:
    runtime = await place.open(toy.COUNTED, toy.MIGRATION)
    runtime.pulse.beat("relay", 60, held_back=["a"])
    telling = asyncio.create_task(pulse.run(runtime.pulse, runtime.pool))
    stored = "SELECT job, late > 0 AS late, figures FROM pulse ORDER BY job"
    (row,) = await place.until(lambda: place.sql("certificates", stored))
    assert (row["job"], row["late"], json.loads(row["figures"])) == ("relay", False, {"held_back": ["a"]})
    assert alive.trouble(alive.place(os.getpid())) == ""
    runtime.pulse.end("relay")
    runtime.pulse.beat("fanout", -10)  # a new job is told at once
    one_alone = "SELECT job FROM pulse WHERE late > 0 AND (SELECT count(*) FROM pulse) = 1"
    assert [row["job"] for row in await place.until(lambda: place.sql("certificates", one_alone))] == ["fanout"]
    check = [sys.executable, "-m", "deploy.alive", str(os.getpid())]
    done = await asyncio.to_thread(subprocess.run, check, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"not alive: fanout is [0-9]+ s late\n", done.stderr)
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    assert alive.trouble(alive.place(os.getpid())) == "it has not begun to work"


@pytest.mark.parametrize("fault", [OSError(), ValueError()])
async def test_a_loop_that_only_fails_is_late(fault: Exception) -> None:
    beating, failed, well = Pulse(), asyncio.Event(), asyncio.Event()

    async def look() -> int:
        if well.is_set():
            return 0
        failed.set()
        raise fault

    running = asyncio.create_task(looped("toy", look, 0.01, again=0.01, fault=0.01, pulse=beating))
    await failed.wait()
    beating.beat("toy", -1)
    failed.clear()
    await failed.wait()
    assert [*beating.late()] == ["toy"]
    well.set()
    async with asyncio.timeout(5):
        while beating.late():  # noqa: ASYNC110 - the loop beats, and rings nothing
            await asyncio.sleep(0.01)
    running.cancel()


def test_a_backlog_says_since_when_something_waits_and_nothing_has_moved() -> None:
    backlog, one, two = Backlog(), ("t", 0), ("t", 1)
    backlog.look({one: (5, 0), two: (7, 0)}, 100)
    assert backlog.figures(100) == {"waiting": 0, "behind_seconds": 0, "still_seconds": 0}
    backlog.look({one: (5, 3), two: (7, 2)}, 110)
    backlog.look({one: (6, 2), two: (7, 2)}, 120)
    assert backlog.figures(125) == {"waiting": 4, "behind_seconds": 15, "still_seconds": 15}
    backlog.look({one: (6, 2), two: (9, 0)}, 130)
    assert backlog.figures(130) == {"waiting": 2, "behind_seconds": 20, "still_seconds": 10}
    backlog.look({one: (8, 0), two: (9, 0)}, 140)
    assert backlog.figures(150) == {"waiting": 0, "behind_seconds": 0, "still_seconds": 0}


class Cancelled(Pulse):
    """The job is cancelled at the very moment in which a writing ends."""

    job: asyncio.Task[None]

    async def store(self, pool: Any, process: str) -> None:
        """See `Pulse`."""
        self.job.cancel()


async def test_a_cancellation_that_comes_as_a_writing_ends_is_heard() -> None:
    stopped = Cancelled()
    stopped.job = asyncio.create_task(pulse.run(stopped, None))  # type: ignore[arg-type]  # nothing is written
    await asyncio.wait({stopped.job}, timeout=2)
    assert stopped.job.cancelled()


async def test_a_disk_without_room_for_the_file_ends_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    stopped = Cancelled()
    stopped.job = asyncio.create_task(pulse.run(stopped, None))  # type: ignore[arg-type]  # nothing is written
    await asyncio.wait({stopped.job}, timeout=2)
    assert stopped.job.cancelled()
