"""What stands of subsidies, wired: a card that ends soon warns of what its holder loses; the comparison of a county says the rest."""

from services.certificates.certificate.card.events import CertificateExpiryApproaching
from services.kernel.service import Reaction, Room
from services.matching.entitlement.api import router
from services.matching.entitlement.decider import STANDING
from services.matching.entitlement.projection import STANDINGS
from services.matching.entitlement.queries import last_paid
from services.matching.entitlement.reactions import warn
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(
    deciders=(STANDING,),
    projections=(STANDINGS,),
    reactions=(Reaction("warn", (CertificateExpiryApproaching,), warn, last_paid),),
    routers=(router,),
    scopes=frozenset({READ_FINDINGS}),
)
