"""What the comparison of rosters says to the world: rosters, payments, discrepancies. Findings are leads, never decisions.

Streams: a roster event's is the roster id; a payment's is `entitlement(person, subsidy)`; a discrepancy's is
`discrepancy(rule, person, subsidy)`. Months are texts like "2026-03". Money is yuan.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.kernel.events import event


class RosterKind(StrEnum):
    """Which list a file is (domain reference 8.2)."""

    UNKNOWN = "UNKNOWN"
    SUBSISTENCE_ALLOWANCE = "SUBSISTENCE_ALLOWANCE"  # 低保名单
    SUBSIDY_PAYMENT = "SUBSIDY_PAYMENT"  # 两项补贴发放花名册


class Subsidy(StrEnum):
    """残疾人两项补贴."""

    UNKNOWN = "UNKNOWN"
    LIVING = "LIVING"  # 困难残疾人生活补贴
    CARE = "CARE"  # 重度残疾人护理补贴


class Through(StrEnum):
    """How a policy finds a person."""

    UNKNOWN = "UNKNOWN"
    VILLAGE = "VILLAGE"  # somebody of the village tells them
    PERSON = "PERSON"  # the same, and a message to the person


class Finding(StrEnum):
    """Finding types (domain reference 5.5) that this service raises."""

    UNKNOWN = "UNKNOWN"
    ENTITLED_NOT_RECEIVING = "ENTITLED_NOT_RECEIVING"  # 应享未享
    AT_RISK_BY_DATE = "AT_RISK_BY_DATE"  # 即将到期


class Resolution(StrEnum):
    """How a discrepancy ended."""

    UNKNOWN = "UNKNOWN"
    NO_LONGER_TRUE = "NO_LONGER_TRUE"  # the next comparison no longer finds it
    REFUTED = "REFUTED"  # a person looked and it was not so


@event
class RosterReceived:
    """A sheet came in. Counts only; rows stay in staging."""

    kind: RosterKind
    division: str  # the county it covers
    as_of: date
    month: str | None
    rows: int
    linked: int  # rows that lead to a known person
    rejected: int


@event
class RosterRejected:
    """A sheet could not be used at all, or had too many bad rows."""

    kind: RosterKind
    division: str
    reason: str  # code
    rows: int
    rejected: int


@event
class SubsidyPaid:
    """发放: what one person was paid for one month, with the facts it was based on."""

    person_id: UUID
    division: str  # the person's village
    subsidy: Subsidy
    month: str
    amount: Decimal
    roster_id: UUID
    certificate_id: UUID | None
    grade: int | None


@event
class ComparisonRun:
    """数据比对: what was compared and what came of it; zero findings with zero inputs is not health."""

    rule: str
    division: str
    month: str
    as_of: date  # the older of the compared dates
    certificates: int
    beneficiaries: int
    payments: int
    found: int
    closed: int


@event
class DiscrepancyFound:
    """A rule's finding about one person: to be verified by the owner agency."""

    rule: str
    finding: Finding
    person_id: UUID
    division: str  # the person's village
    certificate_id: UUID | None
    subsidy: Subsidy
    month: str
    as_of: date
    owner: str  # agency code
    verify_by: date


@event
class DiscrepancyResolved:
    """The finding ended."""

    rule: str
    person_id: UUID
    subsidy: Subsidy
    how: Resolution
    resolved_on: date


@event
class SubsidyAtRisk:
    """C3e: a paid person's certificate is inside an expiry window; payment stops the month after expiry."""

    person_id: UUID
    division: str  # the person's village
    certificate_id: UUID
    subsidy: Subsidy
    valid_to: date
    first_month_lost: str


@event
class PolicyAnnounced:
    """政策找人: a county's villages were told of a row of the policy; `villages` = how many have somebody whom it may concern."""

    row_id: str
    row_from: date
    title: str
    plain: str  # what it means, in plain words, checked against what its readers may be told
    owner: str  # agency code
    division: str  # the county
    selection: str  # by which selection the persons were found
    as_of: date  # the older day of the sheets it was found with
    tell_by: date
    villages: int


@event
class PolicyNotAnnounced:
    """A row is in force, and whom it concerns cannot be known: sheets were not sent, or are too old. Silence is not health."""

    row_id: str
    row_from: date
    title: str
    owner: str  # agency code
    division: str  # the county
    lacking: tuple[RosterKind, ...]
    sheets: str  # the same in words


@event
class PolicyPassedOn:
    """A village was told of a row that may concern persons in it. A lead: people look, tell and help to apply."""

    announcement_id: UUID  # the county's
    row_id: str
    row_from: date
    title: str
    plain: str
    owner: str  # agency code
    division: str  # the village
    persons: tuple[UUID, ...]
    through: Through
    as_of: date
    tell_by: date
