"""Rows of the policy about the two subsidies and about what is late or large: classes only (domain reference 2.2 to 2.5, 5.2)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.certificates.vocabulary import Category
from services.domain.agencies import AGENCIES
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
class MonthList:
    """The adjustment list of a month's payment, which is paid on the `pay_day` of the month.

    It is frozen `freeze_days` working days before that day and signed by the `signers`, in their order. What it doubts `decides` verifies,
    and whoever `pays` reads nothing before; `readers` read it beside the signers. `back_months`: in how many months before it looks for what
    was not paid. A list that was refused is made anew `again_days` working days later.
    """

    pay_day: int
    freeze_days: int
    again_days: int
    back_months: int
    signers: tuple[str, ...]
    decides: str
    pays: str
    readers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (1 <= self.pay_day <= 28 and self.freeze_days >= 1 and self.again_days >= 1 and 1 <= self.back_months <= 24):
            raise ValueError("pay_day is 1 to 28, back_months 1 to 24, working days are one or more")
        if strange := sorted({*self.signers, *self.readers} - AGENCIES.codes):
            raise ValueError(f"{', '.join(strange)} is no agency")
        before = self.signers[: self.signers.index(self.pays)] if self.pays in self.signers else ()
        if self.decides not in before or len(set(self.signers)) < len(self.signers):
            raise ValueError("each signs once, and whoever decides before whoever pays")


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
