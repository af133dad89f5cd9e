"""What a case has to be done for on a day: a measure that nobody delivered by then. Its kind names it, for the subject is the case."""

from datetime import date
from uuid import UUID

from services.kernel.due import DueRow, Duty, day_after
from services.monitoring.risk_case.decider import CASE, NoteOverdue
from services.monitoring.risk_case.events import MeasureDelivered, MeasureOverdue, MeasurePlanned


def _overdue(row: DueRow, today: date) -> NoteOverdue:
    return NoteOverdue(UUID(row.kind.partition("/")[2]), today)


DUTIES = (
    Duty(
        "MEASURE",
        CASE,
        _overdue,
        when={MeasurePlanned: day_after("due_on")},
        until=(MeasureDelivered, MeasureOverdue),
        detail=lambda event: event.measure_id,
    ),
)
