"""Risks, wired: a visit or a lapsed certificate raises leads, and a measure that is not delivered in time is noted."""

from services.certificates.certificate.card.events import CertificateExpired
from services.kernel.service import Reaction, Room
from services.monitoring.household.queries import homes_of
from services.monitoring.risk_case.api import CHECK, DECIDE, DELIVER, READ, router
from services.monitoring.risk_case.decider import CASE
from services.monitoring.risk_case.due import DUTIES
from services.monitoring.risk_case.projection import CASES, MEASURES
from services.monitoring.risk_case.queries import followed_rules
from services.monitoring.risk_case.reactions import lead_from_expiry, leads_from_visit
from services.monitoring.visit.events import VisitRecorded

ROOM = Room(
    deciders=(CASE,),
    projections=(CASES, MEASURES),
    reactions=(
        Reaction("leads_from_visit", (VisitRecorded,), leads_from_visit, followed_rules),
        Reaction("lead_from_expiry", (CertificateExpired,), lead_from_expiry, homes_of),
    ),
    duties=DUTIES,
    routers=(router,),
    scopes=frozenset({READ, DECIDE, DELIVER, CHECK}),
)
