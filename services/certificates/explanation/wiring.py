"""The room of 办理说明, wired: one decision explained to the person whom it is about."""

from services.certificates.explanation import api
from services.kernel.service import Room

ROOM = Room(routers=(api.router,), scopes=frozenset({"certificates.read", "decisions.attribute"}))
