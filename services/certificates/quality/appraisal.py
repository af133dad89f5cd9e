"""How well certificates are made (joint opinion, part 5: 提高办证质量, 上门评残 in the yearly appraisal): denominators first.

Turns counted courses into an `Appraisal`: every share stands beside what it is a share of, 0 of 0 where nothing happened, and a number
that may not be shown is None. Pure. Ranks nobody: numbers are for people to judge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil

from services.certificates.policy.load import CertificatePolicy
from services.certificates.quality.projection import CourseRow
from services.certificates.quality.stages import UPHELD, Change, Stage, What
from services.certificates.quality.tally import ALL, BY_INSTITUTION, LEVELS, NOBODY, REASONS, Limits, Period, Tally, sums, tally
from services.certificates.vocabulary import DisputeLevel
from services.domain import divisions
from services.domain.characters import digits
from services.domain.divisions import Level
from services.domain.suppression import kept_back
from services.domain.townships import CodeSystem


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`; None: not to be shown."""

    count: int | None
    of: int | None

    @property
    def percent(self) -> float | None:
        """None also for 0 of 0: nothing happened, which is neither good nor bad."""
        return 100 * self.count / self.of if self.of and self.count is not None else None


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Cases of a stage that ended in the period. `limit`: working days allowed to what begins now (None: no limit).

    `median`, `ninetieth`: the days that half, and nine in ten, of the cases did not exceed (nearest rank): working days where there is
    a limit, else calendar days. `within`: those inside their limit, of those that had one. `waiting`, `overdue`: on the last day.
    """

    stage: Stage
    limit: int | None
    cases: int | None
    median: int | None
    ninetieth: int | None
    within: Share
    waiting: int | None
    overdue: int | None


@dataclass(frozen=True, slots=True)
class Reason:
    """How many were returned, refused or missed for this reason: a code, and what it says (the code again where nobody wrote that down)."""

    kind: What
    code: str
    words: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Home:
    """上门评残 asked for in the period, and what became of them up to today: done + not_done + running + not_needed = asked.

    `done`: of all asked; `in_time`: of those done; `not_done`: the day has passed; `missed`: visits in vain in the period.
    """

    done: Share
    in_time: Share
    not_done: int | None
    running: int | None
    not_needed: int | None
    missed: int | None


@dataclass(frozen=True, slots=True)
class Disputes:
    """异议 decided at a level, and how many were upheld."""

    level: DisputeLevel
    upheld: Share


@dataclass(frozen=True, slots=True)
class Reassessed:
    """Conclusions that came after another one of the same holder: changed, and how."""

    changed: Share
    regraded: int | None
    no_longer_met: int | None
    now_met: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a county, a township (`place`: its code), or everything in sight (`place` empty).

    `returned`: of the decisions at acceptance; `refused`, `withdrawn`: of the applications that ended; `notices_late`: taken down
    after their limit, of those taken down; `objections_upheld`: of those answered; `objections`: raised.
    """

    place: str
    name: str
    stages: tuple[StageFigures, ...]
    returned: Share
    refused: Share
    withdrawn: Share
    reasons: tuple[Reason, ...]
    home: Home
    notices_late: Share
    objections: int | None
    objections_upheld: Share
    disputes: tuple[Disputes, ...]
    reassessed: Reassessed


@dataclass(frozen=True, slots=True)
class InstitutionFigures:
    """The figures of a designated institution. `disputes` and `reassessed` are about the conclusions it had given."""

    institution: str
    stages: tuple[StageFigures, ...]
    home: Home
    disputes: tuple[Disputes, ...]
    reassessed: Reassessed


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A period (both days inclusive) as known at the end of `as_of`; `smallest_cell`: below it numbers are kept back (0: none)."""

    since: date
    until: date
    as_of: date
    smallest_cell: int
    total: Figures
    counties: tuple[Figures, ...]
    townships: tuple[Figures, ...]
    institutions: tuple[InstitutionFigures, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the figures of one place come from."""

    tally: Tally
    limits: Limits
    day: date
    number: Callable[[str, str], int | None]  # (place, measure); None: not to be shown
    said: Callable[[str], str]  # what the code of a reason means

    def share(self, place: str, count: str, of: str) -> Share:
        return Share(self.number(place, count), self.number(place, of))


def appraise(
    rows: Sequence[CourseRow], institutions: Sequence[str], period: Period, division: str, policy: CertificatePolicy, least: int
) -> Appraisal:
    """The figures of every county and township that lies wholly in `division`, and of `institutions`, with or without cases.

    `least`: numbers below it are kept back, with as many others as it takes (0: nothing is).
    """
    tallied, limits = tally(rows, period, policy)
    back = kept_back(tallied.counts, sums(tallied), least)

    def number(place: str, measure: str) -> int | None:
        return None if (place, measure) in back else tallied.counts[place, measure]

    source = _Source(tallied, limits, period.last, number, partial(policy.said, division=division, day=period.last))
    names = _names(policy, division, period.last)
    places = {*names, *(row.township for row in rows)}
    townships = {place: names.get(place, "") for place in places if divisions.level(place) is Level.TOWNSHIP}
    counties = {county: names.get(county, "") for county in map(divisions.county, townships)}
    if divisions.narrower(division, Level.COUNTY):
        counties = {}
    if divisions.narrower(division, Level.TOWNSHIP):
        townships = {}
    known = {row_institution.removeprefix(NOBODY) for row_institution, _ in tallied.counts if row_institution.startswith(NOBODY)}
    return Appraisal(
        period.since,
        period.until,
        period.last,
        least,
        _figures(source, ALL, "合计"),
        tuple(_figures(source, place, counties[place]) for place in sorted(counties)),
        tuple(_figures(source, place, townships[place]) for place in sorted(townships)),
        tuple(_of_institution(source, code) for code in sorted(({*institutions} | known) - {""})),
    )


def _names(policy: CertificatePolicy, division: str, day: date) -> dict[str, str]:
    """The townships of a division and their counties."""
    found: dict[str, str] = {}
    for row in policy.townships.rows:
        if divisions.inside(row.id, division) and row.holds(day, "") and row.value.code_system is CodeSystem.STATISTICAL:
            found |= {row.id: row.value.name, divisions.county(row.id): row.value.county}
    return found


def _figures(source: _Source, place: str, name: str) -> Figures:
    share = source.share
    return Figures(
        place=place,
        name=name,
        stages=_stages(source, place, tuple(Stage)),
        returned=share(place, What.RETURNED, Stage.ACCEPT),
        refused=share(place, What.REFUSED, "ENDED"),
        withdrawn=share(place, What.WITHDRAWN, "ENDED"),
        reasons=_reasons(source, place),
        home=_home(source, place),
        notices_late=share(place, f"{Stage.TAKE_DOWN}/LATE", f"{Stage.TAKE_DOWN}/MEASURED"),
        objections=source.number(place, What.OBJECTED),
        objections_upheld=share(place, f"{Stage.ANSWER}>{UPHELD}", Stage.ANSWER),
        disputes=_disputes(source, place),
        reassessed=_reassessed(source, place),
    )


def _of_institution(source: _Source, code: str) -> InstitutionFigures:
    place = NOBODY + code
    stages = _stages(source, place, BY_INSTITUTION)
    return InstitutionFigures(code, stages, _home(source, place), _disputes(source, place), _reassessed(source, place))


def _stages(source: _Source, place: str, stages: Sequence[Stage]) -> tuple[StageFigures, ...]:
    return tuple(_stage(source, place, stage) for stage in stages)


def _stage(source: _Source, place: str, stage: Stage) -> StageFigures:
    cases = source.number(place, stage)
    days = sorted(source.tally.days[place, stage]) if cases else []
    return StageFigures(
        stage,
        source.limits.of(stage, source.day, place if digits(place) else ""),
        cases,
        _rank(days, 50),
        _rank(days, 90),
        source.share(place, f"{stage}/WITHIN", f"{stage}/MEASURED"),
        source.number(place, f"{stage}/WAITING"),
        source.number(place, f"{stage}/OVERDUE"),
    )


def _rank(days: Sequence[int], percent: int) -> int | None:
    """The nearest rank: a number of days that really occurred."""
    return days[ceil(percent * len(days) / 100) - 1] if days else None


def _reasons(source: _Source, place: str) -> tuple[Reason, ...]:
    measures = [measure for where, measure in sorted(source.tally.counts) if where == place]
    found = [
        (kind, measure, measure.removeprefix(f"{kind}:"))
        for kind in REASONS
        for measure in measures
        if measure.startswith(f"{kind}:")
    ]
    return tuple(Reason(kind, code, source.said(code), source.number(place, measure)) for kind, measure, code in found)


def _home(source: _Source, place: str) -> Home:
    number = source.number
    return Home(
        source.share(place, "DONE", "ASKED"),
        source.share(place, "DONE_IN_TIME", "DONE"),
        number(place, "NOT_DONE"),
        number(place, "RUNNING"),
        number(place, "NOT_NEEDED"),
        number(place, What.MISSED),
    )


def _disputes(source: _Source, place: str) -> tuple[Disputes, ...]:
    return tuple(Disputes(level, source.share(place, f"{UPHELD}:{level}", f"DECIDED:{level}")) for level in LEVELS)


def _reassessed(source: _Source, place: str) -> Reassessed:
    one_by_one = (source.number(place, f"AGAIN:{change}") for change in (Change.REGRADED, Change.NO_LONGER_MET, Change.NOW_MET))
    return Reassessed(source.share(place, "CHANGED", "AGAIN"), *one_by_one)
