"""A month of notices as cells and the sums that tie them together, so that small ones can be kept back. Pure arithmetic.

A cell is (place and agency, measure). Places are counties, or `OWN` for the offices of the prefecture itself; `ALL` is every agency, and
the reported division itself stands for all its places. What is told as a share is counted with its complement: two numbers that are
shown may not give away a small third one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.domain.divisions import Level, county, reaches
from services.domain.suppression import Cell, Sum, kept_back, kept_back_over
from services.kernel.events import SHANGHAI
from services.notifications.notice.projection import NoticeRow, NoticeState
from services.notifications.statistics.months import Period
from services.notifications.vocabulary import MISSED

ALL, OWN = "*", "own"
# Of what is told as a share of a whole, the whole and its two parts. No part is a whole again: in a chain of sums one small cell would
# take the totals with it.
SHARES = (("told", "noted", "silent"), ("asked", "done", "not_done"), ("open", "overdue", "in_time"))


@dataclass(frozen=True, slots=True)
class Standing:
    """The notices of a division at two instants: at the end of the month before, and at the end of what is reported."""

    before: Sequence[NoticeRow]
    now: Sequence[NoticeRow]


def queued_on(row: NoticeRow) -> date:
    """The day on which the office was told, in Shanghai."""
    return row.queued_at.astimezone(SHANGHAI).date()


def place_of(division: str) -> str:
    """The county of an office; the prefecture's own offices are a place of their own."""
    return county(division) if reaches(division, Level.COUNTY) else OWN


def at(place: str, agency: str = ALL) -> str:
    """The first half of a cell."""
    return f"{place}/{agency}"


def tally(rows: Iterable[NoticeRow], within: Period) -> Counter[Cell]:
    """Every cell of every place; a cell that is not there is 0."""
    found: Counter[Cell] = Counter()
    matters: defaultdict[tuple[str, UUID], list[NoticeRow]] = defaultdict(list)
    for row in rows:
        place, told = place_of(row.division), within.holds(queued_on(row))
        matters[place, row.cause_id].append(row)
        measures = [*(_of_told(row) if told else ()), *(_of_open(row, within.last) if row.waiting else ())]
        for measure in measures:
            found[at(place, row.agency), measure] += 1
            found[at(place), measure] += 1
        if told and (stage := escalated(row)):
            found.update([(at(place), "escalated"), (at(place), f"stage/{stage}")])
    for (place, _), matter in matters.items():
        found.update((at(place), measure) for measure in _of_matter(matter, within))
    return found


def _of_told(row: NoticeRow) -> list[str]:
    """What a notice told in the month counts as; not at all when it was withdrawn before anybody took note: nothing was asked in the end."""
    noted = row.acknowledged_on is not None
    if row.state is NoticeState.SUPPRESSED and not noted:
        return []
    found = ["told", "noted" if noted else "silent"]
    if row.state is NoticeState.REJECTED:
        return [*found, "sent_back"]
    if not row.act_days:
        return found
    if row.state is NoticeState.VERIFIED:
        return [*found, "asked", "done", "verified"]
    return [*found, "asked", "done" if row.acted_on is not None or row.state is NoticeState.ANSWERED else "not_done"]


def _of_open(row: NoticeRow, day: date) -> list[str]:
    return ["open", "overdue" if row.next_by is not None and row.next_by < day else "in_time"]


def escalated(row: NoticeRow) -> int | None:
    """The stage of a notice that another office had left undone; None: it was told first, sent back, or given as a lead."""
    return row.stage if row.stage and row.trail and row.trail[-1].split(":")[3] in MISSED else None


def _of_matter(matter: Sequence[NoticeRow], within: Period) -> list[str]:
    """What one event told to a place counts as: a matter of its kind, settled when nobody there has anything to do any more."""
    first = next((row for row in matter if row.stage == 0), None)
    if first is None or not within.holds(queued_on(first)):
        return []
    settled = "open" if any(row.waiting for row in matter) else "settled"
    return [kind(first.cause_type), kind(first.cause_type, settled)]


def kind(cause_type: str, part: str = "") -> str:
    """The measure of matters of a kind."""
    return f"kind/{cause_type}/{part}"


def hidden(cells: Mapping[Cell, int], division: str, least: int) -> set[Cell]:
    """The cells that a report of the division may not show.

    Counties have reports of their own: what these show and keep back is settled before the prefecture's report is made, so that the
    two, laid side by side, give nothing away either.
    """
    places = sorted({cell[0].partition("/")[0] for cell in cells} - {division})
    if reaches(division, Level.COUNTY):
        return kept_back(cells, _inside(cells, division), least)
    counties = [
        ({cell: n for cell, n in cells.items() if cell[0].startswith(f"{place}/")}, _inside(cells, place))
        for place in places
        if place != OWN
    ]
    over = [*_inside(cells, OWN), *_inside(cells, division), *_over(cells, division, places)]
    return kept_back_over(cells, counties, over, least)


def whole(cells: Mapping[Cell, int], division: str) -> Counter[Cell]:
    """The cells with those of the whole division added, where it has several places."""
    found = Counter(cells)
    if not reaches(division, Level.COUNTY):
        for (where, measure), n in cells.items():
            found[at(division, where.partition("/")[2]), measure] += n
    return found


def _inside(cells: Mapping[Cell, int], place: str) -> list[Sum]:
    """What adds up inside a place: agencies to all of them, and parts to wholes."""
    mine = [cell for cell in cells if cell[0].startswith(f"{place}/")]
    found = [Sum((who, total), tuple((who, part) for part in parts)) for who in {w for w, _ in mine} for total, *parts in SHARES]
    by_measure: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in sorted(mine):
        if cell[0] != at(place):
            by_measure[cell[1]].append(cell)
    found += [Sum((at(place), measure), tuple(parts)) for measure, parts in by_measure.items()]
    measures = {measure for who, measure in mine if who == at(place)}
    stages = tuple((at(place), m) for m in sorted(measures) if m.startswith("stage/"))
    found.append(Sum((at(place), "escalated"), stages))
    for name in sorted(measures):
        head, _, part = name.rpartition("/")
        if name.startswith("kind/") and not part:
            found.append(Sum((at(place), name), ((at(place), f"{head}/settled"), (at(place), f"{head}/open"))))
    return sorted(found, key=lambda tie: (tie.whole, tie.parts))


def _over(cells: Mapping[Cell, int], division: str, places: Sequence[str]) -> list[Sum]:
    """What adds up over places."""
    return [
        Sum(cell, tuple((at(place, cell[0].partition("/")[2]), cell[1]) for place in places))
        for cell in sorted(cells)
        if cell[0].startswith(f"{division}/")
    ]
