"""What a case has to be done for on a day: a measure that nobody delivered by then. Its kind names it, for the subject is the case."""

from datetime import date
from uuid import UUID

from services.kernel.due import DueRow, Duty, day_after
from services.monitoring.risk_case import events as risk_case_events
from services.monitoring.risk_case.decider import CASE, NoteOverdue


def _overdue(row: DueRow, today: date) -> NoteOverdue:
    return NoteOverdue(UUID(row.kind.partition("/")[2]), today)


DUTIES = (
    Duty(
        "MEASURE",
        CASE,
        _overdue,
        when={risk_case_events.MeasurePlanned: day_after("due_on")},
        until=(risk_case_events.MeasureDelivered, risk_case_events.MeasureOverdue),
        detail=lambda event: event.measure_id,
    ),
)
