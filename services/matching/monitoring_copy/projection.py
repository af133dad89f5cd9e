"""What matching keeps of monitoring as rows: households with their members and their water, risks, planned measures. Folds only."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case.events import (
    MeasureChecked,
    MeasureDelivered,
    MeasurePlanned,
    RiskDetected,
    RiskEliminated,
    RiskResolved,
)
from services.monitoring.visit.events import VisitRecorded


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household that monitoring follows: its village, and who lives in it from a day on, until a later version says otherwise."""

    household_id: UUID
    version: int
    division: str
    members: tuple[UUID, ...]
    told_on: date


@dataclass(frozen=True, slots=True)
class WaterRow:
    """Whether a household's water was safe on a day on which somebody looked; of several visits of a day the last one."""

    household_id: UUID
    seen_on: date
    division: str
    safe: bool


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A risk of a household, from the lead on. `ended_on`: refuted, or gone after help."""

    case_id: UUID
    household_id: UUID
    division: str
    found_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure planned in a case on a day. `delivered_on`: as the owner reports it; none again when a check found that it had not
    arrived."""

    measure_id: UUID
    case_id: UUID
    household_id: UUID
    division: str
    measure: str
    owner: str
    due_on: date
    planned_on: date
    delivered_on: date | None = None


def _household(key: tuple[UUID, int], _: HouseholdRow | None, recorded: Recorded) -> HouseholdRow:
    event: HouseholdRegistered | HouseholdMembersChanged = recorded.event
    return HouseholdRow(*key, recorded.division, event.members, recorded.occurred_on)


def _water(key: tuple[UUID, date], _: WaterRow | None, recorded: Recorded) -> WaterRow:
    visit: VisitRecorded = recorded.event
    assert visit.water_safe is not None, "no other visit touches a row"
    return WaterRow(*key, recorded.division, visit.water_safe)


def _looked(recorded: Recorded) -> tuple[tuple[UUID, date], ...]:
    visit: VisitRecorded = recorded.event
    return () if visit.water_safe is None else ((recorded.stream_id, visit.visited_on),)


def _risk(key: tuple[UUID], row: RiskRow | None, recorded: Recorded) -> RiskRow | None:
    match recorded.event:
        case RiskDetected() as lead:
            return RiskRow(key[0], lead.household_id, lead.division, lead.clue_on)
        case RiskResolved(resolved_on=day) | RiskEliminated(eliminated_on=day):
            return replace(row, ended_on=day) if row else None
    return row


def _measure(key: tuple[UUID], row: MeasureRow | None, recorded: Recorded) -> MeasureRow | None:
    match recorded.event:
        case MeasurePlanned() as planned:
            return MeasureRow(
                measure_id=key[0],
                case_id=recorded.stream_id,
                household_id=planned.household_id,
                division=recorded.division,
                measure=planned.measure,
                owner=planned.owner,
                due_on=planned.due_on,
                planned_on=recorded.occurred_on,
            )
        case MeasureDelivered(delivered_on=day):
            return replace(row, delivered_on=day) if row else None
        case MeasureChecked(arrived=False):
            return replace(row, delivered_on=None) if row else None
    return row


def _of_measure(recorded: Recorded) -> tuple[tuple[UUID]]:
    return ((recorded.event.measure_id,),)


HOUSEHOLDS = Projection(
    "household",
    HouseholdRow,
    ("household_id", "version"),
    dict.fromkeys((HouseholdRegistered, HouseholdMembersChanged), lambda recorded: ((recorded.stream_id, recorded.version),)),
    _household,
)
WATER = Projection("water_seen", WaterRow, ("household_id", "seen_on"), {VisitRecorded: _looked}, _water)
RISKS = Projection("risk", RiskRow, ("case_id",), Projection.by_stream((RiskDetected, RiskResolved, RiskEliminated)), _risk)
MEASURES = Projection(
    "planned_measure",
    MeasureRow,
    ("measure_id",),
    dict.fromkeys((MeasurePlanned, MeasureDelivered, MeasureChecked), _of_measure),
    _measure,
)
