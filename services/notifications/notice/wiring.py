"""Notices, wired: their decider and read model, the clocks, the endpoints by which it is read and answered, the doors by which it is told."""

from typing import get_args

from services.kernel.service import Room
from services.notifications.notice import own_channels
from services.notifications.notice.api import ack_link, answers, inbox
from services.notifications.notice.commands import ByOffice
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.due import DUTIES
from services.notifications.notice.projection import NOTICES
from services.notifications.retention import EFFECTS

ROOM = Room(
    deciders=(NOTICE,),
    projections=(NOTICES,),
    duties=DUTIES,
    routers=(inbox.router, answers.router, ack_link.router),
    loops=(own_channels.run,),
    stale=(EFFECTS,),
    scopes=frozenset({inbox.READ, inbox.COUNT, *(command.SCOPE for command in get_args(ByOffice))}),
)
