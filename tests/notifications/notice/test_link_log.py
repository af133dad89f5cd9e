"""What a process prints of a request by a signed link: the link would still serve whoever reads the log, so it does not stand there."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from deploy.local.part import REPOSITORY
from deploy.local.stack import free_port
from deploy.processes import answers
from services.notifications.notice.ack_link import Linked, Links
from services.notifications.service import SERVICE
from services.shell.http import common_api
from services.shell.http.openapi import routed, shown
from tests.world import SITE_KEY, World


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/notices/0198c1de-0003-7000-8000-000000000001/accept", "/notices/0198c1de-0003-7000-8000-000000000001/accept"),
        ("/notices/AQIDBAUG/accept", "/notices/{notice_id}/accept"),
        ("/a/AQIDBAUG", "/a/{token}"),
        ("/a/AQIDBAUG/", "unknown"),
        ("/b/AQIDBAUG", "unknown"),
        ("/boards.xlsx", "/boards.xlsx"),
        ("/openapi.json", "/openapi.json"),
    ],
)
def test_of_a_path_the_log_shows_the_route_and_ids(path: str, logged: str) -> None:
    assert shown(routed(SERVICE, common_api.router), path)[1] == logged


async def test_no_line_of_the_log_carries_a_link(place: World, tmp_path: Path) -> None:
    await place.open(SERVICE)
    notice, port = uuid4(), free_port()
    token = Links(SITE_KEY).give(Linked(notice, "MZ:533401"), int(time.time()) + 3600)
    process, printed = api(place, tmp_path, port)
    try:
        await place.until(lambda: _is(answers(port, "livez")))
        base = f"http://127.0.0.1:{port}"
        assert await status("GET", f"{base}/a/{token}") == 404
        assert await status("GET", f"{base}/a/{token}/") == 404
        await place.sql("notifications", "ALTER TABLE views.notice RENAME TO gone")
        for method in ("GET", "POST"):
            assert await status(method, f"{base}/a/{token}") == 500
        bearer = {"Authorization": f"Bearer {place.issuer.token('mz', 'MZ', '533401', ['official'])}"}
        assert await status("GET", f"{base}/notices/{notice}", **bearer) == 500
    finally:
        process.terminate()
        assert process.wait(25) == 0
    lines = [json.loads(line) for line in printed.read_text().splitlines()]
    failed = [line["path"] for line in lines if line["event"] == "request_failed"]
    assert failed == ["/a/{token}", "/a/{token}", f"/notices/{notice}"]
    told = [
        (line["method"], line["route"], line["status"], line.get("code"), line.get("office"))
        for line in lines
        if line["event"] == "request" and line["path"] != "/livez"
    ]
    assert told == [
        ("GET", "/a/{token}", 404, "notice_unknown", None),
        ("GET", "unknown", 404, "not_found", None),
        ("GET", "/a/{token}", 500, "internal_error", None),
        ("POST", "/a/{token}", 500, "internal_error", None),
        ("GET", "/notices/{notice_id}", 500, "internal_error", "MZ:533401"),
    ]
    assert token not in printed.read_text()


def api(place: World, folder: Path, port: int) -> tuple["subprocess.Popen[bytes]", Path]:
    """The service's doors as a process of its own; and the file that it prints to."""
    settings = {
        "DATABASE_URL": place.database["notifications"]["app"],
        "SITE_KEY": SITE_KEY,
        "JWKS_FILE": place.issuer.jwks_file,
        "KAFKA": place.urls.kafka,
        "REGISTRY": place.urls.registry,
        "PORT": port,
        "PROFILE": "development",
        "LOG_LEVEL": "DEBUG",
    }
    printed = folder / "api.log"
    with printed.open("wb") as out:
        command = [sys.executable, "-m", "services.notifications", "run", "api"]
        environment = os.environ | {f"SHOUWANG_{name}": str(value) for name, value in settings.items()}
        return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=out, stderr=out), printed


async def status(method: str, url: str, **headers: str) -> int:
    """What a request is answered, on a connection of its own."""
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers) as answer:
        return answer.status


async def _is(value: Any) -> Any:
    return value
