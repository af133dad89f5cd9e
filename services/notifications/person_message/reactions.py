"""A village's announcement that names persons: a message for each of them. Pure."""

from collections.abc import Sequence
from typing import Any

from services.kernel.events import Recorded
from services.matching.announcement.events import PolicyPassedOn
from services.matching.vocabulary import Through
from services.notifications.person_message.decider import TELLING, Begin, telling_id
from services.notifications.policy.load import NoticePolicy


def tell_persons(recorded: Recorded, _: None, __: NoticePolicy) -> Sequence[Any]:
    """One message for each person whom a village's announcement names, where the row of the policy says so."""
    event: PolicyPassedOn = recorded.event
    if event.through is not Through.PERSON:
        return []
    announcement = recorded.stream_id
    return [
        (TELLING, telling_id(announcement, person), Begin(announcement, person, event.division, event.tell_by))
        for person in event.persons
    ]
