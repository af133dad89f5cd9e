"""Visits as rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import Recorded
from services.kernel.projection import Projection
from services.monitoring.policy.load import load_policy
from services.monitoring.visit import events as visit_events
from services.monitoring.visit.risk_rules import assessed


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit without its free text. `unknown_rules`: rules that could not be decided, for lack of a fact."""

    visit_id: UUID
    household_id: UUID
    division: str
    visited_on: date
    incidents: tuple[str, ...]
    income_per_head: Decimal | None
    income_fell: bool | None
    visitor: str
    unknown_rules: tuple[str, ...]


_POLICY = load_policy()


def _visit(key: tuple[UUID], row: VisitRow | None, recorded: Recorded) -> VisitRow:
    visit: visit_events.VisitRecorded = recorded.event
    return VisitRow(
        visit_id=key[0],
        household_id=recorded.stream_id,
        division=recorded.division,
        visited_on=visit.visited_on,
        incidents=tuple(i.value for i in visit.incidents),
        income_per_head=visit.income_per_head,
        income_fell=visit.income_fell,
        visitor=recorded.actor,
        unknown_rules=assessed(visit, _POLICY, recorded.division).unknown,
    )


VISITS: Projection[VisitRow] = Projection(
    table="visit_view",
    row=VisitRow,
    key=("visit_id",),
    keys={visit_events.VisitRecorded: lambda r: ((r.event.visit_id,),)},
    evolve=_visit,
)
