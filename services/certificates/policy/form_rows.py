"""The policy rows that forms print: offices, and words for applicants. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """The federation of a county or of the prefecture (the row's id: its division) as forms name it; what is unknown is empty."""

    name: str
    telephone: str
    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words for an applicant: lines of a form, or (id `reason/<code>`) what the code of a return or refusal says."""

    lines: tuple[str, ...]
