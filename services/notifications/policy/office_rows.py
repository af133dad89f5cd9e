"""The rows behind offices: which agencies are told, what administrative units are called. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addressees:
    """The agencies that are told, or may lead, by their codes."""

    agencies: tuple[str, ...]


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
    """An administrative unit: what officials call it. Its offices have topics."""

    name: str
