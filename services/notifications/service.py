"""Notifications as one value: what the kernel needs to run it. Wiring only."""

from services.kernel.service import Reaction, Room, Service
from services.matching.events import PolicyPassedOn
from services.monitoring.visit_events import PlannedVisitClosed
from services.notifications import (
    answering_doors,
    board_doors,
    delivery_loop,
    fanout,
    ledger_doors,
    link_doors,
    loop_events,
    notice_due,
    oversight_doors,
    reaching,
    receipt_doors,
    reminder_due,
    replies,
    reply_doors,
    report_doors,
    sender,
    subscriber_doors,
    subscriber_events,
)
from services.notifications import events as notifications_events
from services.notifications.api import router
from services.notifications.arrivals import ARRIVALS, COMPARISONS
from services.notifications.homes import HOMES
from services.notifications.ledger_queries import cards
from services.notifications.notice import NOTICE
from services.notifications.owing import OWING, owe
from services.notifications.policy import load_policy
from services.notifications.projections import ENDED, PROJECTIONS, settling
from services.notifications.queries import about, matters, open_about, past, same_matter
from services.notifications.reactions import give_back, route, settle, stand_down, tell_disabled, tell_lead, tell_next, withdraw
from services.notifications.reminder import REMINDER
from services.notifications.stale import EFFECTS, TRIES
from services.notifications.subscriber import SUBSCRIBER
from services.notifications.subscriptions import SUBSCRIBERS, SUBSCRIPTIONS
from services.notifications.telling import TELLING, tell_persons
from services.notifications.visiting import visited

_POLICY = load_policy()
_OFFICE = frozenset({"inbox.read", "inbox.acknowledge", "inbox.answer", "notices.count", "templates.preview"})
_REMINDING = frozenset({ledger_doors.READ, ledger_doors.CONFIRM})
_SUBSCRIBING = frozenset({"subscribers.read", "subscribers.manage"})
ROOM = Room(
    deciders=(NOTICE, SUBSCRIBER, REMINDER, TELLING),
    projections=(*PROJECTIONS, settling(_POLICY), SUBSCRIBERS, SUBSCRIPTIONS, ARRIVALS, COMPARISONS, HOMES),
    reactions=(
        Reaction("route", _POLICY.routed, route, past),
        Reaction("tell_next", (notifications_events.NoticeEscalated,), tell_next, matters),
        Reaction("give_back", (loop_events.NoticeRejected,), give_back, matters),
        Reaction("tell_lead", (loop_events.LeadAssigned,), tell_lead, matters),
        Reaction("stand_down", (loop_events.NoticeActedOn,), stand_down, same_matter),
        Reaction("settle", _POLICY.resolving, settle, about),  # before what withdraws: what was done is verified
        Reaction("withdraw", ENDED, withdraw, open_about),
        Reaction("tell_disabled", (subscriber_events.SubscriptionDisabled,), tell_disabled),
        Reaction("owe", OWING, owe, cards),
        Reaction("visited", (PlannedVisitClosed,), visited),
        Reaction("tell_persons", (PolicyPassedOn,), tell_persons),
    ),
    duties=(*notice_due.DUTIES, *reminder_due.DUTIES),
    routers=(
        router,
        answering_doors.router,
        oversight_doors.router,
        board_doors.router,
        link_doors.router,
        subscriber_doors.router,
        ledger_doors.router,
        *receipt_doors.routers,
        reply_doors.router,
        report_doors.router,
    ),
    loops=(sender.run, fanout.run, reaching.run, delivery_loop.run, replies.run),
    stale=(EFFECTS, TRIES),
)
SERVICE = Service(
    name="notifications",
    policy=_POLICY,
    rooms=(ROOM,),
    roles={
        "clerk": _OFFICE | _SUBSCRIBING | _REMINDING | {report_doors.REPORT},
        "liaison": _OFFICE | _REMINDING,
        "official": _OFFICE | _SUBSCRIBING | _REMINDING | {oversight_doors.OVERSEE, report_doors.REPORT},
        "downstream": frozenset({"events.read"}),
        "operator": _OFFICE | _SUBSCRIBING | {"operator.status", subscriber_doors.OPERATE, report_doors.REPORT},
    },
    # What waits for a receiver outside may wait for days.
    pending="SELECT (SELECT count(*) FROM effect WHERE state = 'due') + (SELECT count(*) FROM to_reach WHERE state = 'due')",
)
