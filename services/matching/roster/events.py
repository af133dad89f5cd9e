"""What becomes of a roster that was sent: received, held, confirmed, rejected and why, taken back. The stream is the roster's id.

`division` is the county that it covers (six digits); `period` the month (2026-03) or the year (2026) that it is of, None for a kind
that is of its day alone; `sent_by` the agency whose office sent it. Counts only: what stands in its rows is kept beside the events.
"""

from datetime import date

from services.kernel.events import event
from services.matching.vocabulary import HeldFor, RosterKind, WithdrawalReason


@event
class RosterReceived:
    """A file came in and counts from now on."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    sent_by: str
    rows: int  # used or not
    linked: int  # rows that lead to a known person of the county
    rejected: int  # rows that are not used
    identified: int  # rows with a valid citizen id
    cells: int  # that its rows could fill: one for each column that is kept of the kind
    empty_cells: int


@event
class RosterHeld:
    """A file has far fewer or far more rows than usual, so that it may be a part, or another list: it counts for nothing until its sender
    confirms it."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    sent_by: str
    rows: int
    linked: int
    rejected: int
    identified: int
    cells: int
    empty_cells: int
    held_for: HeldFor
    usual_rows: int  # the median of the lists that counted before it


@event
class RosterConfirmed:
    """The sender of a file that was held says that it is right: it counts from now on."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    sent_by: str
    rows: int


@event
class RosterRejected:
    """A file could not be used at all, or had too many bad rows."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    sent_by: str
    reason: str  # code
    rows: int
    rejected: int


@event
class RosterWithdrawn:
    """Its sender took a file back: what followed from it is undone, and the same file may come again."""

    kind: RosterKind
    division: str
    as_of: date
    period: str | None
    sent_by: str
    reason: WithdrawalReason
