"""What becomes of a comparison: a rule was asked of a county and a period. The stream follows from the three."""

from dataclasses import dataclass
from datetime import date

from services.kernel.events import event
from services.matching.vocabulary import Finding, RosterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """The list that spoke for a kind and a period: as of when, and how many rows; one that was not usable has none."""

    kind: RosterKind
    as_of: date | None
    rows: int
    usable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A list for want of which a rule says nothing, why it cannot be used (a code), and since when that is so."""

    kind: RosterKind
    why: str
    since: date


@event
class ComparisonCompleted:
    """A rule was asked of a county and a period, whether it found anything or not. Where it is suspended nothing was opened and nothing
    closed: what it knows of the period is as old as it was. `kept`: findings that were open before and stay so."""

    division: str  # of the county
    rule: str
    rule_from: date  # the day from which the rule's row is in force
    title: str  # what the rule finds, in official words
    finding: Finding
    owner: str  # agency code
    period: str
    inputs: tuple[Input, ...]
    found: int
    closed: int
    kept: int
    suspended: tuple[Suspension, ...]
