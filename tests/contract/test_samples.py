"""The sample subscriber as a process of its own: prints what was published, once, also after a kill; its reply shows in the notice."""

import asyncio
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from deploy.topics import listed
from services.notifications.events import AgencyReply
from tests.notifications.test_answering_doors import Desk
from tests.notifications.test_notices import PLAN
from tests.world import World

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "python" / "subscriber.py"
NOTICES, REPLIES = "agency.mz.533401.notices.v1", "agency.mz.533401.replies.v1"


async def started(place: World, folder: Path, *flags: str) -> Any:
    """The sample, told where everything is."""
    given = {
        "BOOTSTRAP": place.urls.kafka, "REGISTRY": place.urls.registry, "NOTICES": place.prefix + NOTICES,
        "REPLIES": place.prefix + REPLIES, "GROUP": place.prefix + "office", "SEEN": str(folder / "seen.txt"),
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        sys.executable, str(SAMPLE), *flags, env=os.environ | given, stdout=asyncio.subprocess.PIPE
    )


async def noted(folder: Path, notice_id: Any) -> bool:
    """Whether the sample has remembered the notice."""
    seen = folder / "seen.txt"
    return seen.exists() and str(notice_id) in seen.read_text(encoding="utf-8").split()


async def test_the_sample_prints_each_notice_once_across_a_kill_and_takes_note(place: World, tmp_path: Path) -> None:
    desk = await Desk(place).open()
    await desk.runtime.registry.register(place.prefix + REPLIES, desk.runtime.codec.latest[AgencyReply])
    assert REPLIES in {t.name for t in listed()}
    printed = []
    for subject in ("case", "another case"):
        await desk.happens(PLAN, subject)
        (row,) = await desk.notices(subject, 1)
        process = await started(place, tmp_path, "--acknowledge")
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        printed.append((said["notice_id"], str(row["notice_id"])))
        await desk.notices(subject, 1, state="ACKNOWLEDGED")
        await place.until(partial(noted, tmp_path, row["notice_id"]))
        process.send_signal(signal.SIGKILL)
        assert await process.stdout.read() == b""
        await process.wait()
    assert [a for a, _ in printed] == [b for _, b in printed]
    assert len((tmp_path / "seen.txt").read_text().split()) == 2
