"""How often a rule is right, by what officials found out; and whether it is to be looked at. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.kernel.policy import Rules
from services.matching.policy.load import LeastPrecision

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
    row = _least(rule, least, day)
    review = percent is not None and of_all >= row.decided and percent < row.percent
    return Precision(rule, owner, township, upheld, refuted, percent, review)


def _least(rule: str, least: Rules[LeastPrecision], day: date) -> LeastPrecision:
    own = any(row.id == rule and row.holds(day, "") for row in least.rows)
    return least.one(rule if own else ANY, day)
