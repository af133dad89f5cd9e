"""What becomes of a roster that was sent: received, or rejected and why. The stream is the roster's id.

That a comparison was run is kept here for now, in a stream of its own of the same decider (`decider.py` says why).
"""

from datetime import date

from services.kernel.events import event
from services.matching.vocabulary import RosterKind


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
