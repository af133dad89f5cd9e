"""Courses counted: for every place and institution how many of what in a period, and how many days each stage took. Pure.

A stage is counted in the period in which it ended, whenever it began; a home assessment that was asked for in the period is followed
to its end. What still waits is counted as of the last day of the period, or today. Names and shows nothing; `appraisal.py` does.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.certificates.policy.load import CertificatePolicy
from services.certificates.quality.projection import CourseRow
from services.certificates.quality.stages import DROPPED, REJECTED, UPHELD, Change, Course, Span, Stage, What, read
from services.certificates.vocabulary import DisputeLevel
from services.domain import divisions
from services.domain.divisions import Level
from services.domain.suppression import Cell, Sum

ALL, NOBODY = "", "@"  # the place that is the whole sight; the institution of a conclusion that only a roster knows
BY_INSTITUTION = (Stage.ASSESS, Stage.HOME)
LEVELS = (DisputeLevel.PREFECTURE, DisputeLevel.PROVINCE)
REASONS = (What.RETURNED, What.REFUSED, What.MISSED)


@dataclass(frozen=True, slots=True)
class Period:
    """The days asked for, both inclusive, and the day on which it is asked."""

    since: date
    until: date
    today: date

    @property
    def last(self) -> date:
        """The last day of the period that has come."""
        return min(self.until, self.today)

    def holds(self, day: date | None) -> bool:
        """Whether it is a day of the period."""
        return day is not None and self.since <= day <= self.last


@dataclass(slots=True)
class Tally:
    """Numbers by place and measure, and the days of every ended stage by place."""

    counts: Counter[Cell] = field(default_factory=Counter)
    days: defaultdict[tuple[str, Stage], list[int]] = field(default_factory=lambda: defaultdict(list))

    def count(self, places: Iterable[str], *measures: str) -> None:
        """One more of each measure in each place."""
        for place in places:
            for measure in measures:
                self.counts[place, measure] += 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a stage may take, by policy; and how long it took, in working days where there is a limit."""

    policy: CertificatePolicy
    working: Sequence[date]  # every working day that any span may touch

    def of(self, stage: Stage, day: date, division: str) -> int | None:
        """The limit in working days for what begins on that day; None: none. The review's is the 办法's (art. 9)."""
        if stage is Stage.REVIEW:
            return self.policy.assessment.one("assessment", day, division).review_working_days
        if stage is Stage.HOME:
            return self.policy.assessment.one("assessment", day, division).home_working_days
        rows = [row for row in self.policy.limit.rows if row.id == stage and row.holds(day, division)]
        return max(rows, key=lambda row: (len(row.division), row.since)).value.working_days if rows else None

    def working_days(self, began: date, day: date) -> int:
        """The least n for which `day` is not after the n-th working day after `began`."""
        return bisect_left(self.working, day) - bisect_right(self.working, began) + 1 if day > began else 0

    def kept(self, span: Span, day: date, division: str) -> bool | None:
        """Whether a stage that ended on `day`, or still waits then, is inside its limit; None where there is none.

        A home assessment's day was set when it was ordered, by the policy of then.
        """
        if span.due_on is not None:
            return day <= span.due_on
        limit = self.of(span.stage, span.began, division)
        return None if limit is None else self.working_days(span.began, day) <= limit


def tally(rows: Sequence[CourseRow], period: Period, policy: CertificatePolicy) -> tuple[Tally, Limits]:
    """Count all courses."""
    courses = [(row, read(row.marks)) for row in rows]
    first = min((span.began for _, course in courses for span in course.spans), default=period.last)
    days = (period.today - first).days
    limits = Limits(policy, [d for n in range(days + 1) if policy.calendar.is_working(d := first + timedelta(days=n))])
    found = Tally()
    for row, course in courses:
        places = (ALL, divisions.county(row.township), row.township)
        for span in course.spans:
            _stage(found, span, places, row.division, period, limits)
            if span.stage is Stage.HOME and period.holds(span.began):
                found.count((*places, _place(span.institution)), "ASKED", *_home(span, period.today))
        _happened(found, course, places, period)
    return found, limits


def _place(institution: str) -> str:
    return NOBODY + institution


def _stage(found: Tally, span: Span, places: tuple[str, ...], division: str, period: Period, limits: Limits) -> None:
    stage, last = span.stage, period.last
    if stage in BY_INSTITUTION:
        places = (*places, _place(span.institution))
    if span.began <= last and (span.ended is None or span.ended > last):
        late = limits.kept(span, last, division) is False
        found.count(places, f"{stage}/WAITING", f"{stage}/OVERDUE" if late else f"{stage}/IN_TIME")
    elif period.holds(span.ended) and span.ended and span.outcome != DROPPED:
        kept = limits.kept(span, span.ended, division)
        found.count(places, stage, f"{stage}>{span.outcome}", *_kept(stage, kept))
        if stage is Stage.TOTAL:
            found.count(places, "ENDED")
        if stage is Stage.DISPUTE:
            found.count((*places, _place(span.institution)), f"DECIDED:{span.about}", f"{span.outcome}:{span.about}")
        for place in places:
            unit = limits.of(stage, last, division)
            took = (span.ended - span.began).days if unit is None else limits.working_days(span.began, span.ended)
            found.days[place, stage].append(took)


def _kept(stage: Stage, kept: bool | None) -> tuple[str, ...]:
    if kept is None:
        return (f"{stage}/FREE",)
    return f"{stage}/MEASURED", f"{stage}/WITHIN" if kept else f"{stage}/LATE"


def _home(span: Span, today: date) -> tuple[str, ...]:
    """What became of a home assessment up to today."""
    if span.outcome == DROPPED:
        return ("NOT_NEEDED",)
    late = span.due_on is not None and (span.ended or today) > span.due_on
    if span.ended is None:
        return ("NOT_DONE",) if late else ("RUNNING",)
    return ("DONE", "DONE_LATE") if late else ("DONE", "DONE_IN_TIME")


def _happened(found: Tally, course: Course, places: tuple[str, ...], period: Period) -> None:
    institution = ""
    for mark in course.marks:
        if mark.what is What.ORDERED:
            institution = mark.codes[0]
        if not period.holds(mark.on):
            continue
        if mark.what in REASONS:
            more = (_place(institution),) if mark.what is What.MISSED else ()
            found.count((*places, *more), mark.what, f"{mark.what}:{mark.codes[0]}")
        elif mark.what in (What.WITHDRAWN, What.OBJECTED):
            found.count(places, mark.what)
        if mark.what is What.WITHDRAWN:
            found.count(places, "ENDED")
    for again in course.reassessments:
        if period.holds(again.on):
            changed = () if again.change is Change.SAME else ("CHANGED",)
            found.count((*places, _place(again.institution)), "AGAIN", f"AGAIN:{again.change}", *changed)


def sums(tally: Tally) -> list[Sum]:
    """What adds up: within a place the parts of each measure, and each measure over places and over institutions."""
    places = sorted({place for place, _ in tally.counts})
    measures = sorted({measure for _, measure in tally.counts})
    found = [Sum((place, whole), tuple((place, part) for part in parts)) for place in places for whole, parts in _parts(measures)]
    for measure in measures:
        for whole, parts in _under(places):
            if parts and any((part, measure) in tally.counts for part in parts):
                found.append(Sum((whole, measure), tuple((part, measure) for part in parts)))
    return found


def _under(places: Sequence[str]) -> list[tuple[str, list[str]]]:
    counties = [place for place in places if divisions.level(place) is Level.COUNTY]
    institutions = [place for place in places if place.startswith(NOBODY)]
    townships = [
        (county, [place for place in places if divisions.level(place) is Level.TOWNSHIP and divisions.inside(place, county)])
        for county in counties
    ]
    return [(ALL, counties), (ALL, institutions), *townships]


def _parts(measures: Sequence[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = [
        ("ENDED", [Stage.TOTAL, What.WITHDRAWN]),
        (What.REFUSED, [f"{Stage.TOTAL}>{What.REFUSED}"]),
        (What.RETURNED, [f"{Stage.ACCEPT}>{What.RETURNED}"]),
        ("ASKED", ["DONE", "NOT_DONE", "RUNNING", "NOT_NEEDED"]),
        ("DONE", ["DONE_IN_TIME", "DONE_LATE"]),
        ("AGAIN", [f"AGAIN:{Change.SAME}", "CHANGED"]),
        ("CHANGED", [f"AGAIN:{change}" for change in Change if change is not Change.SAME]),
        (Stage.DISPUTE, [f"DECIDED:{level}" for level in LEVELS]),
    ]
    found += [(f"DECIDED:{level}", [f"{UPHELD}:{level}", f"{REJECTED}:{level}"]) for level in LEVELS]
    found += [(kind, [measure for measure in measures if measure.startswith(f"{kind}:")]) for kind in REASONS]
    for stage in Stage:
        found.append((stage, [measure for measure in measures if measure.startswith(f"{stage}>")]))
        found.append((stage, [f"{stage}/MEASURED", f"{stage}/FREE"]))
        found.append((f"{stage}/MEASURED", [f"{stage}/WITHIN", f"{stage}/LATE"]))
        found.append((f"{stage}/WAITING", [f"{stage}/OVERDUE", f"{stage}/IN_TIME"]))
    return found
