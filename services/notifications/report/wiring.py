"""Reports, wired: the monthly report and the two-monthly list, and the read models that are theirs alone."""

from services.kernel.service import Room
from services.notifications.report import api
from services.notifications.report.projection import ARRIVALS, COMPARISONS

ROOM = Room(projections=(ARRIVALS, COMPARISONS), routers=(api.router,), scopes=frozenset({api.READ}))
