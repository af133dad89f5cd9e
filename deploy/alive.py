"""Does a service process get on with its work? `python -m deploy.alive [PID]` ends with 0 if it does; if not, with 1 and a line.

The health check of relay, worker and scheduler. Every few seconds a process writes into a file which of its jobs are late
(`services/engine/health/pulse.py`); a file that is missing or old means a process that has not begun, hangs or is gone. A connection says
nothing: a job that stands still holds one, too. Standard library only, so that it starts at once.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

FRESH = 30.0  # seconds; a living process writes more often


def place(pid: int) -> Path:
    """Where the process with this id writes."""
    return Path(tempfile.gettempdir(), f"shouwang-pulse-{pid}.json")


def only() -> Path:
    """Where the one service process of a container writes."""
    return max(Path(tempfile.gettempdir()).glob("shouwang-pulse-*.json"), key=lambda file: file.stat().st_mtime, default=place(0))


def trouble(file: Path) -> str:
    """Why the process that writes there does not get on; empty if it does."""
    try:
        told = json.loads(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return "it has not begun to work"
    if not 0 <= time.monotonic() - told["at"] <= FRESH:  # the same clock for all processes since the machine started
        return "it has not been heard of"
    return ", ".join(f"{job} is {seconds:.0f} s late" for job, seconds in sorted(told["late"].items()))


if __name__ == "__main__":
    line = argparse.ArgumentParser("python -m deploy.alive", description=__doc__)
    line.add_argument("pid", type=int, nargs="?", help="the process; without it a container's only one")
    asked = line.parse_args().pid
    found = trouble(only() if asked is None else place(asked))
    sys.exit(f"not alive: {found}" if found else 0)
