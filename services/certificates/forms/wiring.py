"""The room of printed forms, wired: official papers with a name on them."""

from services.certificates.forms import api
from services.kernel.service import Room

ROOM = Room(routers=(api.router,), scopes=frozenset({"forms.print", "certificates.schedule"}))
