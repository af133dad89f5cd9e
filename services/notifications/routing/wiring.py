"""Routing, wired: which events are told to offices, what follows a notice that is not answered, what ends one."""

from services.kernel.service import Reaction, Room
from services.notifications.notice.events import LeadAssigned, NoticeActedOn, NoticeEscalated, NoticeRejected
from services.notifications.policy.load import POLICY
from services.notifications.routing.projection import ENDED, OVER, settling
from services.notifications.routing.queries import about, matters, open_about, past, same_matter
from services.notifications.routing.reactions import give_back, route, settle, stand_down, tell_lead, tell_next, withdraw

ROOM = Room(
    projections=(OVER, settling(POLICY)),
    reactions=(
        Reaction("route", POLICY.routed, route, past),
        Reaction("tell_next", (NoticeEscalated,), tell_next, matters),
        Reaction("give_back", (NoticeRejected,), give_back, matters),
        Reaction("tell_lead", (LeadAssigned,), tell_lead, matters),
        Reaction("stand_down", (NoticeActedOn,), stand_down, same_matter),
        # An event may both settle a matter and end it: what was done is verified before the rest is withdrawn.
        Reaction("settle", POLICY.resolving, settle, about),
        Reaction("withdraw", ENDED, withdraw, open_about),
    ),
)
