"""Matching's rows as typed values."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from services.kernel.policy import PolicyError, Row, Rules, load, version_of
from services.matching.events import Subsidy, Through
from services.readers import Receiver, unsayable
from services.sheets import Column

_FOLDER = Path(__file__).parent
TITLE, PLAIN = 30, 160  # characters that still read well in a text message


class ValidOn(StrEnum):
    """On which day of a month a certificate must be valid to count for the month."""

    FIRST_DAY = "FIRST_DAY"
    LAST_DAY = "LAST_DAY"


class Selection(StrEnum):
    """Whom an announcement concerns; what each means stands in `selections.py`."""

    LIVING_MAY_QUALIFY = "LIVING_MAY_QUALIFY"  # valid card, on the subsistence allowance, not paid the living subsidy
    LIVING_PAID = "LIVING_PAID"  # valid card, and paid
    CARE_MAY_QUALIFY = "CARE_MAY_QUALIFY"  # valid card of grade 1 or 2, not paid the care subsidy
    CARE_PAID = "CARE_PAID"

    @property
    def subsidy(self) -> Subsidy:
        """Of whose payment sheet it is about."""
        return Subsidy.LIVING if self in (Selection.LIVING_MAY_QUALIFY, Selection.LIVING_PAID) else Subsidy.CARE

    @property
    def of_the_poor(self) -> bool:
        """Whether it needs the list of the subsistence allowance."""
        return self is Selection.LIVING_MAY_QUALIFY


@dataclass(frozen=True, slots=True)
class Intake:
    """Above how many percent of unusable rows a file is refused, how many rows one may have, for how long those of a replaced one stay."""

    max_rejected_percent: int
    max_rows: int
    rows_kept_days: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who verifies a rule's findings, within how many calendar days, and how validity is counted by month."""

    owner: str
    verify_days: int
    valid_on: ValidOn


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
class Counting:
    """Below `smallest_cell` a count of persons is kept back from whoever has no part in the work."""

    smallest_cell: int


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """All rows of the service; `version` is recorded with every decision."""

    version: str
    columns: Rules[Column]
    intake: Rules[Intake]
    comparisons: Rules[Comparison]
    rates: Rules[Rate]
    announcements: Rules[Announcement]
    counting: Rules[Counting]


def load_policy(folder: Path = _FOLDER) -> MatchingPolicy:
    """Load and check. Raises `PolicyError`, naming file and row."""
    rows, layouts = folder / "policy.toml", folder / "layouts.toml"
    policy = MatchingPolicy(
        version=version_of(rows, layouts),
        columns=load(layouts, "column", Column),
        intake=load(rows, "intake", Intake),
        comparisons=load(rows, "comparison", Comparison),
        rates=load(rows, "rate", Rate),
        announcements=load(rows, "announcement", Announcement),
        counting=load(rows, "counting", Counting),
    )
    for row in policy.announcements.rows:
        _check(row, policy.rates)
    return policy


def _check(row: Row[Announcement], rates: Rules[Rate]) -> None:
    where, says = f"policy.toml [[announcement]] {row.id}", row.value
    if len(row.division) not in (4, 6):
        raise PolicyError(f"{where}: it is told by county: division is a prefecture or a county")
    for rate in says.about:
        if not any(known.id == rate and known.holds(row.since, row.division) for known in rates.rows):
            raise PolicyError(f"{where}: no [[rate]] {rate} is in force on {row.since}")
    if says.through is Through.UNKNOWN:
        raise PolicyError(f"{where}: through is VILLAGE or PERSON")
    if not says.about or min(says.tell_days, says.roster_days) < 1:
        raise PolicyError(f"{where}: it is about a rate, and days are at least one")
    if not (0 < len(says.title) <= TITLE and 0 < len(says.plain) <= PLAIN):
        raise PolicyError(f"{where}: a title has at most {TITLE} characters, plain words at most {PLAIN}")
    # It is carried to people: by the strictest rule, but that the subsidy may be called by its name.
    if word := unsayable(Receiver.PERSON, f"{says.title} {says.plain}".replace("残疾", "")):
        raise PolicyError(f"{where}: it may not say {word}")
