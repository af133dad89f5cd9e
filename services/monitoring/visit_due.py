"""What a planned visit has to be done for on a day: nobody reported by then."""

from services.kernel.due import Duty, day_after
from services.monitoring import visit_events
from services.monitoring.planned_visit import PLANNED_VISIT, NoteMissed
from services.monitoring.visit_rows import VISIT_CHANGES

DUTIES = (
    Duty(
        "VISIT",
        PLANNED_VISIT,
        lambda _row, _today: NoteMissed(),
        when={visit_events.VisitPlanned: day_after("report_by")},
        until=VISIT_CHANGES,
    ),
)
