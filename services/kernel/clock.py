"""One injected clock for domain time. Technical time (leases, back-off, timeouts) is never asked here.

A clock that is in doubt says nothing: it raises `ClockInDoubt`, so nothing is decided, told or deleted by a wrong day. That the machine's
time was set while this process runs it finds by itself, at each reading, by the seconds since the machine's start, which nobody can
set. What only the database knows (when it was last read, another machine's time) is brought by `engine/timekeeping.py`.

A rehearsal plays a year by saying how far domain time is ahead of the machine's: a setting of the clock, which moves no machine's time and
is refused in the `production` profile.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from services.kernel.errors import ClockInDoubt
from services.kernel.events import SHANGHAI

TOLERANCE = timedelta(minutes=15)
WAS_SET = "was_set"  # while the machine ran: its time is not where the seconds since then have brought it


def system_clock() -> datetime:
    """The machine's time, as an aware UTC instant."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Seconds since the machine's start, with those in which it slept; where the system cannot say, without them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@cache
def this_boot() -> str:
    """Which start of which machine this is; where the system cannot say, each process is one by itself."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())


def as_it_is() -> timedelta:
    """Domain time is the machine's time."""
    return timedelta()


class Rehearsal:
    """How far domain time is ahead of the machine's, by a file that holds the instant at which it stood when the file was written. Every
    process of a rehearsal reads the same file; a missing one means the machine's time."""

    def __init__(self, path: Path, profile: str) -> None:
        if profile == "production":
            raise ValueError("a settable clock is refused in the production profile")
        self.path, self._seen, self._ahead = path, -1, timedelta()

    def __call__(self) -> timedelta:
        """How far ahead, by the file as it is now."""
        try:
            written = os.stat(self.path).st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if written != self._seen:
            then = datetime.fromisoformat(self.path.read_text().strip())
            self._ahead, self._seen = then - datetime.fromtimestamp(written / 1e9, UTC), written
        return self._ahead


@dataclass(frozen=True, slots=True)
class Anchor:
    """The machine's time `at` which it was to be trusted, and the seconds since its start at that moment."""

    at: datetime
    steady: float

    def then(self, steady: float) -> datetime:
        """What the machine's time is at `steady` seconds since its start, if nobody has set it."""
        return self.at + timedelta(seconds=steady - self.steady)


class Clock:
    """Domain time of a process: in doubt until `trust`, and from then on as long as the machine's time is where the seconds have brought it.

    `machine` is the machine's time, `steady` counts seconds since its start `boot`, which nobody can set, `ahead` is a rehearsal's.
    """

    def __init__(
        self,
        ahead: Callable[[], timedelta] = as_it_is,
        tolerance: timedelta = TOLERANCE,
        machine: Callable[[], datetime] = system_clock,
        steady: Callable[[], float] = since_boot,
        boot: str | None = None,
    ) -> None:
        self.machine, self.steady, self.tolerance, self._ahead = machine, steady, tolerance, ahead
        self.boot = boot or this_boot()
        self._anchor: Anchor | None = None
        self._doubt = "not_compared"

    def __call__(self) -> datetime:
        """Now in domain time, as an aware UTC instant. Raises `ClockInDoubt`."""
        shown = self.machine()
        if doubt := self._doubt_of(shown):
            raise ClockInDoubt("clock_in_doubt", f"系统时钟有疑（{doubt}），暂不办理；运维人员确认时间后恢复")
        return shown + self._ahead()

    @property
    def doubt(self) -> str:
        """Why this clock says nothing now, as a code; empty when it does."""
        return self._doubt_of(self.machine())

    def trust(self, anchor: Anchor) -> None:
        """From now on the machine's time is to be trusted while it agrees with the anchor."""
        self._anchor, self._doubt = anchor, ""

    def distrust(self, doubt: str) -> None:
        """Say nothing until `trust`."""
        self._doubt = doubt

    def unset(self) -> datetime:
        """The machine's time as if nobody had set it since it was last trusted: for what expires. It never raises."""
        return self._anchor.then(self.steady()) if self._anchor else self.machine()

    def _doubt_of(self, shown: datetime) -> str:
        if self._doubt or self._anchor is None:
            return self._doubt
        return "" if abs(shown - self._anchor.then(self.steady())) <= self.tolerance else WAS_SET


def set_clock(path: Path, now: datetime) -> None:
    """Move the domain time of every process that reads `path`; in one rename, so nobody reads half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(now.astimezone(UTC).isoformat())
    fresh.replace(path)


def today(clock: Callable[[], datetime]) -> date:
    """The calendar day in Asia/Shanghai. Raises what the clock raises."""
    return clock().astimezone(SHANGHAI).date()
