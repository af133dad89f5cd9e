"""Rows of the policy about what is large or late, whom a place pays beyond the rule, and who is paid no more, as tables beside the facts.

Money is yuan.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.matching.policy.subsidy_rows import Situation, Stop


@dataclass(frozen=True, slots=True)
class LargeCost:
    """A row of the policy: from how many yuan a year the costs that a person bears are a signal."""

    since: date
    until: date | None
    yuan: Decimal


@dataclass(frozen=True, slots=True)
class AssessmentLimit:
    """A row of the policy: after how many days an assessment without a card, and a home assessment that was asked for, are late."""

    since: date
    until: date | None
    days: int
    home_days: int


@dataclass(frozen=True, slots=True)
class MeasureLimit:
    """By the working days of the calendar: what was due on `last_due` or before, and is not delivered, is late by the end of a month."""

    month: str
    last_due: date


@dataclass(frozen=True, slots=True)
class MonthRule:
    """A row of the policy: from which month somebody is paid no more."""

    situation: Situation
    effect: Stop
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """A row of the policy, one for each category and grade that it names: holders of whom a measure is, from one age on and below another.
    None: any."""

    measure: str
    category: str | None
    grade: int | None
    from_age: int
    until_age: int
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class WidenedGroup:
    """A row of the policy, one for each category, grade and list that it names: holders of whom a place pays a subsidy, too. None: any."""

    id: str
    subsidy: str
    category: str | None
    grade: int | None
    kind: str | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class WidenedPerson:
    """A person of a group that a county added by a row of its own; `id` is that row."""

    month: str
    person_id: UUID
    subsidy: str
    id: str
