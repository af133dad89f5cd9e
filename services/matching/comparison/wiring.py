"""Comparisons, wired: a loop compares each county that changed."""

from services.kernel.service import Room
from services.matching.comparison.api import router
from services.matching.comparison.decider import COMPARISON
from services.matching.comparison.loop import comparing
from services.matching.comparison.projection import COMPARISONS, county_changes
from services.matching.comparison.rules import load_rulebook
from services.matching.monitoring_copy.wiring import ROOM as MONITORING_COPY
from services.matching.policy.load import MatchingPolicy
from services.matching.register_copy.wiring import ROOM as REGISTER_COPY
from services.matching.vocabulary import READ_FINDINGS


def room(policy: MatchingPolicy) -> Room:
    """The room of a service with these rows. Raises `PolicyError` for a rule of comparisons that cannot be used."""
    copies = (*REGISTER_COPY.projections, *MONITORING_COPY.projections)
    return Room(
        deciders=(COMPARISON,),
        projections=(COMPARISONS, county_changes(copies)),
        routers=(router,),
        loops=(comparing(load_rulebook(policy.rosters)),),
        scopes=frozenset({READ_FINDINGS}),
    )
