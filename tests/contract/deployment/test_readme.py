"""What the README shows is what happens: its subscriber, as it stands there, against what `make up` starts."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from deploy import databases, topics
from deploy.local.part import REPOSITORY
from deploy.local.stack import Urls
from tests.kernel.toy import VILLAGE

pytestmark = [pytest.mark.server, pytest.mark.long]
SHOWN = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)


async def sandbox(folder: Path, command: str) -> tuple[int, str]:
    """`make up`, `make down`: the command, with its data in a folder of its own."""
    given = os.environ | {"SHOUWANG_LOCAL": str(folder / ".local")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.sandbox", command, cwd=REPOSITORY, env=given, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


@pytest.fixture
async def up(registered: Urls, tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """What `make up` printed."""
    code, printed = await sandbox(tmp_path, "up")
    assert code == 0
    told = json.loads(printed)
    yield told
    assert await sandbox(tmp_path, "down") == (0, "down\n")
    await topics.drop(registered.kafka, told["topic_prefix"])
    await databases.drop(registered.postgres, told["topic_prefix"].replace(".", "_"))


async def post(up: dict[str, Any], path: str, body: Any) -> Any:
    """Ask monitoring as the README's reader would: with the token that was printed."""
    headers = {"Authorization": f"Bearer {up['token']}", "Idempotency-Key": str(uuid4())}
    url = up["services"]["monitoring"] + path
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as answer:
        told = await answer.json(content_type=None)
        assert answer.status < 300, told
        return told


async def test_the_subscriber_of_the_readme_prints_a_notice_from_what_make_up_started(up: dict[str, Any], tmp_path: Path) -> None:
    (code,) = SHOWN
    reading = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-c", code, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert reading.stdout
    household = await post(up, "/households", {"division": VILLAGE, "members": [str(uuid4())]})
    await post(up, f"/households/{household['id']}/visits", {"housing_safe": False})
    try:
        line = (await asyncio.wait_for(reading.stdout.readline(), 60)).decode()
    finally:
        reading.kill()
        await reading.communicate()
    assert "'kind': 'RiskDetected'" in line, line
