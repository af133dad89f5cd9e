"""The front desk's room, wired: what waits today, and what one visit to the window touches in several rooms."""

from services.certificates.front_desk.api import deaths, enquiry, moves, name_sheets, work_list
from services.kernel.service import Room

ROOM = Room(
    routers=(work_list.router, enquiry.router, name_sheets.router, moves.router, deaths.router),
    scopes=frozenset(
        {
            "desk.read",
            "progress.read",
            "persons.find",
            "persons.copy",
            "persons.resolve",
            "persons.register",
            "certificates.decide",
        }
    ),
)
