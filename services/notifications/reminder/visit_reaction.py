"""What a planned visit proves for a reminder: told in person, or a reason why not, as a code that the ledger puts into words. Pure."""

from collections.abc import Sequence
from typing import Any

from services.kernel.events import Recorded
from services.monitoring.visit_plan.events import PlannedVisitClosed
from services.monitoring.vocabulary import ToldWhom, VisitOutcome
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.commands import NoteVisit
from services.notifications.reminder.decider import REMINDER

_TOLD = frozenset({ToldWhom.HOLDER, ToldWhom.GUARDIAN})
_NOT_TOLD = {VisitOutcome.NOT_FOUND: "not_met", VisitOutcome.MOVED_AWAY: "moved_away", VisitOutcome.REFUSED: "not_willing"}


def visited(recorded: Recorded, _: None, __: NoticePolicy) -> Sequence[Any]:
    """The visit of a reminder reached, or did not; one that belongs to no reminder says nothing here."""
    event: PlannedVisitClosed = recorded.event
    if event.reminder_id is None:
        return []
    told = event.told in _TOLD
    reason = "" if told else _NOT_TOLD.get(event.outcome, "not_told")
    return [(REMINDER, event.reminder_id, NoteVisit(told, recorded.division, reason))]
