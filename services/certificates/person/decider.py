"""A person of the register, as a pseudonym: stream = person id. Knows no name and no number; those stand in the person table.

Whether a citizen id is registered already is for the table's unique blind index to say, in the same transaction (`vault.py`).
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar, assert_never
from uuid import UUID

from services.certificates.person import events as person_events
from services.certificates.person.events import PersonEvent
from services.certificates.policy.load import CertificatePolicy
from services.certificates.vocabulary import ContactChoice, Detail, Language, PhoneOwner
from services.domain.actors import Actor
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context


@dataclass(frozen=True, slots=True)
class Register:
    """Give a person a pseudonym. `birth_month` is like "1980-01"; `division` the village of residence (twelve digits)."""

    birth_month: str
    division: str


@dataclass(frozen=True, slots=True)
class NameGuardian:
    """A guardian (监护人) stands beside the person; `relationship` is a code."""

    relationship: str


@dataclass(frozen=True, slots=True)
class CorrectIdentity:
    """The citizen id was wrong; the table holds both, this names the link."""

    link_id: UUID


@dataclass(frozen=True, slots=True)
class RevertIdentity:
    """The correction was wrong."""

    link_id: UUID


@dataclass(frozen=True, slots=True)
class CorrectDetails:
    """Name, phone or address was wrong; the table holds both, this names the correction and what it touched."""

    link_id: UUID
    fields: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """The hukou moved to another village of the prefecture."""

    to_division: str


@dataclass(frozen=True, slots=True)
class ReportDeath:
    """A list or somebody says that the person died (`source`: code); a lead."""

    source: str


@dataclass(frozen=True, slots=True)
class ConfirmDeath:
    """A clerk confirms the death, with evidence (code)."""

    died_on: date
    evidence: str


@dataclass(frozen=True, slots=True)
class CorrectDeath:
    """The person lives; evidence is a code."""

    evidence: str


@dataclass(frozen=True, slots=True)
class ChooseContact:
    """How the person wants to be reached, and in which language."""

    choice: ContactChoice
    language: Language


@dataclass(frozen=True, slots=True)
class ConfirmPhone:
    """The number that the table holds for the holder or guardian is his own; `known`: whether it holds one."""

    owner: PhoneOwner
    known: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """No such person."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered person; the corrections in force, the leads of a death, and the day of a confirmed one."""

    division: str
    links: frozenset[UUID] = frozenset()
    leads: frozenset[str] = frozenset()
    died_on: date | None = None


State = Absent | Registered
Choice = TypeVar("Choice", ContactChoice, PhoneOwner)
Command = (
    Register
    | NameGuardian
    | CorrectIdentity
    | RevertIdentity
    | CorrectDetails
    | Move
    | ReportDeath
    | ConfirmDeath
    | CorrectDeath
    | ChooseContact
    | ConfirmPhone
)
_MACHINE = (ReportDeath,)


def decide(state: State, command: Command, policy: CertificatePolicy, context: Context) -> list[PersonEvent]:
    """Persons are registered and changed by people; only a lead may come from a machine. Raises `Rejected`, `Malformed`, `NotFound`."""
    today = context.today
    if Actor.parse(context.actor).is_machine and not isinstance(command, _MACHINE):
        raise Forbidden("not_your_duty", "须由人办理，系统不得自行决定")
    if isinstance(command, Register):
        return _registered(state, command, policy, today)
    if isinstance(state, Absent):
        raise NotFound("person_unknown", "没有此人，或不在您的辖区")
    match command:
        case NameGuardian(relationship):
            return [person_events.GuardianNamed(relationship=relationship, named_on=today)]
        case CorrectIdentity(link):
            return [person_events.IdentityCorrected(link_id=link, corrected_on=today)]
        case RevertIdentity(link) if link in state.links:
            return [person_events.IdentityCorrectionReverted(link_id=link, reverted_on=today)]
        case RevertIdentity():
            raise Rejected("link_unknown", "没有这次更正，或已撤回")
        case CorrectDetails(_, ()):
            raise Rejected("nothing_to_correct", "与登记的内容相同，没有需要更正的")
        case CorrectDetails(link, fields):
            return [person_events.PersonDetailsCorrected(link_id=link, fields=fields, corrected_on=today)]
        case ChooseContact(choice, language):
            return [person_events.ContactChosen(choice=_named(choice), language=language, chosen_on=today)]
        case ConfirmPhone(owner, known):
            if not known:
                raise Rejected("no_phone", "没有登记电话，不能确认")
            return [person_events.PhoneConfirmed(owner=_named(owner), confirmed_on=today)]
        case Move(to_division):
            return _moved(state, to_division, policy, today)
        case ReportDeath(source):
            lead = person_events.PersonDeathReported(source=source, reported_on=today)
            return [] if state.died_on or source in state.leads else [lead]
        case ConfirmDeath() | CorrectDeath():
            return _died(state, command, today)
        case _:
            assert_never(command)


def _named(choice: Choice) -> Choice:
    """A choice that this version knows. Raises `Malformed("choice_unknown")`."""
    if choice.value == "UNKNOWN":
        raise Malformed("choice_unknown", "选择不明")
    return choice


def _registered(state: State, command: Register, policy: CertificatePolicy, today: date) -> list[PersonEvent]:
    """Once, in a village of a township that exists on the day."""
    if isinstance(state, Registered):
        raise Rejected("person_known", "此人已登记")
    _village(command.division, policy, today)
    return [person_events.PersonRegistered(birth_month=command.birth_month, division=command.division)]


def _moved(state: Registered, to_division: str, policy: CertificatePolicy, today: date) -> list[PersonEvent]:
    _village(to_division, policy, today)
    if to_division == state.division:
        raise Rejected("already_there", "此人已在该村（社区）")
    return [person_events.PersonMoved(from_division=state.division, to_division=to_division, moved_on=today)]


def _died(state: Registered, command: ConfirmDeath | CorrectDeath, today: date) -> list[PersonEvent]:
    match command:
        case ConfirmDeath(died_on, evidence):
            if died_on > today:
                raise Malformed("death_in_future", "死亡日期不得晚于今天")
            if state.died_on is not None:
                raise Rejected("person_dead", "此人已登记死亡")
            return [person_events.PersonDied(died_on=died_on, evidence=evidence)]
        case CorrectDeath(evidence):
            if state.died_on is None and not state.leads:
                raise Rejected("person_alive", "此人没有死亡登记")
            return [person_events.PersonDeathCorrected(corrected_on=today, evidence=evidence)]
        case _:
            assert_never(command)


def _village(division: str, policy: CertificatePolicy, today: date) -> None:
    if policy.township(division, today) is None:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的12位村（社区）代码")


def evolve(state: State, event: PersonEvent) -> State:
    """The person after an event."""
    if isinstance(event, person_events.PersonRegistered):
        return Registered(event.division)
    if isinstance(state, Absent):
        return state
    match event:
        case person_events.IdentityCorrected(link_id=link):
            return replace(state, links=state.links | {link})
        case person_events.IdentityCorrectionReverted(link_id=link):
            return replace(state, links=state.links - {link})
        case person_events.PersonMoved(to_division=to):
            return replace(state, division=to)
        case person_events.PersonDeathReported(source=source):
            return replace(state, leads=state.leads | {source})
        case person_events.PersonDied(died_on=on):
            return replace(state, died_on=on, leads=frozenset())
        case person_events.PersonDeathCorrected():
            return replace(state, died_on=None, leads=frozenset())
        case (
            person_events.GuardianNamed()
            | person_events.PersonDetailsCorrected()
            | person_events.ContactChosen()
            | person_events.PhoneConfirmed()
        ):
            return state  # nothing is decided by them: what they are about stands in the person table
        case _:
            assert_never(event)


def _division(state: State) -> str:
    return state.division if isinstance(state, Registered) else ""


PERSON: Decider[State, Command, CertificatePolicy] = Decider(
    "person", Absent(), decide, evolve, _division, handovers=(person_events.PersonMoved,)
)
