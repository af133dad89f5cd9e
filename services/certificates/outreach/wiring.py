"""The room of 应办未办, wired: who could have a certificate and has none, and what he answered."""

from services.certificates.outreach import api
from services.certificates.outreach.decider import OUTREACH
from services.certificates.outreach.projection import OUTREACH_VIEW
from services.kernel.service import Room

ROOM = Room(
    deciders=(OUTREACH,),
    projections=(OUTREACH_VIEW,),
    routers=(api.router,),
    scopes=frozenset({"outreach.read", "outreach.record"}),
)
