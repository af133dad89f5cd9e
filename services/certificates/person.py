"""A person of the register, as a pseudonym: stream = person id. Knows no name and no number; those stand in the person table.

Whether a citizen id is registered already is for the table's unique blind index to say, in the same transaction (`vault.py`).
"""

from dataclasses import dataclass
from typing import Any, assert_never

from services.certificates.events import PersonRegistered
from services.certificates.policy import CertificatePolicy
from services.kernel.decider import Decider
from services.kernel.errors import Malformed, Rejected
from services.kernel.events import Context


@dataclass(frozen=True, slots=True)
class Register:
    """Give a person a pseudonym. `birth_month` is like "1980-01"; `division` the village of residence (twelve digits)."""

    birth_month: str
    division: str


@dataclass(frozen=True, slots=True)
class Absent:
    """No such person."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered person."""

    division: str


State = Absent | Registered


def decide(state: State, command: Register, policy: CertificatePolicy, context: Context) -> list[PersonRegistered]:
    """Register once, in a village of a township that exists on the day."""
    if isinstance(state, Registered):
        raise Rejected("person_known", "此人已登记")
    if policy.township(command.division, context.today) is None:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的12位村（社区）代码")
    return [PersonRegistered(birth_month=command.birth_month, division=command.division)]


def evolve(state: State, happened: PersonRegistered) -> State:
    """The person after an event."""
    match happened:
        case PersonRegistered():
            return Registered(happened.division)
        case _:
            assert_never(happened)


def _division(state: State) -> str:
    return state.division if isinstance(state, Registered) else ""


PERSON: Decider[Any, Any, Any] = Decider("person", Absent(), decide, evolve, _division)
