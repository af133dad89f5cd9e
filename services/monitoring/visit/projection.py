"""Visits as rows: what was seen and what could not be decided, as the event says it. A fold only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.visit.events import VisitRecorded


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit without its free text. `unknown_rules`: rules that were not decided when it was recorded, for lack of a fact."""

    visit_id: UUID
    household_id: UUID
    division: str
    visited_on: date
    incidents: tuple[str, ...]
    income_per_head: Decimal | None
    income_fell: bool | None
    visitor: str
    unknown_rules: tuple[str, ...]


def _visit(key: tuple[UUID], row: VisitRow | None, recorded: Recorded) -> VisitRow:
    visit: VisitRecorded = recorded.event
    return VisitRow(
        visit_id=key[0],
        household_id=recorded.stream_id,
        division=recorded.division,
        visited_on=visit.visited_on,
        incidents=tuple(incident.value for incident in visit.incidents),
        income_per_head=visit.income_per_head,
        income_fell=visit.income_fell,
        visitor=recorded.actor,
        unknown_rules=visit.unknown_rules,
    )


VISITS: Projection[VisitRow] = Projection(
    table="visit_view",
    row=VisitRow,
    key=("visit_id",),
    keys={VisitRecorded: lambda recorded: ((recorded.event.visit_id,),)},
    evolve=_visit,
)
