"""Comparisons, wired: a roster that came in is compared, and what followed from one that was taken back is undone."""

from services.kernel.service import Reaction, Room
from services.matching.comparison.api import router
from services.matching.comparison.decider import COMPARISON
from services.matching.comparison.projection import COMPARISONS
from services.matching.comparison.queries import compared, undone
from services.matching.comparison.reactions import compare, undo
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.events import RosterConfirmed, RosterReceived, RosterWithdrawn
from services.matching.vocabulary import READ_FINDINGS


def room(policy: MatchingPolicy) -> Room:
    """The room of a service with these rows: they say on which day of its month a card counts, which the sets are looked up by."""
    return Room(
        deciders=(COMPARISON,),
        projections=(COMPARISONS,),
        reactions=(
            Reaction("compare", (RosterReceived, RosterConfirmed), compare, compared(policy)),
            Reaction("undo", (RosterWithdrawn,), undo, undone(policy)),
        ),
        routers=(router,),
        scopes=frozenset({READ_FINDINGS}),
    )
