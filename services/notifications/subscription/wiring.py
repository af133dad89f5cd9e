"""Subscriptions, wired: who is told outside of this house, what is taken for them from the order of publishing, who lives together."""

from services.kernel.service import Reaction, Room
from services.notifications.subscription import api, fanout
from services.notifications.subscription.commands import OfOffice
from services.notifications.subscription.decider import SUBSCRIBER
from services.notifications.subscription.events import SubscriptionDisabled
from services.notifications.subscription.household_projection import HOMES
from services.notifications.subscription.projection import SUBSCRIBERS, SUBSCRIPTIONS
from services.notifications.subscription.reactions import tell_disabled

ROOM = Room(
    deciders=(SUBSCRIBER,),
    projections=(SUBSCRIBERS, SUBSCRIPTIONS, HOMES),
    reactions=(Reaction("tell_disabled", (SubscriptionDisabled,), tell_disabled),),
    routers=(api.router,),
    loops=(fanout.run,),
    scopes=frozenset({api.READ, api.OPERATE, OfOffice.SCOPE}),
)
