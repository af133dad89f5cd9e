"""Runs one command and never leaves it behind: `python -m deploy.local.keeper SIGNAL GRACE USER PIDFILE -- command …`.

Its standard input is a pipe that only its parent holds. When the parent ends, however it ends, the pipe closes, and the command gets
SIGNAL, then after GRACE seconds SIGKILL. If the keeper itself is killed, Linux kills the command (PR_SET_PDEATHSIG). Standard library
only, so that it starts at once.
"""

import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from types import FrameType

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """In the child, before exec: be killed when the keeper dies. Elsewhere than on Linux the pipe alone must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def keep(stop_with: signal.Signals, grace: float, user: str, pid_file: str, command: list[str]) -> int:
    """Run until the command ends (its exit code) or the pipe closes or a signal comes (0)."""
    asked = False

    def ask(_: int, __: FrameType | None) -> None:
        nonlocal asked
        asked = True

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, ask)
    who = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent, **who)  # type: ignore[call-overload]
    with open(pid_file, "w") as out:
        out.write(str(child.pid))
    while child.poll() is None and not asked:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], 0.2)
        if readable and not os.read(sys.stdin.fileno(), 1):
            break
    if child.poll() is not None:
        return int(child.returncode)
    child.send_signal(stop_with)
    end = time.monotonic() + grace
    while child.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return 0


if __name__ == "__main__":
    sys.exit(keep(signal.Signals[sys.argv[1]], float(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[6:]))
