"""Which real servers tests and the demo use: those named in the environment, containers, or the local stack. Never silently."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.stack import Stack, Urls, default_data

_NAMES = ("SHOUWANG_TEST_KAFKA", "SHOUWANG_TEST_REGISTRY", "SHOUWANG_TEST_POSTGRES")

__all__ = ["Urls", "backend"]


@contextmanager
def backend(data: Path, cache: Path | None = None) -> Iterator[Urls]:
    """Real Kafka, registry and PostgreSQL, and a line on stderr that says which were taken."""
    given = [os.environ.get(name, "") for name in _NAMES]
    if any(given):
        if not all(given):
            raise RuntimeError(f"set all of {', '.join(_NAMES)}, or none")
        print("servers: from the environment", file=sys.stderr)
        yield Urls(*given)
    elif docker_answers():
        print("servers: containers", file=sys.stderr)
        from deploy.local.containers import containers

        with containers() as urls:
            yield urls
    else:
        print("servers: local packages (no Docker engine answers)", file=sys.stderr)
        with Stack(data, cache or default_data() / "cache") as stack:
            yield stack.urls


def docker_answers() -> bool:
    """Whether an engine is there; a client alone is not enough."""
    if not shutil.which("docker"):
        return False
    try:
        asked = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, timeout=1.5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
