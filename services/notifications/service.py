"""Notifications as one value: what the kernel needs to run it. Wiring only."""

from datetime import date
from typing import Any

from services.certificates.events import CertificateCancelled, CertificateRenewed
from services.kernel.service import DueRow, Duty, Reaction, Service
from services.matching.events import DiscrepancyResolved
from services.monitoring.events import RiskEliminated, RiskResolved
from services.notifications import events, sender
from services.notifications.api import router
from services.notifications.notice import NOTICE, Escalate
from services.notifications.policy import load_policy
from services.notifications.projections import ACKNOWLEDGE, PROJECTIONS
from services.notifications.queries import open_about, rows_of
from services.notifications.reactions import route, tell_next, withdraw


def _escalate(_: DueRow, __: date) -> Any:
    return Escalate()


_POLICY = load_policy()
_ENDED = (CertificateRenewed, CertificateCancelled, RiskResolved, RiskEliminated, DiscrepancyResolved)
_OFFICE = frozenset({"inbox.read", "inbox.acknowledge", "notices.count"})
SERVICE = Service(
    name="notifications",
    language=events,
    policy=_POLICY,
    deciders=(NOTICE,),
    projections=PROJECTIONS,
    reactions=(
        Reaction(_POLICY.routed, route),
        Reaction((events.NoticeEscalated,), tell_next, rows_of),
        Reaction(_ENDED, withdraw, open_about),
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
