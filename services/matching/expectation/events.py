"""Whether a list that is expected came. The stream is the kind, the county and the period (`decider.py`)."""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import RosterKind


@event
class RosterOverdue:
    """The day by which a list was expected is over, and none that counts is there: what needs it is not compared."""

    kind: RosterKind
    division: str  # the county
    period: str  # the month (2026-03) for which it is expected
    owner: str  # the agency that owes it
    due_on: date


@event
class RosterArrived:
    """The list came, or one of the same kind that is young enough."""

    kind: RosterKind
    division: str
    period: str
    owner: str  # the agency that sent it
    due_on: date
    roster_id: UUID
    arrived_on: date
    days_late: int  # calendar days after the day by which it was expected; 0 in time
