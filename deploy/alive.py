"""Is a service process without an HTTP endpoint of its own connected? `python -m deploy.alive [PID]` ends with 0 if it is, with 1 if not.

The health check of relay, worker and scheduler: they hold a connection to their database or broker as long as they work, and have
none while they wait for it. It says nothing about progress; the worker's own watchdog ends the process when that stops.
Standard library and Linux only.
"""

import argparse
import os
import sys
from pathlib import Path

_ESTABLISHED = "01"


def connected(pid: int) -> bool:
    """Whether the process holds an established TCP connection. Raises OSError for a process that is gone or somebody else's."""
    mine = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    tables = [Path(f"/proc/{pid}/net/{name}").read_text(encoding="ascii").splitlines()[1:] for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table]
    return any(row[3] == _ESTABLISHED and f"socket:[{row[9]}]" in mine for row in rows)


if __name__ == "__main__":
    line = argparse.ArgumentParser("python -m deploy.alive", description=__doc__)
    line.add_argument("pid", type=int, nargs="?", default=1, help="the process; 1 is a container's only one")
    sys.exit(0 if connected(line.parse_args().pid) else 1)
