"""The sample subscribers as processes: each prints what was published, once, also after a kill; its reply shows in the notice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.local.downloads import compiler_classpath, java, subscriber_classpath
from deploy.local.stack import default_data
from deploy.topics import listed
from services.notifications.agency_reply.events import AgencyReply
from tests.notifications.desk import Desk
from tests.notifications.samples import PLAN
from tests.world import World

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
NOTICES, REPLIES = "agency.mz.533401.notices.v1", "agency.mz.533401.replies.v1"


@pytest.fixture(scope="module", params=["python", "java"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command line of a sample."""
    if request.param == "python":
        return [sys.executable, str(SAMPLES / "python" / "subscriber.py")]
    return compiled(tmp_path_factory.mktemp("java"))


def compiled(folder: Path) -> list[str]:
    """The Java sample, compiled for the oldest Java it promises to run on, without a warning."""
    cache = default_data() / "cache"
    libraries = subscriber_classpath(cache)
    compiler = [java(), "-cp", compiler_classpath(cache), "org.eclipse.jdt.internal.compiler.batch.Main"]
    options = ["-source", "17", "-target", "17", "-proc:none", "-failOnWarning", "-d", str(folder), "-cp", libraries]
    done = subprocess.run(
        [*compiler, *options, str(SAMPLES / "java" / "Subscriber.java")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return [java(), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{libraries}:{folder}", "Subscriber"]


async def started(command: list[str], place: World, folder: Path) -> Any:
    """The sample, told where everything is."""
    given = {
        "BOOTSTRAP": place.urls.kafka,
        "REGISTRY": place.urls.registry,
        "NOTICES": place.prefix + NOTICES,
        "REPLIES": place.prefix + REPLIES,
        "GROUP": place.prefix + "office",
        "SEEN": str(folder / "seen.txt"),
    }
    return await asyncio.create_subprocess_exec(*command, env=os.environ | given, stdout=asyncio.subprocess.PIPE)


def line(row: Any) -> Any:
    """What a sample prints of a notice, from the notice's own row."""
    told = {name: row[name] for name in ("notice_id", "subject_id", "person_id", "severity", "text", "acknowledge_by", "stage")}
    told |= {"kind": row["cause_type"], "division": row["subject_division"], "trail": []}
    return json.loads(json.dumps(told, default=str))


async def noted(folder: Path, notice_id: Any) -> bool:
    """Whether the sample has remembered the notice."""
    seen = folder / "seen.txt"
    return seen.exists() and str(notice_id) in seen.read_text(encoding="utf-8").split()


async def test_a_sample_prints_each_notice_once_across_a_kill_and_takes_note(
    place: World, sample: list[str], tmp_path: Path
) -> None:
    desk = await Desk(place).open()
    await desk.runtime.registry.register(place.prefix + REPLIES, desk.runtime.codec.latest[AgencyReply], released=False)
    assert REPLIES in {t.name for t in listed()}
    printed = []
    for subject in ("case", "another case"):
        await desk.happens(PLAN, subject)
        (row,) = await desk.notices(subject, 1)
        process = await started([*sample, "--acknowledge"], place, tmp_path)
        printed.append((json.loads(await asyncio.wait_for(process.stdout.readline(), 60)), line(row)))
        await desk.notices(subject, 1, state="ACKNOWLEDGED")
        await place.until(partial(noted, tmp_path, row["notice_id"]))
        process.send_signal(signal.SIGKILL)
        assert await process.stdout.read() == b""
        await process.wait()
    assert [said for said, _ in printed] == [told for _, told in printed]
    assert len((tmp_path / "seen.txt").read_text().split()) == 2
