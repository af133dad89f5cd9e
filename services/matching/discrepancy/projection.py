"""Findings as rows: found, how often, and who ended it how. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.discrepancy.events import DiscrepancyFound, DiscrepancyResolved
from services.matching.vocabulary import Finding, Resolution, Subsidy


class FindingState(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"
    REFUTED = "REFUTED"


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """A finding, with who ended it and how."""

    discrepancy_id: UUID
    file_number: str
    division: str
    rule: str
    finding: Finding
    person_id: UUID
    certificate_id: UUID | None
    subsidy: Subsidy
    month: str
    as_of: date
    owner: str
    verify_by: date
    state: FindingState
    found_on: date
    resolved_on: date | None
    resolved_by: str | None
    times: int
    version: int


def _discrepancy(key: tuple[UUID], row: DiscrepancyRow | None, recorded: Recorded) -> DiscrepancyRow | None:
    match recorded.event:
        case DiscrepancyFound() as event:
            return DiscrepancyRow(
                discrepancy_id=key[0],
                file_number=file_number(key[0]),
                division=event.division,
                rule=event.rule,
                finding=event.finding,
                person_id=event.person_id,
                certificate_id=event.certificate_id,
                subsidy=event.subsidy,
                month=event.month,
                as_of=event.as_of,
                owner=event.owner,
                verify_by=event.verify_by,
                state=FindingState.OPEN,
                found_on=recorded.occurred_on,
                resolved_on=None,
                resolved_by=None,
                times=(row.times if row else 0) + 1,
                version=recorded.version,
            )
        case DiscrepancyResolved(how=how, resolved_on=on) if row:
            state = FindingState.REFUTED if how is Resolution.REFUTED else FindingState.RESOLVED
            return replace(row, state=state, resolved_on=on, resolved_by=recorded.actor, version=recorded.version)
    return row


DISCREPANCIES = Projection(
    "discrepancy",
    DiscrepancyRow,
    ("discrepancy_id",),
    Projection.by_stream((DiscrepancyFound, DiscrepancyResolved)),
    _discrepancy,
)
