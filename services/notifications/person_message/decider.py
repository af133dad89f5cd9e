"""A person told of a policy by a message of their own: begun once, ended once. A hint to call, beside the village's visit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, Recorded, stream_id
from services.matching.announcement.events import PolicyPassedOn
from services.matching.vocabulary import Through
from services.notifications.person_message.events import PolicyTellingBegun, PolicyTellingEnded
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.decider import NoteOutcome


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody was to be told."""


@dataclass(frozen=True, slots=True)
class Told:
    """Being told, or `ended`."""

    begun: PolicyTellingBegun
    ended: bool = False


State = Absent | Told


@dataclass(frozen=True, slots=True)
class Begin:
    """A policy that is told in person may concern them (machine)."""

    announcement_id: UUID
    person_id: UUID
    division: str
    tell_by: date


Command = Begin | NoteOutcome


def telling_id(announcement: UUID, person: UUID) -> UUID:
    """The stream of a village's announcement and a person."""
    return stream_id("policy-telling", announcement, person)


def tell_persons(recorded: Recorded, _: None, __: NoticePolicy) -> Sequence[Any]:
    """One message for each person whom a village's announcement names, where the row of the policy says so."""
    said: PolicyPassedOn = recorded.event
    if said.through is not Through.PERSON:
        return []
    id = recorded.stream_id
    return [(TELLING, telling_id(id, person), Begin(id, person, said.division, said.tell_by)) for person in said.persons]


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Any]:
    """Begun once, ended once; what comes later changes nothing."""
    match state, command:
        case Absent(), Begin(announcement_id, person_id, division, tell_by):
            return [
                PolicyTellingBegun(
                    announcement_id=announcement_id, person_id=person_id, division=division, tell_by=tell_by, begun_on=context.today
                )
            ]
        case Told(ended=False), NoteOutcome(arrived, reason):
            return [PolicyTellingEnded(arrived=arrived, reason=reason, ended_on=context.today)]
    return []


def evolve(state: State, happened: Any) -> State:
    """After the event."""
    match state, happened:
        case _, PolicyTellingBegun():
            return Told(happened)
        case Told(begun), PolicyTellingEnded():
            return Told(begun, ended=True)
    return state


TELLING: Decider[Any, Any, Any] = Decider(
    "policy_telling", Absent(), decide, evolve, lambda state: state.begun.division if isinstance(state, Told) else ""
)
