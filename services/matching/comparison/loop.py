"""The loop that compares counties: one whose lists, cards or households changed, whose month has begun, or for which other rows are in force.

A county is compared when nothing has changed for a moment, so that a register that comes in card by card is not compared card by card; but
it waits no longer than a while. Several processes may run, each county is compared by one.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from services.domain.months import month_of
from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.matching.comparison.rules import Rulebook
from services.matching.comparison.run import compare, version

PAUSE = 0.5  # seconds between looks
QUIET, LONGEST = 1.0, 30.0  # seconds without a change, and after which a county waits no longer
ONE_COUNTY = 600.0  # seconds within which one is compared
_CHANGED = """SELECT c.division, c.changes FROM views.county_change c LEFT JOIN comparison_run r USING (division)
    WHERE r.changes IS DISTINCT FROM c.changes OR r.month <> $1 OR r.version <> $2 ORDER BY r.run_at NULLS FIRST, c.division"""


class Waiting:
    """Counties that changed: since when each waits, and since when it has been quiet."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float, float]] = {}

    def ripe(self, changed: dict[str, int], now: float) -> list[str]:
        """Those that have waited long enough, in the order given; `changed`: their numbers of changes."""
        before, self._seen = self._seen, {}
        for division, changes in changed.items():
            known, since, quiet = before.get(division, (changes, now, now))
            self._seen[division] = (changes, since, quiet if known == changes else now)
        return [each for each, (_, since, quiet) in self._seen.items() if now - quiet >= QUIET or now - since >= LONGEST]


def comparing(rules: Rulebook) -> Callable[[Runtime], Awaitable[None]]:
    """The loop that compares by these rules until cancelled."""

    async def run(runtime: Runtime) -> None:
        waiting = Waiting()
        await looped("comparing", lambda: look(runtime, rules, waiting), PAUSE, pulse=runtime.pulse)

    return run


async def look(runtime: Runtime, rules: Rulebook, waiting: Waiting) -> int:
    """Compare one county that has waited long enough; how many were compared."""
    for division in waiting.ripe(await changed(runtime, rules), monotonic()):
        runtime.pulse.beat("comparing", ONE_COUNTY)
        if await compare(runtime, rules, division) is not None:
            return 1
    return 0


async def changed(runtime: Runtime, rules: Rulebook) -> dict[str, int]:
    """The counties that are to be compared, longest waiting first, with their numbers of changes."""
    rows: Any = await runtime.pool.fetch(_CHANGED, month_of(today(runtime.clock)), version(runtime.service.policy, rules))
    return {row["division"]: row["changes"] for row in rows}
