"""What is compared to find whom a row without a usable citizen id means, as tables: keyed features of both sides.

What the features are, and that nothing can be read off them, stands in `domain/likeness.py`.
"""

from dataclasses import dataclass
from uuid import UUID

# How a list's content keeps it, beside the columns of its kind, of a row without a usable citizen id; in the order of `RowFeatures`. Of any
# other row `who_name` alone is kept.
KEPT = {
    "who_identity": "UUID",
    "who_name": "UUID",
    "who_sounds": "UUID[]",
    "who_birth_year": "BIGINT",
    "who_birth_month": "VARCHAR",
    "who_born": "UUID",
    "who_sequence": "UUID",
    "who_male": "BOOLEAN",
    "who_stands_in": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class PersonIndex:
    """Whom the keyed hash of a citizen id names."""

    index: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class RowFeatures:
    """What a row says of whom it is about. `identity`: the same in every list that says the same; `stands_in`: the village or township."""

    roster_id: UUID
    row: int
    identity: UUID
    name: UUID | None = None
    sounds: tuple[UUID, ...] = ()
    birth_year: int | None = None
    birth_month: str | None = None
    born: UUID | None = None
    sequence: UUID | None = None
    male: bool | None = None
    stands_in: str | None = None


@dataclass(frozen=True, slots=True)
class OtherName:
    """A row whose citizen id leads to a person whom the register knows under another name."""

    roster_id: UUID
    row: int


@dataclass(frozen=True, slots=True)
class PersonFeatures:
    """The same of a person of the register."""

    person_id: UUID
    name: UUID | None = None
    sounds: tuple[UUID, ...] = ()
    birth_month: str | None = None
    born: UUID | None = None
    sequence: UUID | None = None
    male: bool | None = None


@dataclass(frozen=True, slots=True)
class IdentityLink:
    """A named official decided whom the rows mean that say this, in whichever list."""

    identity: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class RefusedCandidate:
    """A named official decided that a row does not mean this person."""

    identity: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class MatchWeight:
    """A row of the policy in force: how often a field agrees to this degree in rows of the same person (`m`), and in rows of two (`u`)."""

    field: str
    level: str
    m: float
    u: float


@dataclass(frozen=True, slots=True)
class CandidateLimit:
    """A row of the policy in force: how many candidates a row has at most, each at least so likely (0 to 1) to be meant."""

    most: int
    least: float
