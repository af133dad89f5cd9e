"""Notifications as one value: what the kernel needs to run it. Wiring only."""

from datetime import date
from typing import Any

from services.kernel.service import DueRow, Duty, Reaction, Service
from services.notifications import events, sender
from services.notifications.api import router
from services.notifications.notice import NOTICE, Escalate
from services.notifications.policy import load_policy
from services.notifications.projections import ACKNOWLEDGE, ENDED, PROJECTIONS
from services.notifications.queries import open_about, over, still_true
from services.notifications.reactions import route, tell_next, withdraw


def _escalate(_: DueRow, __: date) -> Any:
    return Escalate()


_POLICY = load_policy()
_OFFICE = frozenset({"inbox.read", "inbox.acknowledge", "notices.count"})
SERVICE = Service(
    name="notifications",
    language=events,
    policy=_POLICY,
    deciders=(NOTICE,),
    projections=PROJECTIONS,
    reactions=(
        Reaction(_POLICY.routed, route, over),
        Reaction((events.NoticeEscalated,), tell_next, still_true),
        Reaction(ENDED, withdraw, open_about),
    ),
    duties=(Duty(ACKNOWLEDGE, NOTICE, _escalate),),
    routers=(router,),
    roles={
        "clerk": _OFFICE,
        "liaison": _OFFICE,
        "official": _OFFICE,
        "downstream": frozenset({"events.read"}),
        "operator": frozenset({"operator.status", "notices.count"}),
    },
    loops=(sender.run,),
    pending="SELECT count(*) FROM effect WHERE state = 'due'",
)
