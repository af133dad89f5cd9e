"""What a planned visit has to be done for on a day: nobody reported by then."""

from services.kernel.due import Duty, day_after
from services.monitoring.visit_plan.decider import PLANNED_VISIT, NoteMissed
from services.monitoring.visit_plan.events import VisitPlanned
from services.monitoring.visit_plan.projection import VISIT_CHANGES

DUTIES = (
    Duty(
        "VISIT",
        PLANNED_VISIT,
        lambda _row, _today: NoteMissed(),
        when={VisitPlanned: day_after("report_by")},
        until=VISIT_CHANGES,
    ),
)
