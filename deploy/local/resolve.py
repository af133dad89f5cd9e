"""Which real servers tests and the demo use: those named in the environment, containers, or the local stack. Never silently.

SHOUWANG_BACKEND, or an option of the command, chooses: `local`, `containers`, or `auto` (containers where an engine answers and has the
images or can have them, else local packages). A registry of images that cannot be reached is usual; it costs one line and no more.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path

from deploy.local.downloads import DownloadError
from deploy.local.part import NotReadyError
from deploy.local.stack import Stack, Urls, default_data

_NAMES = ("SHOUWANG_TEST_KAFKA", "SHOUWANG_TEST_REGISTRY", "SHOUWANG_TEST_POSTGRES")
IMAGES = ("postgres:18", "apache/kafka:4.4.0", "apicurio/apicurio-registry:3.3.3")
PULL = 300.0  # seconds for each image; an engine that is cut off from its registry may try for much longer

__all__ = ["Backend", "BackendError", "Urls", "backend"]


class Backend(StrEnum):
    """Where servers come from when the environment names none."""

    AUTO = "auto"
    LOCAL = "local"
    CONTAINERS = "containers"


class BackendError(Exception):
    """The servers that were asked for cannot be had; the message says why, in one line."""


def chosen() -> Backend:
    """What SHOUWANG_BACKEND says. Raises `BackendError`."""
    said = os.environ.get("SHOUWANG_BACKEND") or Backend.AUTO
    try:
        return Backend(said)
    except ValueError:
        raise BackendError(f"SHOUWANG_BACKEND is one of {', '.join(Backend)}, not {said}") from None


@contextmanager
def backend(data: Path, cache: Path | None = None, wanted: Backend | None = None, lasting: bool = True) -> Iterator[Urls]:
    """Real Kafka, registry and PostgreSQL, and a line on stderr that says which were taken. Raises `BackendError`.

    Where nothing has to be `lasting` (a test, a rehearsal), servers that are started here do not wait for the disk.
    """
    given = [os.environ.get(name, "") for name in _NAMES]
    if any(given):
        if not all(given):
            raise BackendError(f"set all of {', '.join(_NAMES)}, or none")
        _say("from the environment")
        yield Urls(*given)
        return
    wanted = wanted or chosen()
    with ExitStack() as running:
        why = "" if wanted is Backend.LOCAL else _why_no_containers()
        if wanted is not Backend.LOCAL and not why:
            try:
                urls = running.enter_context(_containers(lasting))
            except Exception as error:  # whatever an engine says that has the images and cannot run them
                why = f"a Docker engine answers, but containers do not start: {_line(error)}"
        if wanted is Backend.CONTAINERS and why:
            raise BackendError(f"no containers: {why}")
        if wanted is Backend.LOCAL or why:
            _say("local packages" + (f" ({why})" if why else ""))
            urls = running.enter_context(_local(data, cache or default_data() / "cache", lasting))
        yield urls


@contextmanager
def _containers(lasting: bool) -> Iterator[Urls]:
    from deploy.local.containers import containers

    with containers(lasting) as urls:
        _say("containers")
        yield urls


@contextmanager
def _local(data: Path, cache: Path, lasting: bool) -> Iterator[Urls]:
    stack = Stack(data, cache, lasting=lasting)
    try:
        stack.start()
    except (NotReadyError, DownloadError) as error:
        raise BackendError(str(error)) from None
    try:
        yield stack.urls
    finally:
        stack.stop()


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def _say(which: str) -> None:
    print(f"servers: {which}", file=sys.stderr)


def docker_answers() -> bool:
    """Whether an engine is there; a client alone is not enough."""
    return bool(shutil.which("docker")) and not _docker("version", "--format", "{{.Server.Version}}", seconds=1.5)


def _why_no_containers() -> str:
    """Why the servers cannot be containers; empty when they can. Fetches the images that the engine does not have."""
    if not docker_answers():
        return "no Docker engine answers"
    from testcontainers.core.config import testcontainers_config

    for image in (*IMAGES, testcontainers_config.ryuk_image):  # the last one removes what a killed test leaves
        if _docker("image", "inspect", image, seconds=10):
            _say(f"the Docker engine fetches {image}, once")
            if failed := _docker("pull", "--quiet", image, seconds=PULL):
                return f"a Docker engine answers, but cannot have {image}: {failed}"
    return ""


def _docker(*command: str, seconds: float) -> str:
    """Why a command of the Docker client failed, in one line; empty when it did not."""
    try:
        done = subprocess.run(["docker", *command], capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {seconds:.0f} s"
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines()
    return said[-1][:300] if said else f"it ended with {done.returncode}"
