"""Reminders by stage: of those that became owed in a month, how many are at which rung now, what proved that they reached, what ended them.

The SELECT is confined by row security; the rest is arithmetic. The stages of a line add up to what was owed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.domain.divisions import Level, reaches
from services.domain.months import month_after
from services.domain.statistics.by_unit import added_up, hidden, units_below
from services.domain.suppression import Cell, Sum
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.events import Proof
from services.notifications.reminder.projection import ReminderState

OWED, STOPPED, MISSED = "owed", ReminderState.STOPPED.value, ReminderState.MISSED.value
PROOFS = tuple(proof.value for proof in Proof if proof is not Proof.UNKNOWN)


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many reminders are at a stage. None: kept back."""

    stage: str
    count: int | None


@dataclass(frozen=True, slots=True)
class ReminderStages:
    """A unit and a window. `standing`: at this rung now; `reached`: by this proof; `stopped`: renewed, cancelled, dead; `missed`: the
    card lapsed and nobody was reached. `owed` is the sum of all. None: kept back."""

    unit: str
    name: str
    window: str
    owed: int | None
    standing: tuple[StageCount, ...]
    reached: tuple[StageCount, ...]
    stopped: int | None
    missed: int | None


_BY_STAGE = """
SELECT left(division, 9) AS unit, expiry_window,
    CASE state WHEN 'REACHED' THEN proof WHEN 'STOPPED' THEN state WHEN 'MISSED' THEN state ELSE rung END AS stage, count(*) AS n
FROM views.reminder WHERE opened_on >= $1 AND opened_on < $2 AND starts_with(division, $3) GROUP BY 1, 2, 3"""


async def by_stage(conn: Any, month: date, division: str) -> dict[Cell, int]:
    """The reminders of a division that became owed in the month that begins on `month`, by township, window and stage."""
    rows = await conn.fetch(_BY_STAGE, month, month_after(month), division)
    return {(f"{row['unit']}/{row['expiry_window']}", row["stage"]): row["n"] for row in rows}


def stages(found: Mapping[Cell, int], division: str, day: date, least: int | None, policy: NoticePolicy) -> list[ReminderStages]:
    """A line per window and unit below the division, then one of the division. Below `least` numbers are kept back, with those from
    which they follow; None: whoever asks reminds himself and sees them all. What was owed the month's report says, too."""
    cells = added_up({**found, **_owed(found)}, division)
    windows = [w for w in dict.fromkeys(row.id for row in policy.ladders.rows) if f"{division}/{w}" in {who for who, _ in cells}]
    stage_names = {w: sorted({s for who, s in cells if who == f"{division}/{w}"} - {OWED}) for w in windows}

    def inside(who: str) -> list[Sum]:
        return [Sum((who, OWED), tuple((who, stage) for stage in stage_names[who.partition("/")[2]]))]

    report = {cell: n for cell, n in cells.items() if cell[1] == OWED and not reaches(cell[0].partition("/")[0], Level.TOWNSHIP)}
    back = hidden(cells, division, inside, least, report) if least is not None else set()
    return [
        _line(cells, back, unit, window, day, policy)
        for window in windows
        for unit in (*units_below(cells, division), division)
        if cells.get((f"{unit}/{window}", OWED))
    ]


def _owed(found: Mapping[Cell, int]) -> Counter[Cell]:
    owed: Counter[Cell] = Counter()
    for (who, _), n in found.items():
        owed[who, OWED] += n
    return owed


def _line(cells: Mapping[Cell, int], back: set[Cell], unit: str, window: str, day: date, policy: NoticePolicy) -> ReminderStages:
    def count(stage: str) -> int | None:
        cell = (f"{unit}/{window}", stage)
        return None if cell in back else cells.get(cell, 0)

    rungs = dict.fromkeys(rung for row in policy.ladders.rows if row.id == window for rung in row.value.rungs)
    return ReminderStages(
        unit=unit,
        name=policy.unit_name(unit, day),
        window=window,
        owed=count(OWED),
        standing=tuple(StageCount(rung, count(rung)) for rung in rungs),
        reached=tuple(StageCount(proof, count(proof)) for proof in PROOFS),
        stopped=count(STOPPED),
        missed=count(MISSED),
    )
