"""What a rule is, and all of them by name. Importing the modules beside this one fills the table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from deploy.sandbox.county.reference.view import View


class Period(StrEnum):
    """What a finding is about: the month of a list, which no later list changes; or how things stand, until a newer list says otherwise."""

    MONTH = "MONTH"
    DAY = "DAY"
    YEAR = "YEAR"


class Found(NamedTuple):
    """About whom (a citizen id, or a household's number in a list), and what of him; `owner` where a rule has several."""

    subject: str
    object: str
    owner: str = ""
    subject_kind: str = "person"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its finding type, its owner, what a finding is about, and the list or source whose facts end one."""

    id: str
    type: str
    owner: str
    period: Period
    closes_by: str
    find: Callable[[View], Iterator[Found]]


RULES: dict[str, Rule] = {}
Find = Callable[[View], Iterator[Found]]


def rule(id: str, type: str, owner: str, period: Period, closes_by: str) -> Callable[[Find], Find]:
    """Puts a rule into the table."""

    def put(find: Find) -> Find:
        RULES[id] = Rule(id, type, owner, period, closes_by, find)
        return find

    return put
