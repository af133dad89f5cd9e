"""What becomes of a risk: detected, resolved or made a case; identification, measures and how it ends. The stream is the case's id."""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.monitoring.vocabulary import RiskKind, RiskOutcome, RiskSource, Severity


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
    finding_id: UUID | None = None  # matching's, where officials verified one that says it


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
