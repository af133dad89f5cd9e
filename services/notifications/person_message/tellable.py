"""What a person may be told: a reminder of a card, or a policy that may concern them; read from the stream that asks for it. Pure.

The loop that begins tries and the source of their deliveries know only this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.certificates.vocabulary import ExpiryWindow
from services.domain.file_number import file_number
from services.kernel.decider import Decider
from services.kernel.events import Recorded
from services.notifications.person_message.decider import TELLING, Told
from services.notifications.person_message.events import PolicyTellingBegun, PolicyTellingEnded
from services.notifications.policy.ladder_rows import PERSON
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.decider import REMINDER, Owed, Settled
from services.notifications.reminder.events import Proof, ReminderOpened, ReminderReached, ReminderTried


@dataclass(frozen=True, slots=True)
class Tellable:
    """A matter of one person that is still to be told. `begun`: the event that asks for the try under way; `turn`: that it still does.

    `subject_id`: what it is about; `confirmed`, `unconfirmed`: the texts for a phone that is theirs for sure, and for any other;
    `until`: a day with which the matter ends, None = none.
    """

    decider: Decider[Any, Any, Any]
    begun: Recorded
    turn: bool
    person_id: UUID
    subject_id: UUID
    division: str
    urgent: bool
    confirmed: str
    unconfirmed: str
    answer_by: date
    until: date | None

    def facts(self, day: date) -> Mapping[str, str]:
        """What its texts may ask for on a day, but for the office."""
        ends = {"valid_to": str(self.until)} if self.until else {}
        return {**ends, "answer_by": str(max(day, self.answer_by)), "ref": file_number(self.subject_id)}


def decider_of(past: Sequence[Recorded]) -> Decider[Any, Any, Any]:
    """Whose stream it is."""
    return TELLING if isinstance(past[0].event, PolicyTellingBegun) else REMINDER


def tellable(past: Sequence[Recorded], day: date, policy: NoticePolicy, beside: UUID | None = None) -> Tellable | None:
    """What a stream has to tell a person; None when it is owed no more.

    `beside`: a try of which another phone was reached is told to the end: an adult is told beside the guardian, whoever is first.
    """
    match decider_of(past).fold(recorded.event for recorded in past):
        case Owed(opened=opened, rung=rung):
            return _reminder(past, opened, opened.ladder[rung] == PERSON, day, policy)
        case Settled(opened=opened) if _reached(past[-1].event) and _tried(past).event_id == beside:
            return _reminder(past, opened, True, day, policy)
        case Told(begun=begun, ended=ended) if not ended or (_reached(past[-1].event) and past[0].event_id == beside):
            return _policy(past, begun)
    return None


def _policy(past: Sequence[Recorded], begun: PolicyTellingBegun) -> Tellable:
    return Tellable(
        decider=TELLING,
        begun=past[0],
        turn=True,
        person_id=begun.person_id,
        subject_id=begun.announcement_id,
        division=begun.division,
        urgent=False,
        confirmed="policy",
        unconfirmed="policy",
        answer_by=begun.tell_by,
        until=None,
    )


def _reminder(past: Sequence[Recorded], opened: ReminderOpened, turn: bool, day: date, policy: NoticePolicy) -> Tellable:
    by = policy.calendar.add(day, policy.ladders.one(opened.window, day, opened.division).working_days)
    return Tellable(
        decider=REMINDER,
        begun=_tried(past),
        turn=turn,
        person_id=opened.person_id,
        subject_id=opened.certificate_id,
        division=opened.division,
        urgent=opened.window == ExpiryWindow.ONE_MONTH,
        confirmed="renewal",
        unconfirmed="call-us",
        answer_by=min(by, opened.valid_to),
        until=opened.valid_to,
    )


def _tried(past: Sequence[Recorded]) -> Recorded:
    return [r for r in past if isinstance(r.event, ReminderTried)][-1]


def _reached(last: Any) -> bool:
    """Whether a message on a handset was the end."""
    match last:
        case ReminderReached(proof=Proof.HANDSET) | PolicyTellingEnded(arrived=True):
            return True
    return False
