"""一月一通报: what a county's or the prefecture's offices were told in a month and what became of it, as of the month's end. Pure.

Everything follows from the dates of events before the end of the month, so a past month is told today as it was told then, and its
figures are those that the report of the next month compares itself with. Two things do not: what offices are called is what the policy
rows say of that month today, and a list that a rebuilt read model has not taken in yet is missing. No name, no person, no village; a
number of persons that might point to somebody is None, and what offices did is told as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.domain import divisions
from services.domain.file_number import file_number
from services.domain.statistics.figure import Figure, Shown, Table
from services.kernel.period import Period
from services.notifications.notice.projection import NoticeRow
from services.notifications.policy.load import NoticePolicy
from services.notifications.report.projection import ArrivalRow, Compared, Lists
from services.notifications.report.reminder_figures import Reminded, ReminderFigures, reminder_figures
from services.notifications.report.suspended import Suspended, suspended
from services.notifications.report.tally import OWN, Standing, at, hidden, kind, place_of, queued_on, tally, whole

NOTHING_CAME, NOT_RUN, EMPTY = "nothing_came", "comparison_not_run", "compared_with_nothing"


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """An agency's month. `told`: in the month, without what was withdrawn before anybody took note; of these `noted` and `sent_back`.
    `asked`: those kept that ask for an act, `done` of these (reported, or shown by a later event), and those so `verified`. `open` and
    `overdue` are of the last day, whenever told. Medians are working days; None: nobody did anything.
    """

    agency: str
    name: str
    told: Figure
    noted: Figure
    sent_back: Figure
    asked: Figure
    done: Figure
    verified: Figure
    open: Figure
    overdue: Figure
    days_to_note: int | None
    days_to_act: int | None


@dataclass(frozen=True, slots=True)
class UnitOverdue:
    """A responsible unit: an agency in a county (or at the prefecture, with all below it in the division). `overdue` of what is open."""

    division: str
    agency: str
    name: str
    overdue: Figure


@dataclass(frozen=True, slots=True)
class StageFigures:
    """How many of the month's escalations reached this stage; 1 = the first office behind the one that was told."""

    stage: int
    told: Figure


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Matters of a kind (the short name of their event) first told in the month; `settled`: of which nobody has to do anything now."""

    cause_type: str
    told: Figure
    settled: Figure


@dataclass(frozen=True, slots=True)
class LongOpen:
    """A case by its number: who has it, since how many days, and how far up it has come. What it is about is behind the login."""

    file_number: str
    units: tuple[str, ...]
    days: int
    stage: int


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A list that was not compared: `why` is the code of the refusal, or `nothing_came`; or a list that came, and no comparison was run
    since (`comparison_not_run`), or only one that lacked another list (`compared_with_nothing`)."""

    division: str
    name: str
    agency: str
    roster: str
    why: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Monthly:
    """The report. `running`: the month is not over, and `last` is the day it is told of. `suspended`: what no rule could say
    of the month before, whose lists are due in this one."""

    month: str
    division: str
    name: str
    issuer: str
    first: date
    last: date
    running: bool
    smallest_cell: int
    total: AgencyFigures
    agencies: tuple[AgencyFigures, ...]
    overdue: tuple[UnitOverdue, ...]
    escalated: Figure
    stages: tuple[StageFigures, ...]
    reminders: ReminderFigures
    kinds: tuple[KindFigures, ...]
    longest: tuple[LongOpen, ...]
    not_compared: tuple[NotCompared, ...]
    suspended: tuple[Suspended, ...]


def _shown(stood: Standing, within: Period, division: str, least: int) -> Shown:
    now, before = whole(tally(stood.now, within), division), whole(tally(stood.before, within.before), division)
    return Shown(Table(now, hidden(now, division, least)), Table(before, hidden(before, division, least)))


def monthly(stood: Standing, reminded: Reminded, lists: Lists, within: Period, division: str, policy: NoticePolicy) -> Monthly:
    """The report of a division (a county, or the prefecture) for a month."""
    rules = policy.reporting.one("monthly", within.last, division)
    shown = _shown(stood, within, division, rules.smallest_cell)
    agencies = sorted({row.agency for row in stood.now})
    newly = _Newly(stood, policy)
    name = policy.unit_name(division, within.last)
    measures = sorted({measure for who, measure in shown.now.cells if who == at(division)})
    stages = sorted(int(m.partition("/")[2]) for m in measures if m.startswith("stage/"))
    total = at(division)
    return Monthly(
        f"{within.first:%Y-%m}",
        division,
        name,
        name + policy.name(f"{rules.issuer}:", within.last),
        within.first,
        within.last,
        within.running,
        rules.smallest_cell,
        _of_agency(shown, newly, total, "", "合计"),
        tuple(_of_agency(shown, newly, at(division, a), a, policy.name(f"{a}:", within.last)) for a in agencies),
        tuple(_overdue(shown, division, within.last, policy)),
        shown.figure(total, "escalated", "told"),
        tuple(StageFigures(stage, shown.figure(total, f"stage/{stage}", "escalated")) for stage in stages),
        reminder_figures(reminded, within, division, rules.smallest_cell, policy),
        tuple(_kind(shown, total, m.split("/")[1]) for m in measures if m.startswith("kind/") and m.endswith("/")),
        tuple(longest(stood.now, within.last, rules.longest, policy)),
        tuple(not_compared(lists, division, within, policy)),
        tuple(suspended(lists.last_said, division, within.last, policy)),
    )


def _of_agency(shown: Shown, newly: "_Newly", who: str, agency: str, name: str) -> AgencyFigures:
    def figure(measure: str, of: str | None = None) -> Figure:
        return shown.figure(who, measure, of)

    return AgencyFigures(
        agency,
        name,
        figure("told"),
        figure("noted", "told"),
        figure("sent_back"),
        figure("asked"),
        figure("done", "asked"),
        figure("verified"),
        figure("open"),
        figure("overdue", "open"),
        newly.median(agency, "acknowledged_on"),
        newly.median(agency, "acted_on"),
    )


class _Newly:
    """Working days from being told to what offices did since the month before."""

    def __init__(self, stood: Standing, policy: NoticePolicy) -> None:
        self._before = {row.notice_id: row for row in stood.before}
        self._rows, self._between = stood.now, policy.calendar.between

    def median(self, agency: str, did: str) -> int | None:
        """The median, the lower of two; "" = of all agencies."""
        days = sorted(
            self._between(queued_on(row), on)
            for row in self._rows
            if agency in ("", row.agency)
            and (on := getattr(row, did))
            and getattr(self._before.get(row.notice_id), did, None) is None
        )
        return days[(len(days) - 1) // 2] if days else None


def _overdue(shown: Shown, division: str, day: date, policy: NoticePolicy) -> Iterable[UnitOverdue]:
    """Every unit with something overdue, those with most first."""
    found = []
    for (who, measure), n in shown.now.cells.items():
        place, _, agency = who.partition("/")
        if (
            measure == "overdue"
            and n
            and agency != "*"
            and (divisions.reaches(division, divisions.Level.COUNTY) or place != division)
        ):
            where = division if place == OWN else place
            found.append(UnitOverdue(where, agency, policy.name(f"{agency}:{where}", day), shown.figure(who, measure, "open")))
    return sorted(found, key=lambda unit: (-(unit.overdue.count or 0), unit.division, unit.agency))


def _kind(shown: Shown, who: str, name: str) -> KindFigures:
    return KindFigures(name, shown.figure(who, kind(name)), shown.figure(who, kind(name, "settled"), kind(name)))


def longest(rows: Iterable[NoticeRow], day: date, count: int, policy: NoticePolicy) -> list[LongOpen]:
    """The cases open longest on that day, by when the matter was first told; of one case the oldest matter that is open."""
    matters: dict[UUID, list[NoticeRow]] = {}
    for row in rows:
        matters.setdefault(row.cause_id, []).append(row)
    cases: dict[UUID, LongOpen] = {}
    for matter in matters.values():
        waiting = [row for row in matter if row.waiting]
        if waiting:
            said = _long_open(matter, waiting, day, policy)
            known = cases.get(matter[0].subject_id)
            cases[matter[0].subject_id] = said if known is None or said.days > known.days else known
    return sorted(cases.values(), key=lambda case: (-case.days, case.file_number))[:count]


def _long_open(matter: Sequence[NoticeRow], waiting: Sequence[NoticeRow], day: date, policy: NoticePolicy) -> LongOpen:
    units = dict.fromkeys(
        policy.name(office_of(row.agency, row.division), day) for row in sorted(waiting, key=lambda r: (r.stage, r.agency))
    )
    days = (day - min(map(queued_on, matter))).days
    return LongOpen(file_number(matter[0].subject_id), tuple(units), days, max(row.stage for row in waiting))


def office_of(agency: str, division: str) -> str:
    """The office as a report names it: of a village its county, since a case and a village together may point to somebody."""
    place = place_of(division)
    return f"{agency}:{division if place == OWN else place}"


def not_compared(lists: Lists, division: str, within: Period, policy: NoticePolicy) -> list[NotCompared]:
    """For each county and list owed: every sheet that was refused, that nothing came, and that what came last was not compared, or with
    nothing. That a usable list came does not mean that anybody compared it."""
    found: list[NotCompared] = []
    for said, sheets in owed_lists(lists.arrived, division, within, policy):
        found += [NotCompared(*said, sheet.refused, sheet.arrived_on) for sheet in sheets if sheet.refused]
        usable = [sheet for sheet in sheets if not sheet.refused]
        if not sheets:
            found.append(NotCompared(*said, NOTHING_CAME, None))
        elif usable and (why := _uncompared(usable[-1], lists.compared, within)):
            found.append(NotCompared(*said, why, usable[-1].arrived_on))
    return found


def _uncompared(sheet: ArrivalRow, compared: Iterable[Compared], within: Period) -> str | None:
    """Why a list was not compared until the end of the month; None when it was."""
    ours = [run for run in compared if (run.division, run.kind) == (sheet.division, sheet.kind)]
    since = [run for run in ours if sheet.arrived_on <= run.ran_on <= within.last]
    if any(run.whole for run in since):
        return None
    return EMPTY if since else NOT_RUN


def owed_lists(
    arrived: Sequence[ArrivalRow], division: str, within: Period, policy: NoticePolicy
) -> Iterable[tuple[tuple[str, str, str, str], list[ArrivalRow]]]:
    """Each list that a county of the division owes (county, the office's name, its agency, the list), and the sheets of it that came."""
    units = {row.id for row in policy.units.rows if divisions.level(row.id) is divisions.Level.COUNTY}
    for county in sorted(unit for unit in units if divisions.inside(unit, division)):
        for row in policy.rosters.rows:
            if row.holds(within.last, county):
                sheets = [a for a in arrived if a.division == county and a.kind == row.id and within.holds(a.arrived_on)]
                office = policy.name(f"{row.value.agency}:{county}", within.last)
                yield (county, office, row.value.agency, row.value.name), sheets
