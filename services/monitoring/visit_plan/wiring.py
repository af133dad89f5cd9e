"""Planned visits, wired: what notifications says of a reminder and the register of a death, and what nobody reported in time."""

from services.certificates.person.events import PersonDied
from services.kernel.service import Reaction, Room
from services.monitoring.household.queries import homes_of
from services.monitoring.visit_plan.api import CLOSE, PLAN, READ, router
from services.monitoring.visit_plan.decider import PLANNED_VISIT
from services.monitoring.visit_plan.due import DUTIES
from services.monitoring.visit_plan.projection import PLANNED_VISITS
from services.monitoring.visit_plan.queries import planned_by_hand
from services.monitoring.visit_plan.reactions import REMINDING, no_visit_to_the_dead, visit_for_reminder

ROOM = Room(
    deciders=(PLANNED_VISIT,),
    projections=(PLANNED_VISITS,),
    reactions=(
        Reaction("visit_for_reminder", REMINDING, visit_for_reminder, homes_of),
        Reaction("no_visit_to_the_dead", (PersonDied,), no_visit_to_the_dead, planned_by_hand),
    ),
    duties=DUTIES,
    routers=(router,),
    scopes=frozenset({READ, PLAN, CLOSE}),
)
