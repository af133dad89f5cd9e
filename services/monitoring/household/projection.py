"""Households as rows: who lives there, and when it was visited last. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.visit.events import VisitRecorded


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A followed household; dates are days in Shanghai."""

    household_id: UUID
    division: str
    members: tuple[UUID, ...]
    last_visit_on: date | None
    visits: int
    version: int


def _household(key: tuple[UUID], row: HouseholdRow | None, recorded: Recorded) -> HouseholdRow | None:
    match recorded.event:
        case HouseholdRegistered(division=division, members=members):
            return HouseholdRow(
                household_id=key[0], division=division, members=members, last_visit_on=None, visits=0, version=recorded.version
            )
        case HouseholdMembersChanged(members=members) if row:
            return replace(row, members=members, version=recorded.version)
        case VisitRecorded(visited_on=on) if row:
            last = max(on, row.last_visit_on or on)
            return replace(row, last_visit_on=last, visits=row.visits + 1, version=recorded.version)
    return row


HOUSEHOLDS: Projection[HouseholdRow] = Projection(
    table="household_view",
    row=HouseholdRow,
    key=("household_id",),
    keys=Projection.by_stream((HouseholdRegistered, HouseholdMembersChanged, VisitRecorded)),
    evolve=_household,
)
