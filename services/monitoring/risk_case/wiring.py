"""Risks, wired: a visit, a lapsed certificate or a verified finding raises leads, and a measure that is not delivered in time is noted."""

from services.certificates.certificate.card.events import CertificateExpired
from services.kernel.service import Reaction, Room
from services.matching.finding.events import FindingVerified
from services.monitoring.household.queries import homes_of
from services.monitoring.risk_case.api import CHECK, DECIDE, DELIVER, READ, router
from services.monitoring.risk_case.decider import CASE
from services.monitoring.risk_case.due import DUTIES
from services.monitoring.risk_case.projection import CASES, MEASURES
from services.monitoring.risk_case.queries import followed_homes, followed_rules
from services.monitoring.risk_case.reactions import lead_from_expiry, leads_from_finding, leads_from_visit
from services.monitoring.visit.events import VisitRecorded

ROOM = Room(
    deciders=(CASE,),
    projections=(CASES, MEASURES),
    reactions=(
        Reaction("leads_from_visit", (VisitRecorded,), leads_from_visit, followed_rules),
        Reaction("lead_from_expiry", (CertificateExpired,), lead_from_expiry, homes_of),
        Reaction("leads_from_finding", (FindingVerified,), leads_from_finding, followed_homes),
    ),
    duties=DUTIES,
    routers=(router,),
    scopes=frozenset({READ, DECIDE, DELIVER, CHECK}),
)
