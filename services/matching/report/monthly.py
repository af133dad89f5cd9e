"""The monthly report of comparisons, as of the month's end: what was compared, what could not be, what was found and what became of it. Pure.

Everything follows from the dates of events before the end of the month, so a past month is told today as it was told then. No name, no
person, no village; a number of findings that might point to somebody is None, and how agencies' lists were is told as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.domain import divisions
from services.domain.agencies import AGENCIES
from services.domain.divisions import Level
from services.domain.months import add_months, month_of
from services.domain.statistics.by_unit import units_below
from services.domain.statistics.figure import Figure, Shown
from services.domain.townships import CodeSystem
from services.kernel.period import Period
from services.matching.comparison.projection import ComparisonRow
from services.matching.finding.precision import least_of
from services.matching.policy.load import MatchingPolicy
from services.matching.report import lists, tally
from services.matching.report.as_of_month import Findings, Lists
from services.matching.report.lists import Card, Compared, ListUsed, Suspended
from services.matching.vocabulary import FINDING_NAMES

ROW = "monthly"  # the row of the policy


@dataclass(frozen=True, slots=True)
class FindingFigures:
    """Findings of a type, an owner, a township or county, or all (`code` is empty). `new` in the month, one that came back too; `verified`,
    `refuted` by officials and `resolved` by facts in it, whenever found; `open` on its last day, and of these `overdue` and `in_time`.

    `whole`: each rule of it spoke of the compared month; false: a list was missing for some, so that there may be more; None: for all, so
    that nothing new says nothing."""

    code: str
    name: str
    whole: bool | None
    new: Figure
    verified: Figure
    refuted: Figure
    resolved: Figure
    open: Figure
    overdue: Figure
    in_time: Figure


@dataclass(frozen=True, slots=True)
class RulePrecision:
    """How often a rule was right by everything decided until the month's end. None: kept back; `percent` also while nobody has decided
    anything. `review`: enough was decided, and it was right less often than the policy asks for."""

    rule: str
    title: str
    upheld: int | None
    refuted: int | None
    percent: int | None
    review: bool


@dataclass(frozen=True, slots=True)
class MonthlyComparisons:
    """The report. `running`: the month is not over, and `last` is the day it is told of; `compared_month`: the month of the lists, which are
    due in this one."""

    month: str
    compared_month: str
    division: str
    name: str
    issuer: str
    first: date
    last: date
    running: bool
    smallest_cell: int
    compared: tuple[Compared, ...]
    lists: tuple[ListUsed, ...]
    suspended: tuple[Suspended, ...]
    total: FindingFigures
    types: tuple[FindingFigures, ...]
    owners: tuple[FindingFigures, ...]
    units: tuple[FindingFigures, ...]
    rules: tuple[RulePrecision, ...]
    cards: tuple[Card, ...]


def monthly(found: Findings, known: Lists, within: Period, division: str, policy: MatchingPolicy) -> MonthlyComparisons:
    """The report of a division (a county, or the prefecture) for a month."""
    rules = policy.reporting.one(ROW, within.last, division)
    counties, name = counties_of(division, within.last, policy), unit_name(division, within.last, policy)
    numbers = tally.shown(found, within, division, rules.smallest_cell)
    told = _Told(known.said, counties)
    owners = sorted({*_lines(numbers, division, tally.OWNER), *(row.owner for row in known.said)})
    types = {*_lines(numbers, division, tally.TYPE), *(row.finding for row in known.said)}
    return MonthlyComparisons(
        month=month_of(within.first),
        compared_month=month_of(add_months(within.first, -1)),
        division=division,
        name=name,
        issuer=name + AGENCIES.name(rules.issuer, within.last),
        first=within.first,
        last=within.last,
        running=within.running,
        smallest_cell=rules.smallest_cell,
        compared=tuple(lists.compared(known.said, counties)),
        lists=tuple(lists.used(known.said, counties, rules.smallest_cell)),
        suspended=tuple(lists.suspended(known.said, counties)),
        total=_figures(numbers, f"{division}/", "", "合计", told.whole()),
        types=tuple(
            _figures(numbers, f"{division}/{tally.TYPE}{kind}", kind, word, told.whole(finding=kind))
            for kind, word in FINDING_NAMES.items()
            if kind in types
        ),
        owners=tuple(
            _figures(
                numbers, f"{division}/{tally.OWNER}{owner}", owner, AGENCIES.short(owner, within.last), told.whole(owner=owner)
            )
            for owner in owners
        ),
        units=tuple(_units(numbers, division, told, within.last, policy)),
        rules=tuple(_precisions(found, numbers, division, within.last, policy)),
        cards=tuple(lists.cards(known, {owner: _upheld(numbers, division, owner) for owner in owners}, within.last)),
    )


def counties_of(division: str, day: date, policy: MatchingPolicy) -> dict[str, str]:
    """The counties of a division on a day, with their names."""
    rows = policy.places.townships.rows
    there = (row for row in rows if row.value.code_system is CodeSystem.STATISTICAL and row.holds(day, ""))
    return {divisions.county(row.id): row.value.county for row in there if divisions.inside(divisions.county(row.id), division)}


def unit_name(division: str, day: date, policy: MatchingPolicy) -> str:
    """What a county or the prefecture is called in a title."""
    if divisions.level(division) is Level.PREFECTURE:
        return policy.reporting.one(ROW, day, division).prefecture
    return policy.places.area(division, day)


def _lines(numbers: Shown, division: str, kind: str) -> list[str]:
    """What the lines of a kind are about, in this month or the one before."""
    begins = f"{division}/{kind}"
    return sorted(
        {who.removeprefix(begins) for table in (numbers.now, numbers.before) for who, _ in table.cells if who.startswith(begins)}
    )


class _Told:
    """Which rules spoke of the compared month, of a kind or of all."""

    def __init__(self, said: Sequence[ComparisonRow], counties: Mapping[str, str]) -> None:
        self._said, self._counties = said, counties

    def whole(self, within: str = "", finding: str | None = None, owner: str | None = None) -> bool | None:
        """Of the counties in a division, of a type or an owner where one is named."""
        here = [row for row in self._said if divisions.inside(row.division, within)]
        there = {county for county in self._counties if divisions.inside(county, within)}
        asked = [row for row in here if finding in (None, row.finding) and owner in (None, row.owner)]
        return lists.whole(asked, silent=bool(there - {row.division for row in here}))


def _figures(numbers: Shown, who: str, code: str, name: str, whole: bool | None) -> FindingFigures:
    flows = {measure: numbers.figure(who, measure) for measure in tally.FLOWS}
    return FindingFigures(
        code=code,
        name=name,
        whole=whole,
        open=numbers.figure(who, "open"),
        overdue=numbers.figure(who, "overdue", "open"),
        in_time=numbers.figure(who, "in_time", "open"),
        **flows,
    )


def _units(numbers: Shown, division: str, told: _Told, day: date, policy: MatchingPolicy) -> Iterable[FindingFigures]:
    """Townships of a county, where something is or was; all counties of the prefecture."""
    units = {unit for table in (numbers.now, numbers.before) for unit in units_below(table.cells, division)}
    if divisions.level(division) is Level.PREFECTURE:
        units |= counties_of(division, day, policy).keys()
    for unit in sorted(units):
        name = "未分乡镇" if unit == tally.nowhere(divisions.county(unit)) else policy.places.area(unit, day)
        yield _figures(numbers, f"{unit}/", unit, name, told.whole(divisions.county(unit)))


def _precisions(found: Findings, numbers: Shown, division: str, day: date, policy: MatchingPolicy) -> Iterable[RulePrecision]:
    titles = {row.rule: row.title for row in found.now}
    for rule in _lines(numbers, division, tally.RULE):
        line = f"{division}/{tally.RULE}{rule}"
        upheld, against = numbers.now.number((line, tally.UPHELD)), numbers.now.number((line, tally.AGAINST))
        share = _share(upheld, against)
        asked = least_of(rule, policy.precisions, day)
        enough = upheld is not None and against is not None and upheld + against >= asked.decided
        yield RulePrecision(
            rule, titles.get(rule, rule), upheld, against, share, enough and share is not None and share < asked.percent
        )


def _upheld(numbers: Shown, division: str, owner: str) -> int | None:
    line = f"{division}/{tally.OWNER}{owner}"
    return _share(numbers.now.number((line, "verified")), numbers.now.number((line, "refuted")))


def _share(upheld: int | None, against: int | None) -> int | None:
    return None if upheld is None or against is None else lists.percent(upheld, upheld + against)
