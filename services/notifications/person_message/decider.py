"""A person told of a policy by a message of their own: begun once, ended once. A hint to call, beside the village's visit. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.kernel.decider import Decider
from services.kernel.events import Context, stream_id
from services.notifications.person_message.events import Event, PolicyTellingBegun, PolicyTellingEnded
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.commands import NoteOutcome


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


def decide(state: State, command: Command, policy: NoticePolicy, context: Context) -> list[Event]:
    """Begun once, ended once; what comes later changes nothing."""
    match command:
        case Begin(announcement_id, person_id, division, tell_by):
            if isinstance(state, Told):
                return []
            return [
                PolicyTellingBegun(
                    announcement_id=announcement_id, person_id=person_id, division=division, tell_by=tell_by, begun_on=context.today
                )
            ]
        case NoteOutcome(arrived, reason):
            if isinstance(state, Absent) or state.ended:
                return []
            return [PolicyTellingEnded(arrived=arrived, reason=reason, ended_on=context.today)]
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """After the event."""
    match event:
        case PolicyTellingBegun():
            return Told(event)
        case PolicyTellingEnded():
            return replace(state, ended=True) if isinstance(state, Told) else state
        case _:
            assert_never(event)


def division(state: State) -> str:
    """Where the person lives."""
    return state.begun.division if isinstance(state, Told) else ""


TELLING: Decider[State, Command, NoticePolicy] = Decider("policy_telling", Absent(), decide, evolve, division)
