"""Expected lists as rows: which are missing, and which came how late. A fold only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.expectation.events import RosterArrived, RosterOverdue
from services.matching.vocabulary import RosterKind


@dataclass(frozen=True, slots=True)
class ExpectationRow:
    """A list that was expected for a month: `arrived_on` is None while it is missing. `days_late`: calendar days, of one that came."""

    expectation_id: UUID
    division: str
    kind: RosterKind
    period: str
    owner: str
    due_on: date
    roster_id: UUID | None
    arrived_on: date | None
    days_late: int | None


def _expectation(key: tuple[UUID], row: ExpectationRow | None, recorded: Recorded) -> ExpectationRow:
    event: RosterOverdue | RosterArrived = recorded.event
    came = event if isinstance(event, RosterArrived) else None
    return ExpectationRow(
        expectation_id=key[0],
        division=event.division,
        kind=event.kind,
        period=event.period,
        owner=event.owner,
        due_on=event.due_on,
        roster_id=came.roster_id if came else None,
        arrived_on=came.arrived_on if came else None,
        days_late=came.days_late if came else None,
    )


EXPECTATIONS = Projection(
    "expectation", ExpectationRow, ("expectation_id",), Projection.by_stream((RosterOverdue, RosterArrived)), _expectation
)
