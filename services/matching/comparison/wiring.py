"""Comparisons, wired: a roster that came in is compared. What was run is kept in the roster's stream, so no decider stands here."""

from services.kernel.service import Reaction, Room
from services.matching.comparison.api import router
from services.matching.comparison.projection import COMPARISONS
from services.matching.comparison.queries import compared
from services.matching.comparison.reactions import compare
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterReceived
from services.matching.vocabulary import READ_FINDINGS


def room(policy: MatchingPolicy) -> Room:
    """The room of a service with these rows: they say on which day of its month a card counts, which the sets are looked up by."""
    return Room(
        projections=(COMPARISONS,),
        reactions=(Reaction("compare", (RosterReceived,), compare, compared(policy)),),
        routers=(router,),
        scopes=frozenset({READ_FINDINGS}),
    )
