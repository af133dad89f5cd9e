"""How far the play is: a bar on a terminal; elsewhere a line for each phase and for every ten days played."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from rich.console import Console
from rich.progress import Progress

from deploy.sandbox.doors import Doors

EVERY = 10  # days


class Shown(Protocol):
    """What is told while a year is played."""

    def phase(self, words: str) -> None:
        """What begins now."""
        ...

    async def played(self, number: int, day: date, doors: Doors) -> None:
        """The day is over; it was the `number`th."""
        ...


class Bar:
    """A bar over the days."""

    def __init__(self, bar: Progress, days: int) -> None:
        self._bar, self._task = bar, bar.add_task("", total=days)

    def phase(self, words: str) -> None:
        """What begins now."""
        self._bar.update(self._task, description=words)

    async def played(self, number: int, day: date, doors: Doors) -> None:
        """One further."""
        self._bar.update(self._task, completed=number)


class Lines:
    """Lines on standard output, each written at once."""

    def __init__(self, days: int) -> None:
        self._days, self._since = days, time.monotonic()

    def phase(self, words: str) -> None:
        """What begins now."""
        print(f"{time.monotonic() - self._since:4.0f} s  {words}", flush=True)

    async def played(self, number: int, day: date, doors: Doors) -> None:
        """After every ten days, and the last: the day, and how much there is of what."""
        if number % EVERY and number != self._days:
            return
        states = [await doors.get("OPS:5334", "operator", service, "/status") for service in doors.processes.ports]
        counts = (await doors.get("OPS:5334", "operator", "notifications", "/notices/counts"))["items"]
        told, noted, late = (sum(c[name] for c in counts) for name in ("queued", "acknowledged", "escalated"))
        self.phase(
            f"day {number:>3} of {self._days}, {day}: {sum(state['events'] for state in states):>6,} events, {told:>5,} notices to "
            f"offices, {noted:>5,} taken note of, {late:>4,} escalated"
        )


@contextmanager
def shown(days: int) -> Iterator[Shown]:
    """A bar where somebody watches, else lines."""
    if sys.stdout.isatty():
        with Progress(console=Console(stderr=True)) as bar:
            yield Bar(bar, days)
    else:
        yield Lines(days)
