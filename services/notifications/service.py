"""Notifications as one value: what the kernel needs to run it. Wiring only."""

from typing import Any

from services.kernel.projection import Projection
from services.kernel.service import Reaction, Room, Service
from services.matching.announcement.events import PolicyPassedOn
from services.monitoring.visit_plan.events import PlannedVisitClosed
from services.notifications.agency_reply import api as agency_reply_api
from services.notifications.agency_reply import loop as agency_reply_loop
from services.notifications.notice import due as notice_due
from services.notifications.notice import events as notice_events
from services.notifications.notice import own_channels
from services.notifications.notice.api import ack_link, answers
from services.notifications.notice.api.inbox import router
from services.notifications.notice.decider import NOTICE
from services.notifications.notice.projection import NOTICES
from services.notifications.outbound import loop as outbound_loop
from services.notifications.outbound import receipt_api
from services.notifications.oversight.api import boards, notices
from services.notifications.person_message import loop as person_message_loop
from services.notifications.person_message.decider import TELLING, tell_persons
from services.notifications.policy.load import load_policy
from services.notifications.reminder import api as reminder_api
from services.notifications.reminder import due as reminder_due
from services.notifications.reminder.decider import REMINDER
from services.notifications.reminder.projection import CARDS, REMINDERS
from services.notifications.reminder.queries import cards
from services.notifications.reminder.reactions import OWING, owe
from services.notifications.reminder.visit_reaction import visited
from services.notifications.report import api as report_api
from services.notifications.report.projection import ARRIVALS, COMPARISONS
from services.notifications.retention import EFFECTS, TRIES
from services.notifications.routing.projection import ENDED, OVER, settling
from services.notifications.routing.queries import about, matters, open_about, past, same_matter
from services.notifications.routing.reactions import give_back, route, settle, stand_down, tell_lead, tell_next, withdraw
from services.notifications.subscription import api as subscription_api
from services.notifications.subscription import events as subscription_events
from services.notifications.subscription import fanout
from services.notifications.subscription.decider import SUBSCRIBER
from services.notifications.subscription.household_projection import HOMES
from services.notifications.subscription.projection import SUBSCRIBERS, SUBSCRIPTIONS
from services.notifications.subscription.reactions import tell_disabled

PROJECTIONS: tuple[Projection[Any], ...] = (NOTICES, OVER, REMINDERS, CARDS)


_POLICY = load_policy()
_OFFICE = frozenset({"inbox.read", "inbox.acknowledge", "inbox.answer", "notices.count", "templates.preview"})
_REMINDING = frozenset({reminder_api.READ, reminder_api.CONFIRM})
_SUBSCRIBING = frozenset({"subscribers.read", "subscribers.manage"})
ROOM = Room(
    deciders=(NOTICE, SUBSCRIBER, REMINDER, TELLING),
    projections=(*PROJECTIONS, settling(_POLICY), SUBSCRIBERS, SUBSCRIPTIONS, ARRIVALS, COMPARISONS, HOMES),
    reactions=(
        Reaction("route", _POLICY.routed, route, past),
        Reaction("tell_next", (notice_events.NoticeEscalated,), tell_next, matters),
        Reaction("give_back", (notice_events.NoticeRejected,), give_back, matters),
        Reaction("tell_lead", (notice_events.LeadAssigned,), tell_lead, matters),
        Reaction("stand_down", (notice_events.NoticeActedOn,), stand_down, same_matter),
        Reaction("settle", _POLICY.resolving, settle, about),  # before what withdraws: what was done is verified
        Reaction("withdraw", ENDED, withdraw, open_about),
        Reaction("tell_disabled", (subscription_events.SubscriptionDisabled,), tell_disabled),
        Reaction("owe", OWING, owe, cards),
        Reaction("visited", (PlannedVisitClosed,), visited),
        Reaction("tell_persons", (PolicyPassedOn,), tell_persons),
    ),
    duties=(*notice_due.DUTIES, *reminder_due.DUTIES),
    routers=(
        router,
        answers.router,
        notices.router,
        boards.router,
        ack_link.router,
        subscription_api.router,
        reminder_api.router,
        *receipt_api.routers,
        agency_reply_api.router,
        report_api.router,
    ),
    loops=(own_channels.run, fanout.run, person_message_loop.run, outbound_loop.run, agency_reply_loop.run),
    stale=(EFFECTS, TRIES),
)
SERVICE = Service(
    name="notifications",
    policy=_POLICY,
    rooms=(ROOM,),
    roles={
        "clerk": _OFFICE | _SUBSCRIBING | _REMINDING | {report_api.REPORT},
        "liaison": _OFFICE | _REMINDING,
        "official": _OFFICE | _SUBSCRIBING | _REMINDING | {notices.OVERSEE, report_api.REPORT},
        "downstream": frozenset({"events.read"}),
        "operator": _OFFICE | _SUBSCRIBING | {"operator.status", subscription_api.OPERATE, report_api.REPORT},
    },
    # What waits for a receiver outside may wait for days.
    pending="SELECT (SELECT count(*) FROM effect WHERE state = 'due') + (SELECT count(*) FROM to_reach WHERE state = 'due')",
)
