"""What the ledger of renewal reminders says: stream = one reminder that is owed. Published through `events.py`.

A reminder is owed per certificate, validity period, window and number (joint opinion, part 4: 不少于两次提醒). It counts only when it
reached somebody; a rung of the ladder is either the person, or an office that goes there. `ROUTABLE`: a row of the routing table may
tell offices of it.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.domain.codes import Word
from services.kernel.events import event


class Proof(Word):
    """By what is known that a reminder reached somebody."""

    UNKNOWN = "UNKNOWN"
    HANDSET = "HANDSET"  # the provider says that the message arrived on the phone
    HOLDER = "HOLDER"  # the holder said so
    GUARDIAN = "GUARDIAN"  # the guardian said so
    VISITOR = "VISITOR"  # a visitor told the holder or guardian in person


class StopReason(Word):
    """Why a reminder is owed no more."""

    UNKNOWN = "UNKNOWN"
    RENEWED = "RENEWED"
    CANCELLED = "CANCELLED"
    DEATH = "DEATH"


@event
class ReminderOpened:
    """A certificate came inside a window: the holder is owed a reminder, rung by rung until one reaches."""

    ROUTABLE: ClassVar[bool] = True
    certificate_id: UUID
    person_id: UUID
    division: str  # the certificate's village
    valid_to: date
    window: str  # an ExpiryWindow of the register
    reminder: int
    ladder: tuple[str, ...]  # PERSON, then offices like CUN@village
    opened_on: date


@event
class ReminderTried:
    """A rung is tried; without a proof by `answer_by` the next one follows. It says all that who is to do it needs."""

    ROUTABLE: ClassVar[bool] = True
    certificate_id: UUID
    person_id: UUID
    valid_to: date
    window: str
    rung: str
    number: int  # of the rung, from 0
    tried_on: date
    answer_by: date | None  # none: the last rung, which is tried until the certificate lapses


@event
class ReminderNotReached:
    """A rung did not reach: no phone, refused, or silence until the day."""

    ROUTABLE: ClassVar[bool] = True
    rung: str
    reason: str  # code: no_phone, no_proof_in_time, what the provider or the visitor said
    ended_on: date


@event
class ReminderReached:
    """It reached somebody, by this proof."""

    ROUTABLE: ClassVar[bool] = True
    rung: str
    proof: Proof
    reached_on: date


@event
class ReminderArrived:
    """The message is on the handset, which in the last month is not enough: somebody must still confirm."""

    ROUTABLE: ClassVar[bool] = True
    rung: str
    arrived_on: date


@event
class ReminderStopped:
    """What it was about is over."""

    ROUTABLE: ClassVar[bool] = True
    reason: StopReason
    stopped_on: date


@event
class ReminderMoved:
    """The card went to another village: whoever reminds there has it from now on."""

    ROUTABLE: ClassVar[bool] = True
    from_division: str
    to_division: str
    moved_on: date


@event
class ReminderMissed:
    """The certificate lapsed and nobody was reached."""

    ROUTABLE: ClassVar[bool] = True
    certificate_id: UUID
    person_id: UUID
    valid_to: date
    missed_on: date


Event = (
    ReminderOpened
    | ReminderTried
    | ReminderNotReached
    | ReminderReached
    | ReminderArrived
    | ReminderStopped
    | ReminderMoved
    | ReminderMissed
)
