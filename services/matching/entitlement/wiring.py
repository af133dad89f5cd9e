"""Entitlements, wired: payments are read, and a card that ends soon warns of what its holder loses."""

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.kernel.service import Reaction, Room
from services.matching.entitlement.api import router
from services.matching.entitlement.decider import ENTITLEMENT
from services.matching.entitlement.projection import PAYMENTS
from services.matching.entitlement.queries import last_paid
from services.matching.entitlement.reactions import warn
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(
    deciders=(ENTITLEMENT,),
    projections=(PAYMENTS,),
    reactions=(Reaction("warn", (CertificateExpiryApproaching,), warn, last_paid),),
    routers=(router,),
    scopes=frozenset({READ_FINDINGS}),
)
