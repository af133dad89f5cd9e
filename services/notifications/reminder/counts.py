"""The reminder ledger in numbers: a line per window, of a division and as of a day.

The SELECT is confined by row security; the rest is arithmetic. Whoever does not remind sees counties and the prefecture alone, and of these
no small number nor one it follows from, in the tables of both together (`statistics/by_unit.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.domain.statistics.by_unit import added_up, hidden
from services.domain.suppression import Cell, Sum
from services.notifications.reminder.queries import LATE, OPEN

_PARTS = ("by_handset", "by_holder", "by_guardian", "by_visitor", "on_the_way", "not_reached", "stopped", "missed")
_MEASURES = ("due", *_PARTS)


@dataclass(frozen=True, slots=True)
class ReminderCount:
    """A window in numbers: reminders due, reached by each proof, on the way, not reached by any rung in its time, stopped, missed.

    The parts add up to `due`. None: kept back.
    """

    window: str
    due: int | None
    by_handset: int | None
    by_holder: int | None
    by_guardian: int | None
    by_visitor: int | None
    on_the_way: int | None
    not_reached: int | None
    stopped: int | None
    missed: int | None


async def by_county(conn: Any, division: str, today: date) -> dict[Cell, int]:
    """The reminders of a division by county, window and measure; every measure of a window that has any."""
    late = LATE.format(day="$2")
    rows = await conn.fetch(
        f"""SELECT left(r.division, 6) AS county, r.expiry_window, count(*) AS due,
                count(*) FILTER (WHERE r.proof = 'HANDSET') AS by_handset, count(*) FILTER (WHERE r.proof = 'HOLDER') AS by_holder,
                count(*) FILTER (WHERE r.proof = 'GUARDIAN') AS by_guardian, count(*) FILTER (WHERE r.proof = 'VISITOR') AS by_visitor,
                count(*) FILTER (WHERE {OPEN} AND NOT {late}) AS on_the_way, count(*) FILTER (WHERE {OPEN} AND {late}) AS not_reached,
                count(*) FILTER (WHERE r.state = 'STOPPED') AS stopped, count(*) FILTER (WHERE r.state = 'MISSED') AS missed
            FROM views.reminder r WHERE starts_with(r.division, $1) GROUP BY 1, 2""",  # noqa: S608
        division,
        today,
    )
    return {(f"{row['county']}/{row['expiry_window']}", measure): row[measure] for row in rows for measure in _MEASURES}


def counted(found: Mapping[Cell, int], division: str, least: int | None) -> list[ReminderCount]:
    """A line per window of the division. Below `least` numbers are kept back; None: whoever asks reminds himself and sees them all."""
    cells = added_up(found, division)
    back = hidden(cells, division, _inside, least) if least is not None else set[Cell]()
    lines = sorted({who for who, _ in cells if who.startswith(f"{division}/")})
    shown = ((who, [None if (who, measure) in back else cells[who, measure] for measure in _MEASURES]) for who in lines)
    return [ReminderCount(who.partition("/")[2], *numbers) for who, numbers in shown]


def _inside(who: str) -> list[Sum]:
    return [Sum((who, "due"), tuple((who, part) for part in _PARTS))]
