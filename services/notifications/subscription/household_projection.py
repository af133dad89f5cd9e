"""Which persons and cases belong to one household: what an office is told of them at one time comes to it as one letter. A fold only."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.household.events import HouseholdMembersChanged, HouseholdRegistered
from services.monitoring.risk_case.events import RiskDetected


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A household with its members, or a case with itself: `subjects` are the ids by which notices name them."""

    home_id: UUID
    division: str
    household_id: UUID
    subjects: tuple[str, ...]


def _home(key: tuple[Any, ...], row: HomeRow | None, recorded: Recorded) -> HomeRow | None:
    match recorded.event:
        case HouseholdRegistered(members=members):
            return HomeRow(key[0], recorded.division, key[0], tuple(map(str, members)))
        case HouseholdMembersChanged(members=members):
            return None if row is None else replace(row, subjects=tuple(map(str, members)))
        case RiskDetected(household_id=household):
            return HomeRow(key[0], recorded.division, household, (str(key[0]),))
    return row


HOMES: Projection[HomeRow] = Projection(
    table="home",
    row=HomeRow,
    key=("home_id",),
    keys=dict.fromkeys((HouseholdRegistered, HouseholdMembersChanged, RiskDetected), lambda recorded: ((recorded.stream_id,),)),
    evolve=_home,
)
