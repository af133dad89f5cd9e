"""What stands of subsidies, wired: the comparison of a county says it, civil affairs decides, and it is read."""

from services.kernel.service import Room
from services.matching.entitlement.api import DECIDE, router
from services.matching.entitlement.decider import STANDING
from services.matching.entitlement.projection import STANDINGS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(deciders=(STANDING,), projections=(STANDINGS,), routers=(router,), scopes=frozenset({READ_FINDINGS, DECIDE}))
