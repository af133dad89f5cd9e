"""Processes that have loaded whatever reads a list, and fork for each file: to load it takes longer than to read most files.

A process that was made ready has met no file, knows no key and no setting or secret of the environment. Each file is read by a fork of it
(`reading_child.py`), which takes its bytes, confines itself and ends with it: nothing of one file is there when the next one is read.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

Process = asyncio.subprocess.Process
ROOT = Path(__file__).resolve().parents[3]
KNOCK = b"\n"  # a file comes
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME")  # of the environment, which has secrets


class Nursery:
    """Processes that wait for files; one for each file that is read at the same time, kept until the nursery closes."""

    def __init__(self) -> None:
        self._idle: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._idle:
            await _end(self._idle.pop())

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Process]:
        """A process of which a fork waits for one file at its input. Where that raises, or is cancelled, nobody knows what is left of it:
        process and fork are ended, and whoever comes next has another one."""
        process = self._ready() or await _start()
        try:
            assert process.stdin
            process.stdin.write(KNOCK)
            yield process
        except BaseException:
            await _end(process)
            raise
        self._idle.append(process)

    def _ready(self) -> Process | None:
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
        return None


async def _start() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.matching.intake.reading_child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        start_new_session=True,  # what it forks ends with it
    )


async def _end(process: Process) -> None:
    """End a process with whatever it forked."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
