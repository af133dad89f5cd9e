"""Comparisons that were run, as rows. A fold only."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.comparison.events import ComparisonRun, ComparisonWithdrawn


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What was compared, by which sheets, and what came of it; `withdrawn_on`: since when it does not count."""

    comparison_id: UUID
    division: str
    rule: str
    month: str
    as_of: date
    rosters: tuple[UUID, ...]
    certificates: int
    beneficiaries: int
    payments: int
    found: int
    closed: int
    run_on: date
    withdrawn_on: date | None


def _comparison(key: tuple[UUID], row: ComparisonRow | None, recorded: Recorded) -> ComparisonRow | None:
    event: ComparisonRun | ComparisonWithdrawn = recorded.event
    if isinstance(event, ComparisonWithdrawn):
        return replace(row, withdrawn_on=recorded.occurred_on) if row else None
    return ComparisonRow(
        comparison_id=key[0],
        division=event.division,
        rule=event.rule,
        month=event.month,
        as_of=event.as_of,
        rosters=event.rosters,
        certificates=event.certificates,
        beneficiaries=event.beneficiaries,
        payments=event.payments,
        found=event.found,
        closed=event.closed,
        run_on=recorded.occurred_on,
        withdrawn_on=None,
    )


COMPARISONS = Projection(
    "comparison", ComparisonRow, ("comparison_id",), Projection.by_stream((ComparisonRun, ComparisonWithdrawn)), _comparison
)
