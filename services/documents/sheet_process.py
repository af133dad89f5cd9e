"""A file read in a process of its own, with limits: whatever its bytes do to a reader, they do it there.

A reader of sheets is large native code that meets bytes from outside; a file of 1,460 bytes can ask for 549 GB, and a process that cannot
have them ends. So the process that serves people reads none: it starts one that does, passes the bytes, waits so long and no longer, and
takes JSON. Blocking: call it in a thread, with no transaction open.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.documents.sheet_cell import Cell, unpacked
from services.kernel.errors import Malformed

_ROOT = Path(__file__).resolve().parents[2]
_MAX_ANSWER = 64 << 20  # bytes of one answer; the process keeps far below it, and one that does not is no reader of ours
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME")  # of the environment, which has secrets
_BROKEN = "文件已损坏，无法读取"
_LIMITED = (signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU)  # how a process ends that is refused memory or time


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: bytes of address space, seconds of a processor, and seconds that anybody waits for it."""

    memory: int = 1 << 30
    cpu: int = 30
    waiting: float = 180.0


Line = tuple[int, Sequence[Cell]]  # with content: its number as a spreadsheet shows it, and its cells


@dataclass(frozen=True, slots=True)
class Head:
    """The first lines of one sheet."""

    hidden: bool
    lines: tuple[Line, ...]


class Reading:
    """A file that is being read: the top of every sheet, then all lines of one of them."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        self._process, self._limits = process, limits
        self._waited, self._rest = 0.0, bytearray()

    def heads(self) -> list[Head]:
        """The top of every sheet, in the file's order. Raises `Malformed`: sheet_unreadable, sheet_encrypted, sheet_too_large."""
        return [Head(hidden, tuple(lines)) for hidden, lines in self._answer("heads")]

    def lines(self, sheet: int, most: int) -> Iterator[Line]:
        """Every line of a sheet, if it has so many at most. Raises `Malformed` as `heads` does, also after some lines."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps([sheet, most]).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._ended() from None
        while some := self._answer("lines"):
            yield from some

    def _answer(self, wanted: str) -> list[Any]:
        """What is said under this word; nothing at the end."""
        line = self._received()
        try:
            word, said = unpacked(line)
            if word == "refused":
                code, detail = said
        except (ValueError, TypeError, KeyError):
            raise Malformed("sheet_unreadable", _BROKEN) from None
        if word == "refused":
            raise Malformed(code, detail)
        assert word in (wanted, "end")
        return list(said)

    def _received(self) -> bytes:
        """One line of what it says. The time that is counted is the time spent here: whoever takes the lines may be slow."""
        assert self._process.stdout
        stdout, poll = self._process.stdout.fileno(), select.poll()
        poll.register(stdout, select.POLLIN)
        while (length := self._rest.find(b"\n")) < 0:
            began = time.monotonic()
            ready = poll.poll(max(0.0, self._limits.waiting - self._waited) * 1000)
            self._waited += time.monotonic() - began
            more = os.read(stdout, 1 << 20) if ready else b""
            if not more or len(self._rest) > _MAX_ANSWER:
                raise self._ended()
            self._rest += more
        line = bytes(self._rest[:length])
        del self._rest[: length + 1]
        return line

    def _ended(self) -> Malformed:
        """Why nothing more is said: it ended by itself, or is ended now."""
        try:
            status = self._process.wait(timeout=0.5 if self._waited < self._limits.waiting else 0)
        except subprocess.TimeoutExpired:
            return Malformed("sheet_too_large", f"读取此文件超过{self._limits.waiting:.0f}秒，不可能是名单")
        if -status in _LIMITED:
            return Malformed("sheet_too_large", "读取此文件所需的内存或时间超过上限；请把名单复制到新的工作簿后重发")
        return Malformed("sheet_unreadable", _BROKEN)


@contextmanager
def reading(data: bytes, top: int, limits: Limits) -> Iterator[Reading]:
    """Read a file in a process that is gone when this ends, however it ends. `top`: how many lines are a sheet's head."""
    command = [sys.executable, "-m", "services.documents.sheet_child", str(limits.memory), str(limits.cpu)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT, env=environment
    )
    passing = threading.Thread(target=_pass, args=(process, data, top), daemon=True)
    passing.start()
    try:
        yield Reading(process, limits)
    finally:
        process.kill()
        process.wait()
        passing.join()
        for pipe in (process.stdin, process.stdout):
            assert pipe
            with suppress(OSError):  # what it had not taken is lost with it
                pipe.close()


def _pass(process: "subprocess.Popen[bytes]", data: bytes, top: int) -> None:
    """The file's bytes into the process, which takes them all before it says anything, or ends."""
    assert process.stdin
    with suppress(OSError):  # it ended; whoever waits for its answer says so
        process.stdin.write(f"{len(data)} {top}\n".encode() + data)
        process.stdin.flush()
