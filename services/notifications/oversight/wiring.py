"""Oversight, wired: every agency's notices for the working committee's office, the boards, why a notice was made."""

from services.kernel.service import Room
from services.notifications.notice.api import inbox
from services.notifications.oversight.api import boards, notices

ROOM = Room(
    routers=(notices.router, boards.router),
    scopes=frozenset({inbox.READ, inbox.COUNT, notices.OVERSEE, notices.PREVIEW}),
)
