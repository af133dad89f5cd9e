"""Findings, wired. Comparisons find them and close them."""

from services.kernel.service import Room
from services.matching.discrepancy.api import DECIDE, router
from services.matching.discrepancy.decider import DISCREPANCY
from services.matching.discrepancy.projection import DISCREPANCIES
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(deciders=(DISCREPANCY,), projections=(DISCREPANCIES,), routers=(router,), scopes=frozenset({READ_FINDINGS, DECIDE}))
