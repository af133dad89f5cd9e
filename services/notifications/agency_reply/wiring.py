"""Agencies' replies by topic, wired: the loop that reads them, and the endpoint that says what became of them."""

from services.kernel.service import Room
from services.notifications.agency_reply import api, loop
from services.notifications.notice.api.inbox import READ

ROOM = Room(routers=(api.router,), loops=(loop.run,), scopes=frozenset({READ}), hears=((loop.CONSUMER, loop.TOPICS),))
