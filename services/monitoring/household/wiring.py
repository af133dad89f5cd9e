"""Households, wired."""

from services.kernel.service import Room
from services.monitoring.household.api import FOLLOW, READ, RECORD, router
from services.monitoring.household.decider import HOUSEHOLD
from services.monitoring.household.projection import HOUSEHOLDS

ROOM = Room(deciders=(HOUSEHOLD,), projections=(HOUSEHOLDS,), routers=(router,), scopes=frozenset({READ, FOLLOW, RECORD}))
