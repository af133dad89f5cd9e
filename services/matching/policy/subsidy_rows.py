"""Rows of the policy about the two subsidies and about what is late or large: classes only (domain reference 2.2 to 2.5, 5.2)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.certificates.vocabulary import Category
from services.matching.vocabulary import RosterKind, Subsidy


class Effect(StrEnum):
    """What another benefit does to a subsidy (domain reference 2.3)."""

    EXCLUDES = "EXCLUDES"
    HIGHER = "HIGHER"  # the higher of the two is paid


class Situation(StrEnum):
    """What ends a person's subsidies for good."""

    DIED = "DIED"
    LEFT_PROVINCE = "LEFT_PROVINCE"


class Stop(StrEnum):
    """From which month somebody who died or moved is paid no more (domain reference 2.5)."""

    MONTH_AFTER_EVENT = "MONTH_AFTER_EVENT"
    COMPARISON_MONTH = "COMPARISON_MONTH"  # the month in which a comparison first saw it


@dataclass(frozen=True, slots=True)
class Linkage:
    """What a benefit does to a subsidy. `benefit`: a kind of list whose persons receive it, or an allowance as `OTHER_ALLOWANCE` lists name
    it. A row that is not `on` says what a place may decide, and changes nothing."""

    benefit: str
    subsidy: Subsidy
    effect: Effect
    on: bool = True


@dataclass(frozen=True, slots=True)
class MonthRule:
    """From which month somebody is paid no more; the row in force on the day of the event counts."""

    situation: Situation
    stop: Stop


@dataclass(frozen=True, slots=True)
class BackPay:
    """For how many months at most civil affairs may pay somebody who had no card in them and renewed it late; the row in force on the day of
    the renewal counts. Nobody is owed them."""

    months: int


@dataclass(frozen=True, slots=True)
class RiskWindow:
    """How many months before the last valid day of a card (含), as the register counts them, what its holder is paid is at risk."""

    months: int


@dataclass(frozen=True, slots=True)
class Widened:
    """Whom a place pays a subsidy beyond the rule for all: holders of these categories and grades who stand on this list; no category, no
    grade or no list: any. A row that is not `on` says what a place may decide, and pays nobody."""

    subsidy: Subsidy
    categories: tuple[Category, ...] = ()
    grades: tuple[int, ...] = ()
    on_list: RosterKind | None = None
    on: bool = False


@dataclass(frozen=True, slots=True)
class LargeCost:
    """From how many yuan within twelve months the medical costs that a person bears are a signal."""

    yuan: Decimal


@dataclass(frozen=True, slots=True)
class AssessmentLimit:
    """After how many days an assessment without a card is late, and after how many a home assessment that was asked for."""

    days: int
    home_days: int


@dataclass(frozen=True, slots=True)
class MeasureLimit:
    """After how many working days a measure that was not delivered on its day is late; the row in force on a month's first day counts."""

    working_days: int
