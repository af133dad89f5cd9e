"""Adjustment lists, wired: a loop makes them, offices sign them, the comparison of their month says what became of their lines."""

from services.kernel.service import Room
from services.matching.month_list import loop
from services.matching.month_list.api import SIGN, router
from services.matching.month_list.decider import MONTH_LIST
from services.matching.month_list.projection import LINES, LISTS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(
    deciders=(MONTH_LIST,),
    projections=(LISTS, LINES),
    routers=(router,),
    loops=(loop.run,),
    scopes=frozenset({READ_FINDINGS, SIGN}),
)
