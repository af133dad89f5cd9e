"""What happens to a message by which a person is told that a policy may concern them; the stream is `telling_id`."""

from datetime import date
from uuid import UUID

from services.kernel.events import event


@event
class PolicyTellingBegun:
    """A person is to be told in person; the village is told beside it, whatever comes of the message."""

    announcement_id: UUID  # the village's
    person_id: UUID
    division: str  # the village
    tell_by: date
    begun_on: date


@event
class PolicyTellingEnded:
    """The message is on a phone that may be counted as theirs, or it is not, for a reason (code)."""

    arrived: bool
    reason: str
    ended_on: date


Event = PolicyTellingBegun | PolicyTellingEnded
