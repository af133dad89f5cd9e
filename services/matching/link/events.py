"""What officials say of whom a row without a usable citizen id means. The stream follows from the county and from what the row says, so that
it is the same in every month whose list says the same.

Each event holds the facts of both sides as they were shown to whoever decided: no name, number or account, for matching has none.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import LinkEvidence, NotMeant, RosterKind, UnlinkReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """To which degree one field of both sides agrees (codes of the policy), and what that weighs in bits: above zero it speaks for the
    candidate, below zero against. No degree: a side does not say it."""

    field: str
    level: str | None
    weight: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OnList:
    """A list on which the row stands: who sent it, and in which of its rows."""

    roster_id: UUID
    kind: RosterKind
    as_of: date
    sent_by: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the lists say of somebody. `division`: the village or township that they write, the county where they write none; of the birth
    what is legible; `male` where it is said."""

    identity: UUID  # keyed: the same wherever the same is said of somebody
    division: str
    birth_year: int | None
    birth_month: str | None  # 1980-01
    male: bool | None
    lists: tuple[OnList, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the register says of somebody who may be meant, and how likely that is by what agrees. `weight`: in bits, above zero likelier than
    not; `also_on`: kinds of the row's lists on which another row leads to this person already."""

    person_id: UUID
    division: str  # of residence
    birth_month: str  # 1980-01
    male: bool | None
    died_on: date | None
    category: str | None  # of the card that was valid last
    grade: int | None
    weight: Decimal
    percent: int
    fields: tuple[Agreement, ...]
    also_on: tuple[RosterKind, ...]


@event
class IdentityLinked:
    """A named official of the county says that the row means this person: from the next comparison on what it says is said of them, for every
    list on which it stands."""

    row: Row
    candidate: Candidate
    evidence: LinkEvidence
    linked_on: date


@event
class IdentityUnlinked:
    """The link is taken back. Of a wrong one the person is no candidate of the row any more."""

    identity: UUID
    person_id: UUID
    reason: UnlinkReason
    unlinked_on: date


@event
class IdentityRefused:
    """A named official of the county says that the row means none of these: they are no candidates of it any more."""

    row: Row
    candidates: tuple[Candidate, ...]
    reason: NotMeant
    refused_on: date


@event
class IdentityRefusalWithdrawn:
    """It may mean these after all: from the next comparison on they are candidates again, as far as they are alike."""

    identity: UUID
    persons: tuple[UUID, ...]
    withdrawn_on: date
