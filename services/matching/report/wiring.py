"""The monthly report, wired: it is read, and keeps nothing."""

from services.kernel.service import Room
from services.matching.report.api import router
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(routers=(router,), scopes=frozenset({READ_FINDINGS}))
