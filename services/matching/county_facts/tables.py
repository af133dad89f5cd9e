"""The tables that a county's facts are derived from: each a class whose fields are its columns. What each says, in which unit, stands here.

Persons are pseudonyms everywhere; months are text ("2026-03"), money is yuan. None is unknown, never no and never zero.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from services.kernel.policy import Rules
from services.matching.county_facts.known import (
    BackPay,
    KnownFinding,
    KnownLine,
    KnownPayment,
    KnownStanding,
    PaidElsewhere,
    Renewal,
    RowProblem,
    UnreadRow,
)
from services.matching.county_facts.likeness import (
    CandidateLimit,
    IdentityLink,
    MatchWeight,
    OtherName,
    PersonFeatures,
    PersonIndex,
    RefusedCandidate,
    RowFeatures,
)
from services.matching.county_facts.limits import (
    AssessmentLimit,
    LargeCost,
    MeasureGroup,
    MeasureLimit,
    MonthRule,
    WidenedGroup,
    WidenedPerson,
)
from services.matching.policy.rosters import Roster, table_of
from services.matching.policy.subsidy_rows import Effect, Situation

_TYPES = {
    UUID: "UUID",
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    date: "DATE",
    Decimal: "DECIMAL(12, 2)",
}


class CardStep(StrEnum):
    """What a change of a card does to its validity."""

    VALID = "VALID"  # issued, recorded, renewed, regraded: valid by these dates
    STOPPED = "STOPPED"  # frozen
    GIVEN_BACK = "GIVEN_BACK"  # unfrozen
    LOST = "LOST"
    REPLACED = "REPLACED"  # issued anew after a loss
    CANCELLED = "CANCELLED"
    REVOKED = "REVOKED"  # the cancellation before it was wrong


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is looked at; one that is not over ends today."""

    month: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the register, and the month of birth ("1980-01"). `division`: the village of residence; of somebody who left the county the
    last one there, of somebody who never lived there the county. `alive_on`: when a death that was told before turned out to be none.
    `registered_in`: the counties in which the household registration stands, or stood before."""

    person_id: UUID
    division: str
    birth_month: str
    died_on: date | None = None
    alive_on: date | None = None
    registered_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardChange:
    """One change of a card, in the order of the register (`version`); the dates, category and grade where it sets them."""

    certificate_id: UUID
    version: int
    person_id: UUID
    kind: CardStep
    day: date  # from which it holds
    category: str | None = None
    grade: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None  # the last valid day
    issued: bool = False  # by the county, not taken over from another register


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A death or a move out of the province that the register or a list tells of."""

    person_id: UUID
    situation: Situation
    happened_on: date
    seen_on: date  # when a comparison first saw it


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Days, both included, on which a person's household registration stood in another county of the prefecture; None: from the first day
    on, and to this day."""

    person_id: UUID
    from_day: date | None
    until_day: date | None


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Who lives in which household, as monitoring knows it."""

    household_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class WaterSeen:
    """Whether a household's water was safe when somebody visited it: each day on which a visit looked."""

    household_id: UUID
    seen_on: date
    safe: bool


@dataclass(frozen=True, slots=True)
class OpenRisk:
    """A risk of a household that monitoring knows and nobody has ended."""

    household_id: UUID
    found_on: date


@dataclass(frozen=True, slots=True)
class PlannedMeasure:
    """A measure that monitoring planned for a household (domain reference 5.4); `owner`: the agency that is to deliver it."""

    household_id: UUID
    measure: str
    owner: str
    due_on: date
    delivered_on: date | None


@dataclass(frozen=True, slots=True)
class HomeRequest:
    """Somebody is to be assessed at home."""

    person_id: UUID
    asked_on: date
    done_on: date | None


class Unusable(StrEnum):
    """Why a roster is no base for a comparison. One that is missing has no row at all."""

    HELD = "HELD"  # its sender has not confirmed it yet
    REJECTED = "REJECTED"
    EMPTY = "EMPTY"
    TOO_OLD = "TOO_OLD"
    NOT_KEPT = "NOT_KEPT"  # what was in it is gone, after the days that the policy keeps it


@dataclass(frozen=True, slots=True)
class Feed:
    """A roster that speaks for a kind in a month, one of each sender (`sent_by`: the agency's code) where each sends a part; one that is not
    usable says why. `own_month`: that of the roster itself, or of its day: a list of a day speaks for later months, too."""

    kind: str
    month: str
    roster_id: UUID
    as_of: date
    usable: bool
    why: Unusable | None = None
    sent_by: str = ""
    own_month: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Whom a row of a roster leads to: the keyed hash of its citizen id, and the person, when that is certain or was decided."""

    roster_id: UUID
    row: int
    index: UUID | None
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of the policy: yuan a person and month; `grade` None where the subsidy has one rate."""

    subsidy: str
    grade: int | None
    since: date
    until: date | None
    yuan: Decimal


@dataclass(frozen=True, slots=True)
class Linkage:
    """A row of the policy: what a benefit does to a subsidy."""

    benefit: str
    subsidy: str
    effect: Effect
    since: date
    until: date | None


_CLASSES: dict[str, type] = {
    "month": Month,
    "person": Person,
    "finding": KnownFinding,
    "known_payment": KnownPayment,
    "known_standing": KnownStanding,
    "card_change": CardChange,
    "life_event": LifeEvent,
    "elsewhere": Elsewhere,
    "person_index": PersonIndex,
    "household_member": HouseholdMember,
    "water_seen": WaterSeen,
    "open_risk": OpenRisk,
    "planned_measure": PlannedMeasure,
    "home_request": HomeRequest,
    "renewal": Renewal,
    "known_line": KnownLine,
    "large_cost": LargeCost,
    "assessment_limit": AssessmentLimit,
    "measure_limit": MeasureLimit,
    "measure_group": MeasureGroup,
    "feed": Feed,
    "person_row": PersonRow,
    "row_features": RowFeatures,
    "other_name": OtherName,
    "person_features": PersonFeatures,
    "identity_link": IdentityLink,
    "refused_candidate": RefusedCandidate,
    "match_weight": MatchWeight,
    "candidate_limit": CandidateLimit,
    "widened_person": WidenedPerson,
    "widened_group": WidenedGroup,
    "month_rule": MonthRule,
    "rate": Rate,
    "linkage": Linkage,
    "back_pay": BackPay,
    "unread_row": UnreadRow,
    "row_problem": RowProblem,
    "paid_elsewhere": PaidElsewhere,
}


def _columns(table: type) -> dict[str, str]:
    hints = get_type_hints(table)
    return {field.name: _type(hints[field.name]) for field in fields(table)}


def _type(hint: Any) -> str:
    if get_origin(hint) in (UnionType, Union):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        return f"{_type(get_args(hint)[0])}[]"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "VARCHAR"
    return _TYPES[hint]


def tables(rosters: Rules[Roster]) -> dict[str, dict[str, str]]:
    """All tables by name, with the types of their columns: those of this module, and one for each kind of list (`subsidy_payment`), whose
    rows are `roster_id` and `row` with what is kept of them."""
    row = {"roster_id": "UUID", "row": "BIGINT"}
    lists: dict[str, dict[str, str]] = {}
    for kind in rosters.rows:
        lists[kind.id.lower()] = lists.get(kind.id.lower(), row) | table_of(kind.value)
    return {name: _columns(table) for name, table in _CLASSES.items()} | lists
