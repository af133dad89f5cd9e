"""The adjustment list of a month's payment of a subsidy in a county: frozen, signed, refused, followed. The stream is the list's id.

A frozen list never changes: one that is refused is frozen anew as another edition. What it says of persons travels in parts of at most
`PAGE` lines beside the event that says the whole. No sum that might be owed back stands anywhere.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kernel.events import event
from services.matching.vocabulary import LineOutcome, ListPart, RosterKind, Subsidy

PAGE = 500  # lines of one event


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInput:
    """A list of an agency that was gone by, as of when; `why`: a code, of one that could not be used or is missing."""

    kind: RosterKind
    period: str | None  # the month for which it spoke
    as_of: date | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSize:
    """How many lines a part has; `lacking`: the lists for want of which it is not complete, so that few lines are no good news."""

    part: ListPart
    lines: int
    lacking: tuple[RosterKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A person on the list, and why. `months`: for which nothing was paid, or money came back; `yuan`: what a month pays from now on, or what
    came back; `unchecked`: the lists that did not tell. `decided`: civil affairs had decided it; `finding_id`: the lead behind it."""

    line_id: UUID
    part: ListPart
    person_id: UUID
    division: str  # the person's village
    reason: str | None  # code
    grade_before: int | None
    grade: int | None
    yuan: Decimal | None
    months: tuple[str, ...]
    valid_to: date | None  # the last valid day of the card
    decided: bool
    finding_id: UUID | None
    unchecked: tuple[RosterKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of a line."""

    line_id: UUID
    outcome: LineOutcome


@event
class SubsidyListFrozen:
    """冻结: the list of a month was made, by what was known on the day, and is to be signed by `owner` first."""

    division: str  # the county
    subsidy: Subsidy
    month: str
    edition: int
    title: str  # in official words
    pay_day: date
    paid_month: str | None  # whose payment sheet said who is paid; None: there is none
    signers: tuple[str, ...]  # agency codes, in the order in which they sign
    decides: str  # the signer that verifies what the list doubts
    pays: str  # the signer that reads nothing before that, and no lead that is not verified
    readers: tuple[str, ...]  # who reads it and signs nothing
    owner: str  # who signs first
    inputs: tuple[ListInput, ...]
    parts: tuple[PartSize, ...]


@event
class SubsidyListLinesFrozen:
    """Some lines of the list."""

    division: str  # the county
    edition: int
    month: str
    lines: tuple[ListLine, ...]


@event
class SubsidyListLinesConfirmed:
    """What had been verified or decided when civil affairs signed: whoever pays reads these lines and no other lead."""

    division: str  # the county
    edition: int
    lines: tuple[UUID, ...]


@event
class SubsidyListSigned:
    """签署: an office signed the list."""

    division: str  # the county
    subsidy: Subsidy
    month: str
    edition: int
    title: str
    pay_day: date
    agency: str  # that signed
    signed_on: date
    complete: bool  # nobody else is to sign
    owner: str  # whose turn it is now; of a complete list the one that signed last


@event
class SubsidyListReopened:
    """退回: the office whose turn it was refused to sign, and said why; the list is frozen anew on a day."""

    division: str  # the county
    subsidy: Subsidy
    month: str
    edition: int
    title: str
    agency: str  # that refused
    reason: str  # code
    reopened_on: date
    again_on: date
    owner: str  # who made and signs it first


@event
class SubsidyListFollowed:
    """By the payment sheets of its month: what became of lines, or what turned out to be otherwise than it was told."""

    division: str  # the county
    edition: int
    outcomes: tuple[Followed, ...]
