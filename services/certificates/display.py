"""What of a person is shown to whom: names, citizen ids and phones by the reader's agency, names on public notices; and how far a
search by name goes. Pure.

Which agency sees what is a policy row (domain reference, 7.2); division, purpose and the record of a read are for the door.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.domain import masking


class Shown(StrEnum):
    """How much is shown. MASKED keeps the length (张**), HEAD only the first character (张某), ABSENT nothing."""

    FULL = "FULL"
    MASKED = "MASKED"
    HEAD = "HEAD"
    ABSENT = "ABSENT"


@dataclass(frozen=True, slots=True)
class Display:
    """What an agency (the row's id; OTHERS: every other one) sees of a person it may ask for. A citizen id is never FULL."""

    name: Shown
    citizen_id: Shown
    phone: Shown

    def __post_init__(self) -> None:
        if self.citizen_id not in (Shown.MASKED, Shown.ABSENT):
            raise ValueError("a citizen id is MASKED or ABSENT")
        if Shown.HEAD in (self.citizen_id, self.phone):
            raise ValueError("HEAD is for names only")


@dataclass(frozen=True, slots=True)
class Publication:
    """How the names of adults and of minors stand on a public notice."""

    adult: Shown
    minor: Shown


@dataclass(frozen=True, slots=True)
class Search:
    """Finding a person by name: least characters, most persons shown, from which likeness of sound (percent) a name is a candidate,
    and the shortest division (digits) inside which candidates are looked for."""

    min_characters: int
    most: int
    likeness_percent: int
    narrowest_digits: int


def name(full: str, shown: Shown) -> str:
    """A name as it is shown; empty when it is not."""
    match shown:
        case Shown.FULL:
            return full
        case Shown.MASKED:
            return masking.masked_name(full)
        case Shown.HEAD:
            return f"{full[:1]}某"
        case Shown.ABSENT:
            return ""


def citizen_id(full: str, shown: Shown) -> str:
    """A citizen id as it is shown: masked, or empty."""
    return masking.masked_id(full) if shown is Shown.MASKED else ""


def phone(full: str | None, shown: Shown) -> str | None:
    """A phone as it is shown; None when it is not, or when there is none."""
    if not full or shown is Shown.ABSENT:
        return None
    return full if shown is Shown.FULL else masking.masked_phone(full)
