"""Comparisons that were run, as rows. A fold only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.roster.events import ComparisonRun


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What was compared and what came of it."""

    comparison_id: UUID
    division: str
    rule: str
    month: str
    as_of: date
    certificates: int
    beneficiaries: int
    payments: int
    found: int
    closed: int
    run_on: date


def _comparison(key: tuple[UUID], row: ComparisonRow | None, recorded: Recorded) -> ComparisonRow:
    event: ComparisonRun = recorded.event
    return ComparisonRow(
        comparison_id=key[0],
        division=event.division,
        rule=event.rule,
        month=event.month,
        as_of=event.as_of,
        certificates=event.certificates,
        beneficiaries=event.beneficiaries,
        payments=event.payments,
        found=event.found,
        closed=event.closed,
        run_on=recorded.occurred_on,
    )


COMPARISONS = Projection("comparison", ComparisonRow, ("comparison_id",), Projection.by_stream((ComparisonRun,)), _comparison)
