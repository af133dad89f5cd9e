"""Notifications as one value: its rooms in order, and who may do what. Wiring only."""

from services.kernel.service import Service
from services.notifications.agency_reply import wiring as agency_reply
from services.notifications.notice import wiring as notice
from services.notifications.outbound import wiring as outbound
from services.notifications.oversight import wiring as oversight
from services.notifications.oversight.api.notices import PREVIEW
from services.notifications.person_message import wiring as person_message
from services.notifications.policy.load import POLICY
from services.notifications.reminder import wiring as reminder
from services.notifications.report import wiring as report
from services.notifications.routing import wiring as routing
from services.notifications.subscription import wiring as subscription
from services.notifications.subscription.api import OPERATE

_OFFICE = notice.ROOM.scopes | {PREVIEW}
_CLERK = _OFFICE | reminder.ROOM.scopes | report.ROOM.scopes | (subscription.ROOM.scopes - {OPERATE})

SERVICE = Service(
    name="notifications",
    policy=POLICY,
    rooms=(
        notice.ROOM,
        routing.ROOM,
        subscription.ROOM,
        reminder.ROOM,
        person_message.ROOM,
        outbound.ROOM,
        agency_reply.ROOM,
        report.ROOM,
        oversight.ROOM,
    ),
    roles={
        "clerk": _CLERK,
        "liaison": _OFFICE | reminder.ROOM.scopes,
        "official": _CLERK | oversight.ROOM.scopes,
        "downstream": frozenset({"events.read"}),
        "operator": _OFFICE | subscription.ROOM.scopes | report.ROOM.scopes | {"operator.status"},
    },
    # What waits for a receiver outside may wait for days.
    pending="SELECT (SELECT count(*) FROM effect WHERE state = 'due') + (SELECT count(*) FROM to_reach WHERE state = 'due')",
    pace=0.03,  # an office is told at once
)
