"""Findings as rows."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching import vocabulary
from services.matching.discrepancy import events as discrepancy_events


class FindingState(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"
    REFUTED = "REFUTED"


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """A finding, with who ended it and how."""

    discrepancy_id: UUID
    division: str
    rule: str
    finding: vocabulary.Finding
    person_id: UUID
    certificate_id: UUID | None
    subsidy: vocabulary.Subsidy
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
        case discrepancy_events.DiscrepancyFound() as said:
            return DiscrepancyRow(
                discrepancy_id=key[0],
                division=said.division,
                rule=said.rule,
                finding=said.finding,
                person_id=said.person_id,
                certificate_id=said.certificate_id,
                subsidy=said.subsidy,
                month=said.month,
                as_of=said.as_of,
                owner=said.owner,
                verify_by=said.verify_by,
                state=FindingState.OPEN,
                found_on=recorded.occurred_on,
                resolved_on=None,
                resolved_by=None,
                times=(row.times if row else 0) + 1,
                version=recorded.version,
            )
        case discrepancy_events.DiscrepancyResolved(how=how, resolved_on=on) if row:
            state = FindingState.REFUTED if how is vocabulary.Resolution.REFUTED else FindingState.RESOLVED
            return replace(row, state=state, resolved_on=on, resolved_by=recorded.actor, version=recorded.version)
    return row


DISCREPANCIES = Projection(
    "discrepancy",
    DiscrepancyRow,
    ("discrepancy_id",),
    Projection.by_stream((discrepancy_events.DiscrepancyFound, discrepancy_events.DiscrepancyResolved)),
    _discrepancy,
)
