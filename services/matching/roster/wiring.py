"""Rosters, wired."""

from services.kernel.service import Room
from services.matching.roster.api import SEND, router
from services.matching.roster.decider import ROSTER
from services.matching.roster.projection import ROSTERS
from services.matching.roster.retention import CONTENTS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(
    deciders=(ROSTER,), projections=(ROSTERS,), routers=(router,), stale=(CONTENTS,), scopes=frozenset({READ_FINDINGS, SEND})
)
