"""What a month's lists were like: which were compared and as of when, which could not be, and each agency's report card. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.domain.agencies import AGENCIES
from services.matching.comparison.projection import ComparisonRow
from services.matching.report.as_of_month import Lists
from services.matching.roster.projection import RosterRow
from services.matching.vocabulary import RosterKind, RosterState

NOT_COMPARED = "NOT_COMPARED"  # of a county of which no rule said anything


@dataclass(frozen=True, slots=True)
class Compared:
    """How many rules spoke of a county's month, and how many were suspended for want of a list."""

    division: str
    name: str
    rules: int
    suspended: int


@dataclass(frozen=True, slots=True)
class ListUsed:
    """A list that rules went by: as of which day, and how many of its rows have a usable citizen id (None: kept back)."""

    division: str
    name: str
    kind: RosterKind
    as_of: date | None
    rows: int | None


@dataclass(frozen=True, slots=True)
class Suspended:
    """A list for want of which rules say nothing of a county's month: why it cannot be used (`why`: a code), the first day on which that was
    told, and the titles of the rules. Without a list (`kind`) no rule was asked at all."""

    division: str
    name: str
    kind: RosterKind | None
    why: str
    since: date | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """How an agency's lists were. Of those due in the month: how many came in time, late (and by how many calendar days at most), or not
    yet. Of those that came in it: how many count, are held, were refused or taken back, and what percent of the rows of those that count
    have a valid citizen id, what percent of their cells are empty; None: no list says so. `upheld`: percent of its findings decided in the
    month that officials found to be true; None where nobody decided, or the numbers are kept back."""

    agency: str
    name: str
    due: int
    in_time: int
    late: int
    missing: int
    days_late: int | None
    counting: int
    held: int
    refused: int
    withdrawn: int
    valid_ids: int | None
    empty_cells: int | None
    upheld: int | None


def compared(said: Sequence[ComparisonRow], counties: dict[str, str]) -> list[Compared]:
    """By county (code and name), also of one of which nothing was said."""
    of = {county: [row for row in said if row.division == county] for county in counties}
    return [
        Compared(county, name, sum(not row.suspended for row in of[county]), sum(bool(row.suspended) for row in of[county]))
        for county, name in sorted(counties.items())
    ]


def whole(said: Sequence[ComparisonRow], silent: bool) -> bool | None:
    """Whether each of these rules spoke; None: none did. `silent`: there is a county of which no rule at all said anything."""
    spoke = sum(not row.suspended for row in said)
    return (spoke == len(said) and not silent) if spoke else None


def used(said: Sequence[ComparisonRow], counties: dict[str, str], least: int) -> list[ListUsed]:
    """The usable lists that rules went by, each once; the newest run says as of when."""
    found: dict[tuple[str, RosterKind], ListUsed] = {}
    for row in sorted(said, key=lambda row: row.run_on):
        for each in row.inputs:
            if each.usable and row.division in counties:
                rows = each.rows if not 0 < each.rows < least else None
                found[row.division, each.kind] = ListUsed(row.division, counties[row.division], each.kind, each.as_of, rows)
    return [found[key] for key in sorted(found)]


def suspended(said: Sequence[ComparisonRow], counties: dict[str, str]) -> list[Suspended]:
    """By county and list, since the earliest day on which a rule said so."""
    rules: defaultdict[tuple[str, RosterKind, str], list[str]] = defaultdict(list)
    since: dict[tuple[str, RosterKind, str], date] = {}
    for row in said:
        for lacking in row.suspended:
            key = (row.division, lacking.kind, lacking.why)
            rules[key].append(row.title)
            since[key] = min(since.get(key, date.max), lacking.since)
    found = [
        Suspended(county, counties[county], kind, why, since[county, kind, why], tuple(sorted({*titles})))
        for (county, kind, why), titles in rules.items()
        if county in counties
    ]
    silent = counties.keys() - {row.division for row in said}
    found += [Suspended(county, counties[county], None, NOT_COMPARED, None, ()) for county in silent]
    return sorted(found, key=lambda each: (each.division, each.kind or "", each.why))


def cards(lists: Lists, upheld: dict[str, int | None], day: date) -> list[Card]:
    """One for each agency that owed or sent a list; `upheld`: percent by owner, and on which day the report ends."""
    agencies = {row.owner for row in lists.due} | {row.sent_by for row in lists.came}
    return [_card(agency, lists, upheld.get(agency), day) for agency in sorted(agencies)]


def _card(agency: str, lists: Lists, upheld: int | None, day: date) -> Card:
    due = [row for row in lists.due if row.owner == agency]
    late = [row.days_late for row in due if row.days_late]
    came = [row for row in lists.came if row.sent_by == agency]
    counting = _of(came, RosterState.RECEIVED)
    return Card(
        agency=agency,
        name=AGENCIES.short(agency, day),
        due=len(due),
        in_time=sum(row.days_late == 0 for row in due),
        late=len(late),
        missing=sum(row.arrived_on is None for row in due),
        days_late=max(late, default=None),
        counting=len(counting),
        held=len(_of(came, RosterState.HELD)),
        refused=len(_of(came, RosterState.REJECTED)),
        withdrawn=len(_of(came, RosterState.WITHDRAWN)),
        valid_ids=percent(sum(row.identified for row in counting), sum(row.rows for row in counting)),
        empty_cells=percent(sum(row.empty_cells for row in counting), sum(row.cells for row in counting)),
        upheld=upheld,
    )


def _of(came: Sequence[RosterRow], state: RosterState) -> list[RosterRow]:
    return [row for row in came if row.state is state]


def percent(part: int, whole: int) -> int | None:
    """A part of a whole; None: of nothing."""
    return part * 100 // whole if whole else None
