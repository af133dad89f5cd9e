"""The renewal queue's room, wired: what each expiring card costs its holder, as the other services' events tell it."""

from services.certificates.renewal_queue import api
from services.certificates.renewal_queue.projection import FOLLOWED
from services.kernel.service import Room

# Small cells and money are shown to whom decides about certificates: `certificates.decide`.
ROOM = Room(projections=FOLLOWED, routers=(api.router,), scopes=frozenset({"certificates.read", "certificates.decide"}))
