"""One server of the stack: a command under a keeper, a log file, and a question that tells whether it is ready."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


class NotReadyError(Exception):
    """A server ended or did not answer in time; the message names its log."""


def command_line(pid: int) -> str:
    """What the process was started with; empty when there is none. A number may be somebody else's by now."""
    if Path("/proc/self").exists():
        with contextlib.suppress(FileNotFoundError):
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return ""
    return subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


@dataclass
class Part:
    """`stop_with` is the signal of an orderly stop; `user` runs it as somebody else (needed for PostgreSQL under root).

    `holds` are file descriptors the keeper keeps open as long as it lives: the lock on the data directory.
    """

    name: str
    command: list[str]
    log: Path
    ready: Callable[[], bool]
    stop_with: str = "SIGTERM"
    user: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    grace: float = 20
    holds: tuple[int, ...] = ()
    _keeper: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether the keeper still runs."""
        return self._keeper is not None and self._keeper.poll() is None

    def launch(self) -> None:
        """Start without waiting."""
        if self.alive:
            return
        self.terminate()  # close what is left of one that ended by itself
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file.unlink(missing_ok=True)
        keeper = [
            sys.executable,
            "-m",
            "deploy.local.keeper",
            self.stop_with,
            str(self.grace),
            self.user,
            str(self._pid_file),
            "--",
        ]
        with self.log.open("ab") as out:
            self._keeper = subprocess.Popen(
                [*keeper, *self.command],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                cwd=REPOSITORY,
                env={**os.environ, **self.environment},
                pass_fds=self.holds,
            )

    def await_ready(self, seconds: float = 60) -> None:
        """Wait until it answers. Raises `NotReadyError`."""
        end = time.monotonic() + seconds
        while not (self._pid_file.exists() and self.ready()):
            if not self.alive:
                raise NotReadyError(f"{self.name} ended; see {self.log}")
            if time.monotonic() > end:
                raise NotReadyError(f"{self.name} does not answer after {seconds:.0f} s; see {self.log}")
            time.sleep(0.05)

    def start(self) -> None:
        """Start and wait until it answers."""
        try:
            self.launch()
            self.await_ready()
        except BaseException:
            self.terminate()
            raise

    def ask(self) -> None:
        """Ask for an orderly stop without waiting for it."""
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()

    def terminate(self) -> None:
        """Orderly stop; returns when it is gone."""
        self.ask()
        if self._keeper is not None:
            self._keeper.wait()
            self._keeper = None

    def kill(self) -> None:
        """The machine pulls the plug: SIGKILL for the server."""
        self.signalled("SIGKILL")

    def signalled(self, name: str) -> None:
        """Send the server a signal of its own (e.g. SIGQUIT: PostgreSQL's immediate stop) and wait for its end."""
        if self.alive and self._keeper is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
                os.kill(int(self._pid_file.read_text()), signal.Signals[name])
            self._keeper.wait()
            self.terminate()

    @property
    def _pid_file(self) -> Path:
        return self.log.with_suffix(".pid")
