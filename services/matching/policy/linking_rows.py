"""Rows of the policy about finding whom a row without a usable citizen id means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchWeight:
    """How often a field agrees to a degree (`level`) in rows of one person (`m`), and in rows of two (`u`)."""

    field: str
    level: str
    m: float
    u: float

    def __post_init__(self) -> None:
        if not (0 < self.m <= 1 and 0 < self.u <= 1):
            raise ValueError("m and u are above 0 and at most 1")


@dataclass(frozen=True, slots=True)
class Candidates:
    """How many candidates a row has at most, and from which probability on somebody is one."""

    most: int
    least_percent: int


@dataclass(frozen=True, slots=True)
class LinkingOffice:
    """An agency (the row's id) that sees and decides, in its county, whom rows without a usable citizen id mean: of every list, or of those
    that it sent itself."""

    every_list: bool = False
