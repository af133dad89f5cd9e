"""What was seen at a household's home. The stream is the household's id."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import event
from services.monitoring.vocabulary import Incident


@event
class VisitRecorded:
    """走访: a liaison officer was there. Free text stays in monitoring's side table."""

    visit_id: UUID
    visited_on: date
    incidents: tuple[Incident, ...]
    income_per_head: Decimal | None  # yuan a year, net (人均纯收入); None = not asked
    income_fell: bool | None
    housing_safe: bool | None
    water_safe: bool | None
    unknown_rules: tuple[str, ...]  # rules of that day which could not be decided for lack of a fact
