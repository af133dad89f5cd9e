"""What becomes of a finding: a lead for a human, never a decision. The stream is the finding's id."""

from datetime import date
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import Finding, Resolution, Subsidy


@event
class DiscrepancyFound:
    """A rule's finding about one person: to be verified by the owner agency."""

    rule: str
    finding: Finding
    person_id: UUID
    division: str  # the person's village
    certificate_id: UUID | None
    subsidy: Subsidy
    month: str
    as_of: date
    owner: str  # agency code
    verify_by: date


@event
class DiscrepancyResolved:
    """The finding ended."""

    rule: str
    person_id: UUID
    subsidy: Subsidy
    how: Resolution
    resolved_on: date
