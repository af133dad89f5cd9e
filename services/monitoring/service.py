"""Monitoring as one value: what the kernel needs to run it. Wiring only."""

from typing import Any

from services.certificates.certificate.card.events import CertificateExpired
from services.certificates.person.events import PersonDied
from services.kernel.projection import Projection
from services.kernel.service import Reaction, Room, Service
from services.monitoring.household.decider import HOUSEHOLD
from services.monitoring.household.projection import HOUSEHOLDS
from services.monitoring.household.queries import homes_of
from services.monitoring.policy.load import load_policy
from services.monitoring.risk_case import due as risk_case_due
from services.monitoring.risk_case.api import router
from services.monitoring.risk_case.decider import CASE
from services.monitoring.risk_case.projection import CASES, MEASURES
from services.monitoring.risk_case.queries import followed_rules
from services.monitoring.risk_case.reactions import lead_from_expiry, leads_from_visit
from services.monitoring.visit.events import VisitRecorded
from services.monitoring.visit.projection import VISITS
from services.monitoring.visit_plan import api
from services.monitoring.visit_plan import due as visit_plan_due
from services.monitoring.visit_plan.decider import PLANNED_VISIT
from services.monitoring.visit_plan.projection import PLANNED_VISITS
from services.monitoring.visit_plan.queries import planned_by_hand
from services.monitoring.visit_plan.reactions import REMINDING, no_visit_to_the_dead, visit_for_reminder

PROJECTIONS: tuple[Projection[Any], ...] = (HOUSEHOLDS, VISITS, CASES, MEASURES, PLANNED_VISITS)


_READ = frozenset({"households.read", "cases.read", api.READ})
ROOM = Room(
    deciders=(HOUSEHOLD, CASE, PLANNED_VISIT),
    projections=PROJECTIONS,
    reactions=(
        Reaction("leads_from_visit", (VisitRecorded,), leads_from_visit, followed_rules),
        Reaction("lead_from_expiry", (CertificateExpired,), lead_from_expiry, homes_of),
        Reaction("visit_for_reminder", REMINDING, visit_for_reminder, homes_of),
        Reaction("no_visit_to_the_dead", (PersonDied,), no_visit_to_the_dead, planned_by_hand),
    ),
    duties=(*risk_case_due.DUTIES, *visit_plan_due.DUTIES),
    routers=(router, api.router),
)
SERVICE = Service(
    name="monitoring",
    policy=load_policy(),
    rooms=(ROOM,),
    roles={
        "clerk": _READ | {"households.follow"},
        "liaison": _READ | {"households.follow", "visits.record", "measures.check", api.PLAN, api.CLOSE},
        "official": _READ | {"cases.decide", api.PLAN, "measures.deliver", "measures.check"},
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
