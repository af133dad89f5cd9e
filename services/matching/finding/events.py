"""What becomes of a finding: a lead for a human, never a decision. The stream is the finding's id.

A finding is about one subject, one object (a benefit, a measure, a field) and one period; it keeps its id however often it comes back.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from services.kernel.events import event, message
from services.matching.vocabulary import Finding, FindingState, Refutation, Settled, Stage, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a comparison went by, as a name and a text: a code, a day, yuan. Never a name, number, phone or account."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found. `rule_from`: the day from which the rule's row is in force; `may_be_lag`: what it goes by happened so shortly before
    the newest lists that one of them may simply not show it yet; `clue`: once verified, it says something of a household's life.
    The owner has `verify_days` working days to look, and `act_days` more to act on what is verified."""

    rule: str
    rule_from: date
    title: str  # what the rule finds, in official words that every office may be told
    finding: Finding
    clue: bool
    subject_kind: SubjectKind
    subject: UUID
    division: str  # the subject's village, or the county
    object: str
    period: str  # 2026, or 2026-03
    as_of: date  # the older of the compared days
    may_be_lag: bool
    owner: str  # code of the agency that answers for it
    verify_days: int
    act_days: int
    facts: tuple[Fact, ...]


@event
class FindingOpened:
    """A rule found it: to be verified by the owner agency until the end of a day. While it may be a delay nobody owes anything (None)."""

    found: Found
    verify_by: date | None


@event
class FindingReopened:
    """It had ended, and a rule found it again; `verify_by` as when it was opened."""

    found: Found
    verify_by: date | None


@event
class FindingPersisted:
    """It might have been a delay, and newer lists show it still: from now on it is to be verified by the owner agency."""

    found: Found
    verify_by: date


@event
class FindingAssigned:
    """Somebody of the owner agency looks after it."""

    assigned_to: str  # the pseudonym of an official, as tokens carry it
    assigned_on: date


@event
class FindingVerified:
    """A named official of the owner agency looked, and it is so: it is to be acted on until the end of a day."""

    found: Found
    evidence: str  # code
    verified_on: date
    act_by: date


@event
class FindingRefuted:
    """A named official looked, and it is not so; rules that find it again say nothing until after that day (None: for good)."""

    found: Found
    reason: Refutation
    refuted_on: date
    until: date | None


@event
class FindingTransferred:
    """Another agency answers for it from now on, and has its own time to verify it."""

    found: Found  # with the new owner
    from_owner: str
    reason: str  # code
    transferred_on: date
    verify_by: date


@event
class FindingOverdue:
    """A day went by without what the owner owed."""

    found: Found
    stage: Stage
    due_on: date


@event
class FindingResolved:
    """It ended by itself."""

    found: Found
    how: Settled
    resolved_on: date


@message
class FindingStanding:
    """A finding as it stands, by its id: what it is about, and who owes what until when. A closed one stays, and says how it ended."""

    STATE_TOPIC: ClassVar[str] = "matching.finding.state.v1"

    rule: str
    finding: Finding
    subject_kind: SubjectKind
    subject: UUID
    division: str
    object: str
    period: str
    as_of: date
    owner: str
    state: FindingState
    stage: Stage
    due_on: date | None  # None while nothing is owed
    overdue: bool
    until: date | None  # of a refutation
    settled: Settled | None
    opened_on: date
    closed_on: date | None
    times: int  # how often it was opened
