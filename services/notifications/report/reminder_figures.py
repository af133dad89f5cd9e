"""What a month's report says of renewal reminders, from the ledger as it stood: reminders by window, and cards that were due. Pure.

A card is due in the month in which its last day lies (joint opinion, part 4: 不少于两次提醒). It was reached when a proof shows it for one
of its reminders, twice when for two. A small number is kept back by unit: townships for a county, counties for the prefecture.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.domain.divisions import county, township
from services.domain.statistics.by_unit import added_up, hidden, units_below
from services.domain.statistics.figure import Figure, Shown, Table
from services.domain.suppression import Cell, Sum
from services.kernel.period import Period
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.projection import ReminderRow, ReminderState
from services.notifications.vocabulary import ARRIVED_ONLY, NOBODY_CONFIRMED, UNDER_WAY

_WHY = "why/"


@dataclass(frozen=True, slots=True)
class Reminded:
    """The reminders of a division at two instants, as `Standing` has its notices; `missed_on`: when a card lapsed on one of them."""

    before: Sequence[ReminderRow] = ()
    now: Sequence[ReminderRow] = ()
    missed_on: Mapping[UUID, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """Reminders of a window: those that became owed in the month, that reached in it, and whose card lapsed in it unreached."""

    window: str
    owed: Figure
    reached: Figure
    missed: Figure


@dataclass(frozen=True, slots=True)
class DueFigures:
    """The cards of a unit whose last day lies in the month. `twice`: reached at least two times; `stopped`: renewed, cancelled or dead
    before a reminder reached. Reached, stopped and not reached add up to `due`."""

    unit: str
    name: str
    due: Figure
    reached: Figure
    twice: Figure
    stopped: Figure
    not_reached: Figure


@dataclass(frozen=True, slots=True)
class UnreachedFigures:
    """Why cards were not reached: what the last try came to (a code of the ledger), or how far the reminder is."""

    reason: str
    cards: Figure


@dataclass(frozen=True, slots=True)
class ReminderFigures:
    """The month's reminders."""

    windows: tuple[WindowFigures, ...]
    units: tuple[DueFigures, ...]
    total: DueFigures
    unreached: tuple[UnreachedFigures, ...]


def reminder_figures(stood: Reminded, within: Period, division: str, least: int, policy: NoticePolicy) -> ReminderFigures:
    """What the report of a county or the prefecture says."""
    shown, whole = _shown(stood, within, division, least), f"{division}/"
    now = shown.now
    windows = [w for w in dict.fromkeys(row.id for row in policy.ladders.rows) if f"{whole}{w}" in {who for who, _ in now.cells}]
    reasons = sorted(measure for who, measure in now.cells if who == whole and measure.startswith(_WHY))
    unreached = [UnreachedFigures(each.removeprefix(_WHY), shown.figure(whole, each, "not_reached")) for each in reasons]
    return ReminderFigures(
        tuple(WindowFigures(w, *(shown.figure(f"{whole}{w}", part) for part in ("owed", "reached", "missed"))) for w in windows),
        tuple(_due(shown, unit, within.last, policy) for unit in units_below(_cards(now.cells), division)),
        _due(shown, division, within.last, policy),
        tuple(sorted(unreached, key=lambda each: (-(each.cards.count or 0), each.reason))),
    )


@dataclass(frozen=True, slots=True)
class Unreached:
    """How many cards of a unit that were due in a month, and in the month before, were not reached: as the reports of both say."""

    unit: str
    before: int | None
    now: int | None


def unreached_by_unit(stood: Reminded, within: Period, division: str, least: int) -> list[Unreached]:
    """Units below a division with cards that nobody was reached of. Never the sum of two months: one of them might follow from it."""
    shown, cell = _shown(stood, within, division, least), "not_reached"
    units = {unit for table in (shown.now, shown.before) for unit in units_below(_cards(table.cells), division)}
    found = [Unreached(u, shown.before.number((f"{u}/", cell)), shown.now.number((f"{u}/", cell))) for u in sorted(units)]
    return [each for each in found if (each.before, each.now) != (0, 0)]


def _shown(stood: Reminded, within: Period, division: str, least: int) -> Shown:
    months = (stood.now, within), (stood.before, within.before)
    return Shown(*(_table(rows, stood.missed_on, month, division, least) for rows, month in months))


def _due(shown: Shown, unit: str, day: date, policy: NoticePolicy) -> DueFigures:
    due, *parts = (
        shown.figure(f"{unit}/", measure, of)
        for measure, of in (("due", None), ("reached", "due"), ("twice", "due"), ("stopped", "due"), ("not_reached", "due"))
    )
    return DueFigures(unit, policy.unit_name(unit, day), due, *parts)


def _cards(cells: Mapping[Cell, int]) -> dict[Cell, int]:
    return {cell: n for cell, n in cells.items() if cell[0].endswith("/")}


def _table(rows: Sequence[ReminderRow], missed_on: Mapping[UUID, date], within: Period, division: str, least: int) -> Table:
    cells = added_up(_tally(rows, missed_on, within), division)

    def inside(who: str) -> list[Sum]:
        why = tuple((who, measure) for line, measure in sorted(cells) if line == who and measure.startswith(_WHY))
        reached, not_reached = (who, "reached"), (who, "not_reached")
        parts = Sum((who, "due"), (reached, (who, "stopped"), not_reached)), Sum(reached, ((who, "twice"), (who, "once")))
        return [*parts, *([Sum(not_reached, why)] if why else [])] if who.endswith("/") else []

    return Table(cells, hidden(cells, division, inside, least))


def _tally(rows: Iterable[ReminderRow], missed_on: Mapping[UUID, date], within: Period) -> Counter[Cell]:
    """Cards by township. What no report shows by township, reasons and windows, by county: a cell that nobody sees hides nothing."""
    found: Counter[Cell] = Counter()
    cards: defaultdict[tuple[UUID, date], list[ReminderRow]] = defaultdict(list)
    for row in rows:
        if within.holds(row.valid_to):
            cards[row.certificate_id, row.valid_to].append(row)
        flows = {"owed": row.opened_on, "reached": row.reached_on, "missed": missed_on.get(row.reminder_id)}
        found.update((f"{county(row.division)}/{row.expiry_window}", what) for what, on in flows.items() if on and within.holds(on))
    for card in cards.values():
        unit, (outcome, *more) = township(card[0].division), _outcome(card)
        found.update((f"{unit}/", measure) for measure in ("due", outcome, *more) if not measure.startswith(_WHY))
        found.update((f"{county(unit)}/", measure) for measure in more if measure.startswith(_WHY))
    return found


def _outcome(card: Sequence[ReminderRow]) -> tuple[str, ...]:
    reached = sum(row.state is ReminderState.REACHED for row in card)
    if reached:
        return "reached", "twice" if reached > 1 else "once"
    left = [row for row in card if row.state is not ReminderState.STOPPED]
    return ("not_reached", _WHY + _why(left)) if left else ("stopped",)


def _why(unreached: Sequence[ReminderRow]) -> str:
    if any(row.state is ReminderState.ARRIVED for row in unreached):
        return ARRIVED_ONLY
    tries = [(on, n, reason) for row in unreached for n, (_, reason, on) in enumerate(each.split(":") for each in row.tried)]
    if tries:
        return max(tries)[2]
    return NOBODY_CONFIRMED if any(row.state is ReminderState.MISSED for row in unreached) else UNDER_WAY
