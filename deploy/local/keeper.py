"""Runs one command and never leaves it behind: `python -m deploy.local.keeper SIGNAL GRACE USER PIDFILE -- command …`.

Its standard input is a pipe that only its parent holds. When the parent ends, however it ends, the pipe closes, and the command
gets SIGNAL, then after GRACE seconds SIGKILL. If the keeper itself is killed, Linux kills the command (PR_SET_PDEATHSIG). It ends
only after everything the command started has ended, so whoever waits for it may start the same server again at once. Standard
library only, so that it starts at once.
"""

import contextlib
import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_LINUX = ctypes.CDLL(None) if sys.platform == "linux" else None


def _dying_with(keeper: int) -> Callable[[], None]:
    """In the child, before exec: be killed when the keeper dies. Elsewhere than on Linux the pipe alone must do."""

    def before_exec() -> None:
        if _LINUX is not None:
            _LINUX.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != keeper:  # it died between fork and prctl
                os._exit(1)

    return before_exec


def _sweep(group: int) -> None:
    """Kill and await what a dead command left: its process group and, on Linux, orphans of other groups (PostgreSQL's children)."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        with contextlib.suppress(OSError):
            for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
        try:
            os.waitpid(-1, 0 if _LINUX is None else os.WNOHANG)
        except ChildProcessError:
            return
        time.sleep(0.01)


def keep(stop_with: signal.Signals, grace: float, user: str, pid_file: str, command: list[str]) -> int:
    """Run until the command ends (its exit code) or the pipe closes or a signal comes (0)."""
    asked = False

    def ask(_: int, __: FrameType | None) -> None:
        nonlocal asked
        asked = True

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, ask)
    if _LINUX is not None:
        _LINUX.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    who: dict[str, Any] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    last = _dying_with(os.getpid())
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=last, **who)
    Path(f"{pid_file}.new").write_text(str(child.pid))
    os.replace(f"{pid_file}.new", pid_file)
    while child.poll() is None and not asked:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], 0.1)
        if readable and not os.read(sys.stdin.fileno(), 1):
            break
    code = child.poll()
    if code is None:
        child.send_signal(stop_with)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    _sweep(child.pid)
    return int(code or 0)


if __name__ == "__main__":
    if sys.argv[1:2] in (["-h"], ["--help"]):
        sys.stdout.write(f"usage: {__doc__}")
        sys.exit()
    sys.exit(keep(signal.Signals[sys.argv[1]], float(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[6:]))
