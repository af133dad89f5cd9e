"""What monitoring against return to poverty says to the world: households, visits, risks, cases, measures.

The stream of a household or visit event is the household id; the stream of a risk, case or measure event is the case id: a risk
opens it as a lead, a named official turns the lead into a case or refutes it. Planned visits stand in `visit_events.py`. Dates are
calendar days in Asia/Shanghai.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.kernel.events import event
from services.monitoring.visit_events import (
    PlannedVisitClosed,
    PlannedVisitWithdrawn,
    ToldWhom,
    VisitMissed,
    VisitOutcome,
    VisitPlanned,
    VisitPurpose,
    VisitWithdrawal,
)

__all__ = [
    "CaseOpened",
    "HouseholdIdentified",
    "HouseholdMembersChanged",
    "HouseholdRegistered",
    "Incident",
    "MeasureChecked",
    "MeasureDelivered",
    "MeasureOverdue",
    "MeasurePlanned",
    "PlannedVisitClosed",
    "PlannedVisitWithdrawn",
    "RiskDetected",
    "RiskEliminated",
    "RiskKind",
    "RiskOutcome",
    "RiskResolved",
    "RiskSource",
    "Severity",
    "ToldWhom",
    "VisitMissed",
    "VisitOutcome",
    "VisitPlanned",
    "VisitPurpose",
    "VisitRecorded",
    "VisitWithdrawal",
]


class Incident(StrEnum):
    """Sudden events met on a visit (joint opinion, part 2 (四); Yuanmou 2023 list)."""

    UNKNOWN = "UNKNOWN"
    HAIL = "HAIL"
    FLOOD = "FLOOD"
    FIRE = "FIRE"
    ILLNESS = "ILLNESS"
    ACCIDENT = "ACCIDENT"
    JOB_LOSS = "JOB_LOSS"


class RiskKind(StrEnum):
    """致贫/返贫风险, the values met in the national system's export (domain reference 3.4)."""

    UNKNOWN = "UNKNOWN"
    DISASTER = "DISASTER"  # 因自然灾害
    ILLNESS = "ILLNESS"  # 因病
    ACCIDENT = "ACCIDENT"  # 因意外事故
    EMPLOYMENT = "EMPLOYMENT"  # 因务工就业不稳
    INCOME = "INCOME"  # 收入低于监测范围
    HOUSING = "HOUSING"  # 因安全住房
    WATER = "WATER"  # 因安全饮水
    SUBSIDY_LOSS = "SUBSIDY_LOSS"  # 因残疾人证到期失去补贴


class Severity(StrEnum):
    """How soon somebody must act."""

    UNKNOWN = "UNKNOWN"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class RiskSource(StrEnum):
    """Where a lead came from (domain reference 3.5)."""

    UNKNOWN = "UNKNOWN"
    VISIT = "VISIT"
    SELF_REPORT = "SELF_REPORT"
    DATA_COMPARISON = "DATA_COMPARISON"


class RiskOutcome(StrEnum):
    """How a lead ended without a case."""

    UNKNOWN = "UNKNOWN"
    REFUTED = "REFUTED"
    DUPLICATE = "DUPLICATE"


@event
class HouseholdRegistered:
    """A household is followed."""

    division: str  # village, 12 digits
    members: tuple[UUID, ...]  # person ids


@event
class HouseholdMembersChanged:
    """Who belongs to the household from now on."""

    members: tuple[UUID, ...]
    changed_on: date


@event
class VisitRecorded:
    """走访: a liaison officer was there. Free text stays in monitoring's side table."""

    visit_id: UUID
    visited_on: date
    incidents: tuple[Incident, ...]
    income_per_head: Decimal | None  # yuan a year, net (人均纯收入); None = not asked
    income_fell: bool | None
    housing_safe: bool | None
    water_safe: bool | None


@event
class RiskDetected:
    """A rule raised a lead: to be verified by a person, never a decision."""

    household_id: UUID
    division: str  # the household's village
    rule: str  # id of the policy row
    kind: RiskKind
    severity: Severity
    source: RiskSource
    clue_on: date  # the day the clock starts
    verify_by: date


@event
class RiskResolved:
    """A named official found the lead untrue or already followed."""

    household_id: UUID
    outcome: RiskOutcome
    resolved_on: date


@event
class CaseOpened:
    """A named official verified the lead."""

    household_id: UUID
    kind: RiskKind
    opened_on: date
    decide_by: date  # clue to decision, normally 15 days


@event
class HouseholdIdentified:
    """识别: the county decided that the household is monitored. `household_class` is the code of a policy row."""

    household_id: UUID
    household_class: str
    decided_on: date


@event
class MeasurePlanned:
    """A person planned a measure of the catalogue (domain reference 5.4) for an owner agency."""

    household_id: UUID
    measure_id: UUID
    measure: str  # catalogue id, e.g. "M14"
    owner: str  # agency code
    due_on: date


@event
class MeasureDelivered:
    """The owner agency reports delivery."""

    household_id: UUID
    measure_id: UUID
    owner: str
    delivered_on: date


@event
class MeasureChecked:
    """Another office looked whether it arrived."""

    household_id: UUID
    measure_id: UUID
    owner: str
    arrived: bool
    checked_on: date


@event
class MeasureOverdue:
    """落实不到位: due and not delivered."""

    household_id: UUID
    measure_id: UUID
    measure: str
    owner: str
    due_on: date


@event
class RiskEliminated:
    """风险消除, decided by a person after at least one measure arrived and the waiting time of the policy row."""

    household_id: UUID
    eliminated_on: date
