"""The loop that compares counties: one whose lists, cards or households changed, whose month has begun, or for which other rows are in force.

A county is compared when nothing has changed for a moment and none of its lists is being read, so that a register that comes in card by card
is not compared card by card; but it waits no longer than a while. One that never stops changing is compared for a part of the time only:
what its officials do meanwhile goes first. Lists, and what officials decided of their rows, are compared sooner than cards and households
that change one by one: whoever sent a list waits for what it says. Several processes may run, each county is compared by one.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from services.domain.months import month_of
from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.matching.comparison.rules import Rulebook
from services.matching.comparison.run import compare, version

PAUSE = 0.5  # seconds between looks
QUIET, LONGEST = 0.5, 300.0  # seconds without a change, and after which a county waits no longer
SHARE, SHARE_WITHOUT_LISTS = 4, 10  # a county is compared for at most each fourth second, and each tenth while no list comes
REST_WITHOUT_LISTS = 15.0  # seconds that it rests at least while no list comes
ONE_COUNTY = 600.0  # seconds within which one is compared
_CHANGED = """SELECT c.division, c.changes,
        EXISTS (SELECT FROM roster_job j WHERE j.state IN ('WAITING', 'READING') AND j.division = c.division) AS lists_come,
        coalesce(r.lists = c.lists AND r.month = $1 AND r.version = $2, false) AS may_rest
    FROM views.county_change c LEFT JOIN comparison_run r USING (division)
    WHERE r.changes IS DISTINCT FROM c.changes OR r.month <> $1 OR r.version <> $2 ORDER BY r.run_at NULLS FIRST, c.division"""


@dataclass(frozen=True, slots=True)
class Changed:
    """A county that is to be compared: its number of changes, whether more of its lists are being read, and whether it `may_rest` longer:
    none of its lists has changed, nor month or rules."""

    division: str
    changes: int
    lists_come: bool = False
    may_rest: bool = False


@dataclass(frozen=True, slots=True)
class _Wait:
    """The last number of changes that was seen, since when the county waits, and since when it has been quiet; seconds of a steady clock."""

    changes: int
    since: float
    quiet: float


class Waiting:
    """Counties that changed, and how long those that were compared rest."""

    def __init__(self) -> None:
        self._seen: dict[str, _Wait] = {}
        self._compared: dict[str, tuple[float, float]] = {}  # when that began and ended

    def ripe(self, changed: Sequence[Changed], now: float) -> list[str]:
        """Those that have waited long enough, in the order given."""
        before, self._seen = self._seen, {}
        for each in changed:
            known = before.get(each.division, _Wait(each.changes, now, now))
            still = known.changes == each.changes and not each.lists_come
            self._seen[each.division] = _Wait(each.changes, known.since, known.quiet if still else now)
        return [
            each.division
            for each, wait in ((each, self._seen[each.division]) for each in changed)
            if now >= self._rests_until(each) and (now - wait.quiet >= QUIET or now - wait.since >= LONGEST)
        ]

    def compared(self, division: str, begun: float, now: float) -> None:
        """Note that a county was compared between the two."""
        self._compared[division] = begun, now

    def _rests_until(self, county: Changed) -> float:
        if county.division not in self._compared:
            return 0.0
        begun, ended = self._compared[county.division]
        if county.may_rest:
            return ended + max(REST_WITHOUT_LISTS, (SHARE_WITHOUT_LISTS - 1) * (ended - begun))
        return ended + (SHARE - 1) * (ended - begun)


def comparing(rules: Rulebook) -> Callable[[Runtime], Awaitable[None]]:
    """The loop that compares by these rules until cancelled."""

    async def run(runtime: Runtime) -> None:
        waiting = Waiting()
        await looped("comparing", lambda: look(runtime, rules, waiting), PAUSE, pulse=runtime.pulse)

    return run


async def look(runtime: Runtime, rules: Rulebook, waiting: Waiting) -> int:
    """Compare one county that has waited long enough; how many were compared."""
    for division in waiting.ripe(await changed(runtime, rules), begun := monotonic()):
        runtime.pulse.beat("comparing", ONE_COUNTY)
        if await compare(runtime, rules, division) is not None:
            waiting.compared(division, begun, monotonic())
            return 1
    return 0


async def changed(runtime: Runtime, rules: Rulebook) -> list[Changed]:
    """The counties that are to be compared, longest waiting first."""
    rows: Any = await runtime.pool.fetch(_CHANGED, month_of(today(runtime.clock)), version(runtime.service.policy, rules))
    return [Changed(**row) for row in rows]
