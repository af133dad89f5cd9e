"""Payments, wired: they are recorded by the comparison of a county, and read."""

from services.kernel.service import Room
from services.matching.payment.api import router
from services.matching.payment.decider import PAYMENT
from services.matching.payment.projection import PAYMENTS
from services.matching.vocabulary import READ_FINDINGS

ROOM = Room(deciders=(PAYMENT,), projections=(PAYMENTS,), routers=(router,), scopes=frozenset({READ_FINDINGS}))
