"""The rows behind offices: what agencies and administrative units are called, who has taken over whose duties. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency by its code: the name that officials read."""

    name: str


@dataclass(frozen=True, slots=True)
class Successor:
    """The agency that has taken over the duties of the row's id, from the row's day on."""

    agency: str


@dataclass(frozen=True, slots=True)
class Coordination:
    """How many working days the working committee's office has to answer what ends with it."""

    act_days: int


@dataclass(frozen=True, slots=True)
class OfficePhone:
    """The fixed number that a person may call about a message from this agency."""

    number: str


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit: what officials call it. The offices of a `[[unit]]` have topics, those of a `[[place]]` have none."""

    name: str
