"""Comparisons that were run, as rows."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.matching.roster import events as roster_events


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
    c: roster_events.ComparisonRun = recorded.event
    return ComparisonRow(
        comparison_id=key[0],
        division=c.division,
        rule=c.rule,
        month=c.month,
        as_of=c.as_of,
        certificates=c.certificates,
        beneficiaries=c.beneficiaries,
        payments=c.payments,
        found=c.found,
        closed=c.closed,
        run_on=recorded.occurred_on,
    )


COMPARISONS = Projection(
    "comparison", ComparisonRow, ("comparison_id",), Projection.by_stream((roster_events.ComparisonRun,)), _comparison
)
