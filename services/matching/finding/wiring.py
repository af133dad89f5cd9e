"""Findings, wired. Comparisons find and settle them."""

from services.kernel.service import Room
from services.matching.finding.api import DECIDE, router
from services.matching.finding.decider import FINDING
from services.matching.finding.due import DUTIES
from services.matching.finding.projection import FINDINGS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(
    deciders=(FINDING,),
    projections=(FINDINGS,),
    duties=DUTIES,
    routers=(router,),
    scopes=frozenset({READ_FINDINGS, DECIDE}),
)
