"""Where the servers come from: named, containers, or local packages; whichever it is is said in a line, and so is why not."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local import postgres, resolve
from deploy.local.part import REPOSITORY
from deploy.local.resolve import Backend, BackendError, backend

pytestmark = [pytest.mark.server, pytest.mark.long]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data directory below the checkout, as the real one is."""
    data = Path(".local/test/backends").resolve()
    yield data
    postgres.forget(data / "postgres")
    shutil.rmtree(data, ignore_errors=True)


async def lasting(url: str) -> bool:
    """Whether PostgreSQL answers, and a commit waits for the disk."""
    conn = await asyncpg.connect(url)
    try:
        return bool(await conn.fetchval("SHOW fsync") == "on")
    finally:
        await conn.close()


def test_a_docker_client_without_an_engine_is_seen_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\nexec sleep 60\n")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    begun = time.monotonic()
    assert not resolve.docker_answers()
    assert time.monotonic() - begun < 30, "the client rests for a minute"


def test_servers_named_in_the_environment_come_first_and_only_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOUWANG_TEST_REGISTRY", "b")
    monkeypatch.setenv("SHOUWANG_TEST_POSTGRES", "c")
    monkeypatch.delenv("SHOUWANG_TEST_KAFKA", raising=False)
    with pytest.raises(BackendError, match="set all of"), backend(tmp_path):
        pass
    monkeypatch.setenv("SHOUWANG_TEST_KAFKA", "a:1")
    with backend(tmp_path) as urls:
        assert (urls.kafka, urls.registry, urls.postgres) == ("a:1", "b", "c")
    assert "from the environment" in capsys.readouterr().err


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A Docker client whose engine answers, and says this to everything else: a program, as the real one is."""
    for name in ("KAFKA", "REGISTRY", "POSTGRES"):
        monkeypatch.delenv(f"SHOUWANG_TEST_{name}", raising=False)
    monkeypatch.delenv("SHOUWANG_BACKEND", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def says(script: str) -> None:
        client = tmp_path / "docker"
        client.write_text(f'#!/bin/sh\ncase "$1" in version) echo 27.0 ;; {script} esac\n')
        client.chmod(0o755)

    return says


ABSENT = "image) echo 'No such image' >&2; exit 1 ;;"
BLOCKED = f"{ABSENT} pull) printf 'Trying to pull\\nGet https://registry-1.docker.io/v2/: connection refused\\n' >&2; exit 1 ;;"
CANNOT = "cannot have postgres:18: Get https://registry-1.docker.io/v2/: connection refused"


def test_an_engine_that_cannot_have_the_images_is_one_line_and_local_packages(
    engine: Callable[[str], None], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine(BLOCKED)
    with backend(folder) as urls:
        assert asyncio.run(lasting(urls.postgres))
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == [
        "servers: the Docker engine fetches postgres:18, once",
        f"servers: local packages (a Docker engine answers, but {CANNOT})",
    ]


def test_containers_that_were_asked_for_and_cannot_be_had_are_an_error_of_one_line(
    engine: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(BLOCKED)
    with (
        pytest.raises(BackendError, match=re.escape(f"no containers: a Docker engine answers, but {CANNOT}")),
        backend(tmp_path, wanted=Backend.CONTAINERS),
    ):
        pass
    monkeypatch.setattr(resolve, "PULL", 0.2)
    engine(f"{ABSENT} pull) exec sleep 60 ;;")  # a registry that swallows what is sent to it
    with (
        pytest.raises(BackendError, match="cannot have postgres:18: no answer within 0 s"),
        backend(tmp_path, wanted=Backend.CONTAINERS),
    ):
        pass
    monkeypatch.setenv("SHOUWANG_BACKEND", "containres")
    with pytest.raises(BackendError, match="SHOUWANG_BACKEND is one of auto, local, containers, not containres"), backend(tmp_path):
        pass


def test_make_up_without_servers_ends_with_a_line(engine: Callable[[str], None], tmp_path: Path) -> None:
    engine(BLOCKED)
    given = os.environ | {"SHOUWANG_LOCAL": str(tmp_path / "data")}
    command = [sys.executable, "-m", "deploy.sandbox", "demo", "--backend", "containers"]
    done = subprocess.run(command, cwd=REPOSITORY, env=given, capture_output=True, text=True, check=False)
    assert (
        done.returncode,
        "Traceback" in done.stderr,
        f"no servers: no containers: a Docker engine answers, but {CANNOT}" in done.stderr,
    ) == (1, False, True)
