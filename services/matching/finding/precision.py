"""How often a rule is right, by what officials found out; and whether it is to be looked at. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.kernel.policy import Rules
from services.matching.policy.load import LeastPrecision
from services.matching.vocabulary import FindingState, Refutation, Settled

ANY = "ANY"  # the row for rules that have none of their own


@dataclass(frozen=True, slots=True)
class Decided:
    """How many findings of a rule in a township were upheld (verified, or ended by the very fact that was missing), and how many refuted."""

    rule: str
    owner: str
    township: str
    upheld: int
    refuted: int


@dataclass(frozen=True, slots=True)
class Precision:
    """A rule of an owner in a township, or as a whole (no township). `percent`: None while nobody has decided anything; `review`: enough was
    decided, and it is right less often than the policy asks for."""

    rule: str
    owner: str
    township: str | None
    upheld: int
    refuted: int
    percent: int | None
    review: bool


class Ended(Protocol):
    """What of a finding says whether somebody has decided it."""

    @property
    def state(self) -> FindingState:
        """How it stands."""

    @property
    def verified_on(self) -> date | None:
        """When an official found that it is so."""

    @property
    def refutation(self) -> Refutation | None:
        """Why it is not so."""

    @property
    def settled(self) -> Settled | None:
        """How it ended by itself."""


def is_upheld(finding: Ended) -> bool:
    """Whether the rule was right: verified, or ended by the very fact that was missing; that somebody declines says so, too."""
    verified = finding.verified_on is not None and finding.state is not FindingState.REFUTED
    return verified or finding.settled is Settled.FACT_ARRIVED or finding.refutation is Refutation.PERSON_DECLINES


def is_refuted(finding: Ended) -> bool:
    """Whether an official found that the rule was wrong."""
    return finding.state is FindingState.REFUTED and not is_upheld(finding)


def judged(decided: Sequence[Decided], least: Rules[LeastPrecision], day: date) -> list[Precision]:
    """Each rule and owner as a whole, then by township."""
    made = []
    for rule, owner in sorted({(each.rule, each.owner) for each in decided}):
        mine = [each for each in decided if (each.rule, each.owner) == (rule, owner)]
        made.append(_judged(rule, owner, None, mine, least, day))
        made += [_judged(rule, owner, each.township, [each], least, day) for each in mine]
    return made


def _judged(
    rule: str, owner: str, township: str | None, decided: Iterable[Decided], least: Rules[LeastPrecision], day: date
) -> Precision:
    upheld, refuted = (sum(counts) for counts in zip(*((each.upheld, each.refuted) for each in decided), strict=True))
    of_all = upheld + refuted
    percent = upheld * 100 // of_all if of_all else None
    row = least_of(rule, least, day)
    review = percent is not None and of_all >= row.decided and percent < row.percent
    return Precision(rule, owner, township, upheld, refuted, percent, review)


def least_of(rule: str, least: Rules[LeastPrecision], day: date) -> LeastPrecision:
    """What a rule is held to on a day."""
    own = any(row.id == rule and row.holds(day, "") for row in least.rows)
    return least.one(rule if own else ANY, day)
