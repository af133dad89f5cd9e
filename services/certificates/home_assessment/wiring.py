"""The room of 上门评残, wired: rounds of an institution's doctor through a township, and who is in them."""

from services.certificates.home_assessment import api
from services.certificates.home_assessment.decider import ROUND
from services.certificates.home_assessment.projection import HOME_ROUND, HOME_VISIT
from services.kernel.service import Room

ROOM = Room(
    deciders=(ROUND,),
    projections=(HOME_ROUND, HOME_VISIT),
    routers=(api.router,),
    scopes=frozenset({"certificates.schedule", "certificates.read"}),
)
