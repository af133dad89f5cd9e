"""What becomes of a comparison: it was run, and it counts no more since a sheet that it went by was taken back. The stream is its id."""

from datetime import date
from uuid import UUID

from services.kernel.events import event


@event
class ComparisonRun:
    """数据比对: what was compared and what came of it; zero findings with zero inputs is not health."""

    rule: str
    division: str
    month: str
    as_of: date  # the older of the compared dates
    rosters: tuple[UUID, ...]  # the sheets that it went by
    certificates: int
    beneficiaries: int
    payments: int
    found: int
    closed: int


@event
class ComparisonWithdrawn:
    """A sheet that the comparison went by was taken back; what it found is decided anew."""

    rule: str
    division: str
    month: str
    roster_id: UUID  # the sheet
