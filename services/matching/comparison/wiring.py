"""Comparisons, wired: a roster that came in is compared, and what followed from one that was taken back is undone."""

from services.kernel.service import Reaction, Room
from services.matching.comparison.api import router
from services.matching.comparison.completed_decider import COMPLETED
from services.matching.comparison.completed_projection import COMPLETED_COMPARISONS, county_changes
from services.matching.comparison.decider import COMPARISON
from services.matching.comparison.loop import comparing
from services.matching.comparison.projection import COMPARISONS
from services.matching.comparison.queries import compared, undone
from services.matching.comparison.reactions import compare, undo
from services.matching.comparison.rules import load_rulebook
from services.matching.monitoring_copy.wiring import ROOM as MONITORING_COPY
from services.matching.policy.load import MatchingPolicy
from services.matching.register_copy.wiring import ROOM as REGISTER_COPY
from services.matching.roster.events import RosterConfirmed, RosterReceived, RosterWithdrawn
from services.matching.vocabulary import READ_FINDINGS


def room(policy: MatchingPolicy) -> Room:
    """The room of a service with these rows: they say on which day of its month a card counts, which the sets are looked up by. Raises
    `PolicyError` for a rule of comparisons that cannot be used."""
    rules = load_rulebook(policy.rosters)
    copies = (*REGISTER_COPY.projections, *MONITORING_COPY.projections)
    return Room(
        deciders=(COMPARISON, COMPLETED),
        projections=(COMPARISONS, COMPLETED_COMPARISONS, county_changes(copies)),
        loops=(comparing(rules),),
        reactions=(
            Reaction("compare", (RosterReceived, RosterConfirmed), compare, compared(policy)),
            Reaction("undo", (RosterWithdrawn,), undo, undone(policy)),
        ),
        routers=(router,),
        scopes=frozenset({READ_FINDINGS}),
    )
