"""Monitoring as one value: what the kernel needs to run it. Wiring only."""

from services.certificates.certificate.card.events import CertificateExpired
from services.certificates.person.events import PersonDied
from services.kernel.service import Reaction, Room, Service
from services.monitoring import case_due, visit_doors, visit_due
from services.monitoring.api import router
from services.monitoring.case import CASE
from services.monitoring.events import VisitRecorded
from services.monitoring.household import HOUSEHOLD
from services.monitoring.planned_visit import PLANNED_VISIT
from services.monitoring.policy import load_policy
from services.monitoring.projections import PROJECTIONS
from services.monitoring.queries import followed_rules, homes_of
from services.monitoring.reactions import REMINDING, lead_from_expiry, leads_from_visit, no_visit_to_the_dead, visit_for_reminder
from services.monitoring.visit_queries import planned_by_hand

_READ = frozenset({"households.read", "cases.read", visit_doors.READ})
ROOM = Room(
    deciders=(HOUSEHOLD, CASE, PLANNED_VISIT),
    projections=PROJECTIONS,
    reactions=(
        Reaction("leads_from_visit", (VisitRecorded,), leads_from_visit, followed_rules),
        Reaction("lead_from_expiry", (CertificateExpired,), lead_from_expiry, homes_of),
        Reaction("visit_for_reminder", REMINDING, visit_for_reminder, homes_of),
        Reaction("no_visit_to_the_dead", (PersonDied,), no_visit_to_the_dead, planned_by_hand),
    ),
    duties=(*case_due.DUTIES, *visit_due.DUTIES),
    routers=(router, visit_doors.router),
)
SERVICE = Service(
    name="monitoring",
    policy=load_policy(),
    rooms=(ROOM,),
    roles={
        "clerk": _READ | {"households.follow"},
        "liaison": _READ | {"households.follow", "visits.record", "measures.check", visit_doors.PLAN, visit_doors.CLOSE},
        "official": _READ | {"cases.decide", visit_doors.PLAN, "measures.deliver", "measures.check"},
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status"}),
    },
)
