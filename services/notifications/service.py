"""Notifications as one value: what the kernel needs to run it. Wiring only."""

from datetime import date
from typing import Any

from services.kernel.service import DueRow, Duty, Reaction, Service
from services.notifications import delivering, events, fanout, sender, subscriber_doors
from services.notifications.api import router
from services.notifications.notice import NOTICE, Escalate
from services.notifications.policy import load_policy
from services.notifications.projections import ACKNOWLEDGE, ENDED, PROJECTIONS
from services.notifications.queries import open_about, over, still_true
from services.notifications.reactions import route, tell_disabled, tell_next, withdraw
from services.notifications.subscriber import SUBSCRIBER
from services.notifications.subscriptions import SUBSCRIBERS, SUBSCRIPTIONS


def _escalate(_: DueRow, __: date) -> Any:
    return Escalate()


_POLICY = load_policy()
_OFFICE = frozenset({"inbox.read", "inbox.acknowledge", "notices.count"})
_SUBSCRIBING = frozenset({"subscribers.read", "subscribers.manage"})
SERVICE = Service(
    name="notifications",
    language=events,
    policy=_POLICY,
    deciders=(NOTICE, SUBSCRIBER),
    projections=(*PROJECTIONS, SUBSCRIBERS, SUBSCRIPTIONS),
    reactions=(
        Reaction(_POLICY.routed, route, over),
        Reaction((events.NoticeEscalated,), tell_next, still_true),
        Reaction(ENDED, withdraw, open_about),
        Reaction((events.SubscriptionDisabled,), tell_disabled),
    ),
    duties=(Duty(ACKNOWLEDGE, NOTICE, _escalate),),
    routers=(router, subscriber_doors.router),
    roles={
        "clerk": _OFFICE | _SUBSCRIBING,
        "liaison": _OFFICE,
        "official": _OFFICE | _SUBSCRIBING,
        "downstream": frozenset({"events.read"}),
        "operator": _OFFICE | _SUBSCRIBING | {"operator.status", subscriber_doors.OPERATE},
    },
    loops=(sender.run, fanout.run, delivering.run),
    pending="SELECT count(*) FROM effect WHERE state = 'due'",  # what waits for a receiver outside may wait for days
)
