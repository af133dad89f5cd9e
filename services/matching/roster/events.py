"""What becomes of a roster that was sent: received, rejected and why, taken back. The stream is the roster's id."""

from datetime import date

from services.kernel.events import event
from services.matching.vocabulary import RosterKind, WithdrawalReason


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
class RosterWithdrawn:
    """Its sender took a sheet back: what followed from it is undone, and the same file may come again."""

    kind: RosterKind
    division: str
    month: str | None
    reason: WithdrawalReason
