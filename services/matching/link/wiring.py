"""Links, wired. A comparison of the county finds whom a row may mean, and follows what is decided."""

from services.kernel.service import Room
from services.matching.link.api import DECIDE, router
from services.matching.link.decider import LINK
from services.matching.link.projection import LINKS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(deciders=(LINK,), projections=(LINKS,), routers=(router,), scopes=frozenset({READ_FINDINGS, DECIDE}))
