"""Announcements, wired: a loop tells what the policy's rows say when their day has come."""

from services.kernel.service import Room
from services.matching.announcement.api import READ, router
from services.matching.announcement.decider import ANNOUNCEMENT
from services.matching.announcement.loop import run
from services.matching.announcement.projection import ANNOUNCEMENTS, CONCERNED

ROOM = Room(
    deciders=(ANNOUNCEMENT,),
    projections=(ANNOUNCEMENTS, CONCERNED),
    routers=(router,),
    loops=(run,),
    scopes=frozenset({READ}),
)
