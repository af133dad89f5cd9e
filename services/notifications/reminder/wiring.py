"""Reminders, wired: when one is owed to a holder, when it goes on to its next rung, who confirms that it reached."""

from services.kernel.service import Reaction, Room
from services.monitoring.visit_plan.events import PlannedVisitClosed
from services.notifications.notice.api.inbox import COUNT
from services.notifications.reminder import api
from services.notifications.reminder.commands import Confirm
from services.notifications.reminder.decider import REMINDER
from services.notifications.reminder.due import DUTIES
from services.notifications.reminder.projection import CARDS, REMINDERS
from services.notifications.reminder.queries import cards
from services.notifications.reminder.reactions import OWING, owe
from services.notifications.reminder.visit_reaction import visited

ROOM = Room(
    deciders=(REMINDER,),
    projections=(REMINDERS, CARDS),
    reactions=(Reaction("owe", OWING, owe, cards), Reaction("visited", (PlannedVisitClosed,), visited)),
    duties=DUTIES,
    routers=(api.router,),
    scopes=frozenset({api.READ, Confirm.SCOPE, COUNT}),
)
