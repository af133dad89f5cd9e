"""Expected lists, wired."""

from services.kernel.service import Room
from services.matching.expectation import loop
from services.matching.expectation.api import router
from services.matching.expectation.decider import EXPECTATION
from services.matching.expectation.projection import EXPECTATIONS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(
    deciders=(EXPECTATION,), projections=(EXPECTATIONS,), routers=(router,), loops=(loop.run,), scopes=frozenset({READ_FINDINGS})
)
