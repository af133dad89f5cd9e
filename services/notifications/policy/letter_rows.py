"""The rows behind what letters carry beside notices: a robot's counts, the life of a link, a word about a language. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What a group's robot calls due soon: up to so many working days from today."""

    due_soon_days: int


@dataclass(frozen=True, slots=True)
class LinkLife:
    """For how many days the link in a letter serves to take note."""

    days: int


@dataclass(frozen=True, slots=True)
class LanguageNote:
    """What a message adds for a person who speaks the row's language (a `Language` of the register)."""

    text: str
