"""A command obeys SIGTERM and Ctrl-C in every state: its work is cancelled wherever it waits, and closes what it has open.

What has not ended after the grace time is cut off: nothing is acknowledged before it is committed, so that is as safe as a `kill -9`.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

import structlog
import uvloop

T = TypeVar("T")
GRACE = 20.0  # seconds; what supervises us waits a little longer (`stop_grace_period` in deploy/compose.yaml)
CUT_OFF = 1  # the exit code of a process that did not end by itself


class Stopped(Exception):
    """The work was ended by a signal. `code` is what a shell expects of a command that a signal ended."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


def run(work: Coroutine[Any, Any, T], grace: float = GRACE) -> T:
    """Run to the end, in the main thread. Raises `Stopped` when a signal ended it; work that ends in order in spite of it has its value."""
    _open_standard_streams()
    asked: list[int] = []

    async def watched() -> T:
        loop, mine = asyncio.get_running_loop(), asyncio.current_task()
        assert mine is not None

        def ask(number: int, _: FrameType | None) -> None:
            if not asked:  # a second one changes nothing: closing is not to be cancelled
                asked.append(number)
                cut_off_after(grace)
                loop.call_soon_threadsafe(mine.cancel)

        # Handlers of the process, not of the loop: they are called also while something keeps the loop busy.
        for number in before:
            signal.signal(number, ask)
        return await work

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(watched())
    except asyncio.CancelledError:
        if not asked:
            raise
        raise Stopped(asked[0]) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _open_standard_streams() -> None:
    """Whoever starts us may have closed one of them: the loop's first socket would take its number, and the loop ends the process."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free


def run_command(work: Coroutine[Any, Any, T]) -> T:
    """As `run`, for a command with an end: a signal ends the process with 128 and its number, and a line."""
    try:
        return run(work)
    except Stopped as stopped:
        sys.stderr.write(f"stopped by {stopped}\n")
        raise SystemExit(stopped.code) from None


def cut_off_after(seconds: float) -> None:
    """End the process then, whatever it is doing; once it has ended by itself, nothing happens."""

    def cut() -> None:
        structlog.get_logger().error("cut_off", seconds=seconds)
        os._exit(CUT_OFF)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
