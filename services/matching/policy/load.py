"""The rows of matching as typed values. Loading checks them, by each other and by what their readers may be told; nothing here decides."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from services.documents.places import PLACES, Places, load_places
from services.documents.sheet_words import HEADINGS
from services.domain import divisions
from services.domain.audience import Receiver, unsayable
from services.domain.divisions import Level
from services.domain.months import first_day
from services.domain.working_days import CALENDAR, Calendar
from services.kernel.policy import PolicyError, Row, Rules, Table, load_tables, version_of
from services.matching.policy import rosters
from services.matching.policy.linking_rows import Candidates, LinkingOffice, MatchWeight
from services.matching.policy.measure_rows import MeasureGroup
from services.matching.policy.rosters import ExpectedList, Roster, load_rosters
from services.matching.policy.subsidy_rows import (
    AssessmentLimit,
    BackPay,
    LargeCost,
    Linkage,
    MeasureLimit,
    MonthList,
    MonthRule,
    RiskWindow,
    Widened,
)
from services.matching.vocabulary import Finding, RosterKind, Subsidy, Through

FOLDER = Path(__file__).parent
TITLE, PLAIN = 30, 160  # characters that still read well in a text message


class Selection(StrEnum):
    """Whom an announcement concerns; what each means stands in `announcement/selections.py`."""

    LIVING_MAY_QUALIFY = "LIVING_MAY_QUALIFY"  # likely entitled to the living subsidy, and not paid it
    LIVING_PAID = "LIVING_PAID"  # valid card, and paid
    CARE_MAY_QUALIFY = "CARE_MAY_QUALIFY"  # likely entitled to the care subsidy, and not paid it
    CARE_PAID = "CARE_PAID"

    @property
    def subsidy(self) -> Subsidy:
        """Of whose payment sheet it is about."""
        return Subsidy.LIVING if self in (Selection.LIVING_MAY_QUALIFY, Selection.LIVING_PAID) else Subsidy.CARE

    @property
    def needs(self) -> tuple[RosterKind, ...]:
        """The lists without which nobody knows whom it concerns."""
        excluding = () if self.of_the_paid else (RosterKind.DESTITUTE_SUPPORT,)
        poor = (RosterKind.SUBSISTENCE_ALLOWANCE,) if self is Selection.LIVING_MAY_QUALIFY else ()
        return (*poor, *excluding, RosterKind.SUBSIDY_PAYMENT)

    @property
    def of_the_paid(self) -> bool:
        """Whether it means those who are paid already."""
        return self in (Selection.LIVING_PAID, Selection.CARE_PAID)


@dataclass(frozen=True, slots=True)
class Intake:
    """Above how many percent of unusable rows a file is refused, how many rows one may have, and the first month (YYYY-MM) that files are of.

    For how many days there is kept: how a file was read, the file as it was sent (its sender has a copy of it with what is wrong),
    and what was read of it.
    """

    max_rejected_percent: int
    max_rows: int
    jobs_kept_days: int
    files_kept_days: int
    contents_kept_days: int
    earliest_month: str

    def __post_init__(self) -> None:
        first_day(self.earliest_month)  # raises ValueError, which names the row


@dataclass(frozen=True, slots=True)
class UsualRows:
    """How many rows a list is expected to have: of the median of the last `of_last` lists of its kind and county at least `min_percent` and
    at most `max_percent`, where that is `from_rows` or more. `vary`: kinds that tell of what happened, which is more in one month than in
    another."""

    min_percent: int
    max_percent: int
    of_last: int
    from_rows: int
    vary: tuple[RosterKind, ...]

    def __post_init__(self) -> None:
        if RosterKind.UNKNOWN in self.vary or not 0 < self.min_percent <= 100 <= self.max_percent or self.of_last < 1:
            raise ValueError("vary names kinds of lists, percents lie on both sides of 100, and of_last is one or more")


@dataclass(frozen=True, slots=True)
class Rate:
    """Yuan per person and month."""

    yuan: Decimal


@dataclass(frozen=True, slots=True)
class Announcement:
    """A policy in plain words, told once per county from the row's day on.

    `about`: the `[[rate]]` rows it explains; `owner`: the agency that answers for it; `selection`: whom it may concern; `through`: whether
    they have a message of their own beside the village's visit. The village has `tell_days` calendar days to tell them; sheets older than
    `roster_days` do not show whom it concerns.
    """

    about: tuple[str, ...]
    title: str
    plain: str
    owner: str
    selection: Selection
    through: Through
    tell_days: int
    roster_days: int


@dataclass(frozen=True, slots=True)
class Unannounced:
    """Why a rate (the `[[rate]]` row of the same id, day and division) is announced to nobody."""

    reason: str


@dataclass(frozen=True, slots=True)
class Counting:
    """Below `smallest_cell` a count of persons is kept back from whoever has no part in the work."""

    smallest_cell: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """The monthly report of comparisons: the agency that issues it, what the prefecture is called in it, and the smallest number of findings
    that a cell may show."""

    issuer: str
    prefecture: str
    smallest_cell: int


@dataclass(frozen=True, slots=True)
class Comparing:
    """How many months a comparison looks at, the present one included; of earlier ones only those of findings that are open."""

    months: int


@dataclass(frozen=True, slots=True)
class LeastPrecision:
    """A rule (the row's id; ANY for all without a row) of which at least so many findings were decided, and that was right in less than so
    many percent of them, is to be looked at."""

    percent: int
    decided: int


@dataclass(frozen=True, slots=True)
class Sight:
    """Which findings an agency (the row's id) reads beside its own: those of these types, or of every type where none is named; `verified`:
    only once the owner has verified them."""

    findings: tuple[Finding, ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    places: Places
    calendar: Calendar
    rosters: Rules[Roster]
    intake: Annotated[Rules[Intake], Table("intake")]
    expected_lists: Annotated[Rules[ExpectedList], Table("expected_list")]
    usual_rows: Annotated[Rules[UsualRows], Table("usual_rows")]
    rates: Annotated[Rules[Rate], Table("rate")]
    linkages: Annotated[Rules[Linkage], Table("linkage")]
    month_rules: Annotated[Rules[MonthRule], Table("month_rule")]
    risk_windows: Annotated[Rules[RiskWindow], Table("risk_window")]
    back_pay: Annotated[Rules[BackPay], Table("back_pay")]
    month_lists: Annotated[Rules[MonthList], Table("month_list")]
    widened: Annotated[Rules[Widened], Table("widened")]
    large_costs: Annotated[Rules[LargeCost], Table("large_cost")]
    assessment_limits: Annotated[Rules[AssessmentLimit], Table("assessment_limit")]
    measure_limits: Annotated[Rules[MeasureLimit], Table("measure_limit")]
    measure_groups: Annotated[Rules[MeasureGroup], Table("measure_group")]
    announcements: Annotated[Rules[Announcement], Table("announcement")]
    unannounced: Annotated[Rules[Unannounced], Table("unannounced")]
    counting: Annotated[Rules[Counting], Table("counting")]
    comparing: Annotated[Rules[Comparing], Table("comparing")]
    reporting: Annotated[Rules[Reporting], Table("reporting")]
    precisions: Annotated[Rules[LeastPrecision], Table("precision")]
    sights: Annotated[Rules[Sight], Table("sight")]
    match_weights: Annotated[Rules[MatchWeight], Table("match_weight", "linking.toml")]
    candidates: Annotated[Rules[Candidates], Table("candidates", "linking.toml")]
    linking_offices: Annotated[Rules[LinkingOffice], Table("linking_office", "linking.toml")]


def load_policy(folder: Path = FOLDER) -> MatchingPolicy:
    """Load and check. Raises `PolicyError`, naming file and row."""
    files = [folder / name for name in ("policy.toml", "linking.toml")]
    policy = MatchingPolicy(
        version=version_of(*files, *sorted(rosters.FOLDER.glob("*.toml")), HEADINGS, CALENDAR, *PLACES),
        places=load_places(),
        rosters=load_rosters(),
        calendar=Calendar(CALENDAR),
        **load_tables(MatchingPolicy, folder),
    )
    for expected in policy.expected_lists.rows:
        _check_expected(expected, policy.rosters)
    for row in policy.announcements.rows:
        _check_announcement(row, policy.rates)
    for link in policy.linkages.rows:
        _check_linkage(link, policy.rosters)
    _check_no_rate_is_silent(policy)
    return policy


def _check_no_rate_is_silent(policy: MatchingPolicy) -> None:
    """A rate that begins is told to those who may qualify, and one that changes an earlier one to those who are paid, too; or a row says why
    not. Raises `PolicyError`."""
    known = {(row.id, row.since, row.division) for row in policy.rates.rows}
    silent = {(row.id, row.since, row.division) for row in policy.unannounced.rows}
    if stray := sorted(silent - known):
        raise PolicyError(f"policy.toml [[unannounced]] {stray[0][0]}: there is no such [[rate]] from {stray[0][1]}")
    for rate in policy.rates.rows:
        if (rate.id, rate.since, rate.division) in silent:
            continue
        audiences = {row.value.selection.of_the_paid for row in policy.announcements.rows if _announces(row, rate)}
        changed = any(other.id == rate.id and other.until == rate.since for other in policy.rates.rows)
        for paid in {False, changed} - audiences:
            whom = "who are paid" if paid else "who may qualify"
            raise PolicyError(f"policy.toml [[rate]] {rate.id} from {rate.since}: no [[announcement]] tells those {whom}")


def _check_expected(row: Row[ExpectedList], kinds: Rules[Roster]) -> None:
    """A list is owed by an office that sends its kind, for one county. Raises `PolicyError`."""
    senders = {agency for kind in kinds.rows if kind.id == row.value.kind for agency in kind.value.senders}
    if row.value.owner not in senders or divisions.level(row.division) is not Level.COUNTY:
        raise PolicyError(f"policy.toml [[expected_list]] {row.id}: the owner sends this kind of list, and division is a county")


def _check_linkage(row: Row[Linkage], kinds: Rules[Roster]) -> None:
    """A benefit is one that a list tells of: a misspelt one would exclude nobody. Raises `PolicyError`."""
    others = next(kind.value for kind in kinds.rows if kind.id == RosterKind.OTHER_ALLOWANCE)
    if row.value.benefit not in {kind.id for kind in kinds.rows} | set(others.words["allowance"]):
        raise PolicyError(f"policy.toml [[linkage]] {row.id}: no list tells of {row.value.benefit}")


def _announces(row: Row[Announcement], rate: Row[Rate]) -> bool:
    """Whether an announcement of the time and place of a rate is about it."""
    in_time = row.since >= rate.since and (rate.until is None or row.since < rate.until)
    return rate.id in row.value.about and in_time and divisions.inside(rate.division, row.division)


def _check_announcement(row: Row[Announcement], rates: Rules[Rate]) -> None:
    where = f"policy.toml [[announcement]] {row.id}"
    announcement = row.value
    if divisions.level(row.division) not in (Level.PREFECTURE, Level.COUNTY):
        raise PolicyError(f"{where}: it is told by county: division is a prefecture or a county")
    for rate in announcement.about:
        if not any(known.id == rate and known.holds(row.since, row.division) for known in rates.rows):
            raise PolicyError(f"{where}: no [[rate]] {rate} is in force on {row.since}")
    if announcement.through is Through.UNKNOWN:
        raise PolicyError(f"{where}: through is VILLAGE or PERSON")
    if not announcement.about or min(announcement.tell_days, announcement.roster_days) < 1:
        raise PolicyError(f"{where}: it is about a rate, and days are at least one")
    if not (0 < len(announcement.title) <= TITLE and 0 < len(announcement.plain) <= PLAIN):
        raise PolicyError(f"{where}: a title has at most {TITLE} characters, plain words at most {PLAIN}")
    # It is carried to people: by the strictest rule, but that the subsidy may be called by its name.
    if word := unsayable(Receiver.PERSON, f"{announcement.title} {announcement.plain}".replace("残疾", "")):
        raise PolicyError(f"{where}: it may not say {word}")
