"""Rows of `reports.toml`: how small a number a report may show, who issues it, which lists are owed each month. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reporting:
    """The monthly report: the agency that issues it, the smallest number a cell may show, how many of the longest open cases it names."""

    issuer: str
    smallest_cell: int
    longest: int


@dataclass(frozen=True, slots=True)
class RosterOwed:
    """A list (the row's id is its kind) that this agency of a county hands in every month; `name` is what officials call it."""

    agency: str
    name: str
