"""The loop that tells a row of the policy when its day has come. No event makes it due: a row is data, and may come with a release.

A county is told in one transaction, with its villages; what it was told once it is not told again, after a restart, a rebuild or by
two processes. A row that comes later, with a day that has passed, is told once, too, while it is in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import AlreadyRecorded
from services.kernel.events import Context
from services.kernel.execute import Order
from services.kernel.policy import Row
from services.matching.announcement.decider import (
    ANNOUNCEMENT,
    Announce,
    PassOn,
    Withhold,
    announced,
    announcement_id,
    in_force,
    lacking,
    passed_on_id,
)
from services.matching.announcement.events import PolicyPassedOn
from services.matching.announcement.projection import ANNOUNCEMENTS, AnnouncementState
from services.matching.announcement.selections import Sheets, chosen, counties, sheets
from services.matching.policy.load import Announcement

PAUSE = 0.5  # seconds between looks
ACTOR = "machine:matching.announcing"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that a county has not been told yet; `lacking`: the sheets for want of which it was withheld; `version` of its stream."""

    row: Row[Announcement]
    county: str
    version: int = 0
    lacking: frozenset[str] = frozenset()

    @property
    def id(self) -> UUID:
        """Its stream."""
        return announcement_id(self.row.id, self.row.since, self.county)


async def run(runtime: Runtime) -> None:
    """Tell what is in force until cancelled; several may run."""
    await looped("announcing", lambda: _look(runtime), PAUSE, pulse=runtime.pulse)


async def _look(runtime: Runtime) -> int:
    try:
        return await announce(runtime)
    except AlreadyRecorded:  # another process told it at the same moment
        return 0


async def announce(runtime: Runtime) -> int:
    """Tell, or say why not, whatever is in force today and was not told; how many counties and rows moved."""
    day = today(runtime.clock)
    async with runtime.pool.acquire() as conn:
        waiting = await _waiting(conn, runtime, day)
        latest = await sheets(conn, [(owed.county, owed.row.value.selection) for owed in waiting])
    moved = 0
    for owed, known in zip(waiting, latest, strict=True):
        moved += await _tell(runtime, owed, known, day)
    return moved


async def _waiting(conn: Any, runtime: Runtime, day: date) -> Sequence[Waiting]:
    policy = runtime.service.policy
    if not any(row.holds(day, row.division) for row in policy.announcements.rows):
        return []
    every = [Waiting(row, county) for county in await counties(conn) for row in in_force(policy, day, county)]
    rows = await conn.fetch(
        "SELECT * FROM views.announcement WHERE announcement_id = ANY($1::uuid[])",
        [owed.id for owed in every],
    )
    known = {row["announcement_id"]: ANNOUNCEMENTS.from_record(row) for row in rows}
    waiting = []
    for owed in every:
        row = known.get(owed.id)
        if row is None:
            waiting.append(owed)
        elif row.state is AnnouncementState.WITHHELD:
            waiting.append(replace(owed, version=row.version, lacking=frozenset(row.lacking)))
    return waiting


async def _tell(runtime: Runtime, owed: Waiting, latest: Sheets, day: date) -> int:
    """One county and row in one transaction; 1 when an event came of it. What stands of a county that is still to be compared may say
    nobody where somebody is meant: it waits."""
    if not latest.compared:
        return 0
    withheld = lacking(owed.row, owed.county, latest, day)
    if withheld is not None and owed.lacking.issuperset(withheld.lacking):
        return 0
    context = Context(ACTOR, runtime.clock(), uuid5(owed.id, str(owed.version)), owed.id)
    async with runtime.pool.acquire() as conn, conn.transaction():
        if withheld is not None:
            orders = [Order(ANNOUNCEMENT, owed.id, Withhold(withheld), context)]
        else:
            found = await chosen(conn, owed.county, owed.row.value.selection, latest)
            county, villages = announced(owed.row, owed.county, latest, found, day)
            orders = [Order(ANNOUNCEMENT, owed.id, Announce(county), context)]
            orders += [_passed_on(owed.id, village, context) for village in villages]
        await runtime.executor.execute_many(conn, orders)
    return 1


def _passed_on(county: UUID, village: PolicyPassedOn, context: Context) -> Order:
    caused = Context(
        actor=ACTOR,
        now=context.now,
        seed=uuid5(context.seed, village.division),
        correlation_id=county,
        causation_id=context.event_id(0),
    )
    return Order(ANNOUNCEMENT, passed_on_id(county, village.division), PassOn(village), caused)
