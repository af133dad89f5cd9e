"""A month of notices as cells: what offices did, which is shown as it is, and matters of each kind, of which small numbers are kept back.
Pure arithmetic.

A cell is (place and agency, measure). Places are counties, or `OWN` for the offices of the prefecture itself; `ALL` is every agency, and
the reported division itself stands for all its places. How often an office was told, and what it did, is its own work: a small number of
it says nothing of a person. How many matters of a kind there were (a death, a card that was frozen) is a number of persons.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.domain.divisions import Level, county, reaches
from services.domain.suppression import Cell, Sum, kept_back, kept_back_over
from services.kernel.events import SHANGHAI
from services.kernel.period import Period
from services.notifications.notice.projection import NoticeRow, NoticeState
from services.notifications.vocabulary import MISSED

ALL, OWN = "*", "own"
_KIND = "kind/"


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
    found = ["told", "noted"] if noted else ["told"]
    if row.state is NoticeState.REJECTED:
        return [*found, "sent_back"]
    if not row.act_days:
        return found
    if row.state is NoticeState.VERIFIED:
        return [*found, "asked", "done", "verified"]
    return [*found, "asked", "done"] if row.acted_on is not None or row.state is NoticeState.ANSWERED else [*found, "asked"]


def _of_open(row: NoticeRow, day: date) -> list[str]:
    return ["open", "overdue"] if row.next_by is not None and row.next_by < day else ["open"]


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
    return f"{_KIND}{cause_type}/{part}"


def hidden(cells: Mapping[Cell, int], division: str, least: int) -> set[Cell]:
    """The cells that a report of the division may not show: matters of a kind, below `least` or such as give a small one away.

    Counties have reports of their own: what these show and keep back is settled before the prefecture's report is made, so that the
    two, laid side by side, give nothing away either.
    """
    matters = {cell: n for cell, n in cells.items() if cell[1].startswith(_KIND)}
    places = sorted({cell[0].partition("/")[0] for cell in matters} - {division})
    if reaches(division, Level.COUNTY):
        return kept_back(matters, _inside(matters, division), least)
    counties = [
        ({cell: n for cell, n in matters.items() if cell[0].startswith(f"{place}/")}, _inside(matters, place))
        for place in places
        if place != OWN
    ]
    over = [*_inside(matters, OWN), *_inside(matters, division), *_over(matters, division, places)]
    return kept_back_over(matters, counties, over, least)


def whole(cells: Mapping[Cell, int], division: str) -> Counter[Cell]:
    """The cells with those of the whole division added, where it has several places."""
    found = Counter(cells)
    if not reaches(division, Level.COUNTY):
        for (where, measure), n in cells.items():
            found[at(division, where.partition("/")[2]), measure] += n
    return found


def _inside(matters: Mapping[Cell, int], place: str) -> list[Sum]:
    """What adds up inside a place: of each kind what is settled and what is open. No part is a whole again."""
    wholes = sorted(cell for cell in matters if cell[0].startswith(f"{place}/") and cell[1].endswith("/"))
    return [Sum((who, measure), ((who, f"{measure}settled"), (who, f"{measure}open"))) for who, measure in wholes]


def _over(cells: Mapping[Cell, int], division: str, places: Sequence[str]) -> list[Sum]:
    """What adds up over places."""
    return [
        Sum(cell, tuple((at(place, cell[0].partition("/")[2]), cell[1]) for place in places))
        for cell in sorted(cells)
        if cell[0].startswith(f"{division}/")
    ]
