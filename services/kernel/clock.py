"""One injected clock for domain time. Technical time (leases, back-off, token expiry, timeouts) is never asked here.

The settable clock lets a rehearsal play a year: a file holds the instant at which domain time stood when the file was written, and
domain time runs on from there. Every process of the rehearsal reads the same file. It cannot exist in the `production` profile.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.kernel.events import SHANGHAI

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, as an aware UTC instant."""
    return datetime.now(UTC)


class SettableClock:
    """Domain time as last set in `path`, running on from that moment. A missing file means the system's time."""

    def __init__(self, path: Path, profile: str) -> None:
        if profile == "production":
            raise ValueError("a settable clock is refused in the production profile")
        self.path, self._seen, self._ahead = path, -1, timedelta()

    def __call__(self) -> datetime:
        """Now, as an aware UTC instant."""
        try:
            written = os.stat(self.path).st_mtime_ns
        except FileNotFoundError:
            return system_clock()
        if written != self._seen:
            then = datetime.fromisoformat(self.path.read_text().strip())
            self._ahead, self._seen = then - datetime.fromtimestamp(written / 1e9, UTC), written
        return system_clock() + self._ahead


def set_clock(path: Path, now: datetime) -> None:
    """Move the domain time of every process that reads `path`; in one rename, so nobody reads half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(now.astimezone(UTC).isoformat())
    fresh.replace(path)


def today(clock: Clock) -> date:
    """The calendar day in Asia/Shanghai."""
    return clock().astimezone(SHANGHAI).date()
