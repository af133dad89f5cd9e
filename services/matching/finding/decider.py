"""A finding: opened by a rule, looked at by people of its owner agency, ended by the fact that was missing. Stream: `finding_id`.

Machines open, settle and note; only people of the owner agency assign, verify, refute and transfer. What a person said outranks the rules:
a refuted finding is not opened again before its day.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.domain.agencies import AGENCIES
from services.domain.divisions import county
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.matching.finding.events import (
    FindingAssigned,
    FindingOpened,
    FindingOverdue,
    FindingPersisted,
    FindingRefuted,
    FindingReopened,
    FindingResolved,
    FindingTransferred,
    FindingVerified,
    Found,
)
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Refutation, Settled, Stage, SubjectKind

LONGEST_REFUTATION = 366  # days: after a year somebody looks again


@dataclass(frozen=True, slots=True)
class Absent:
    """Never found."""


@dataclass(frozen=True, slots=True)
class Open:
    """Found, and something is owed by its owner: what, until when; None while it may be a delay."""

    found: Found
    stage: Stage
    due_on: date | None
    assigned_to: str = ""
    told_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Refuted:
    """A person said that it is not so, until a day; None: for good."""

    found: Found
    until: date | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """Ended by itself."""

    found: Found


State = Absent | Open | Refuted | Resolved


@dataclass(frozen=True, slots=True)
class Find:
    """A rule finds it (machine)."""

    found: Found


@dataclass(frozen=True, slots=True)
class Settle:
    """No rule finds it any more (machine)."""

    how: Settled


@dataclass(frozen=True, slots=True)
class NoteOverdue:
    """The day of what is owed has passed (machine)."""

    today: date


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody of the owner agency looks after it."""

    to: str


@dataclass(frozen=True, slots=True)
class Verify:
    """It is so."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Refute:
    """It is not so."""

    reason: Refutation
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Another agency answers for it."""

    to: str
    reason: str


Command = Find | Settle | NoteOverdue | Assign | Verify | Refute | Transfer
Event = (
    FindingOpened
    | FindingReopened
    | FindingPersisted
    | FindingAssigned
    | FindingVerified
    | FindingRefuted
    | FindingTransferred
    | FindingOverdue
    | FindingResolved
)


def finding_id(rule: str, subject_kind: SubjectKind, subject: UUID, about: str, period: str, where: str = "") -> UUID:
    """The stream of what a rule finds of a subject; `about`: the object; `where`: see `found_in`."""
    return stream_id("finding", rule, subject_kind.value, subject, about, period, *([where] if where else []))


def found_in(found: Found) -> UUID:
    """The stream of what was found. Somebody whom no register knows may stand on two counties' lists: each county looks for itself."""
    where = county(found.division) if found.subject_kind is SubjectKind.ROSTER_ROW else ""
    return finding_id(found.rule, found.subject_kind, found.subject, found.object, found.period, where)


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """Machine commands answer repeats with nothing. Raises `Rejected`, `NotFound`, `Forbidden`, `Malformed`."""
    match command:
        case Find(found):
            return _find(state, found, policy, context)
        case Settle(how):
            return [FindingResolved(found=state.found, how=how, resolved_on=context.today)] if isinstance(state, Open) else []
        case NoteOverdue(today):
            return _overdue(state, today)
        case Assign(to):
            owned = _owned(state, context)
            return [] if owned.assigned_to == to else [FindingAssigned(assigned_to=to, assigned_on=context.today)]
        case Verify(evidence):
            return [_verified(_owned(state, context), evidence, policy, context)]
        case Refute(reason, until):
            return [_refuted(_owned(state, context).found, reason, until, context)]
        case Transfer(to, reason):
            return [_transferred(_owned(state, context).found, to, reason, policy, context)]
        case _:
            assert_never(command)


def _find(state: State, found: Found, policy: MatchingPolicy, context: Context) -> list[Event]:
    looked_at = policy.calendar.add(context.today, found.verify_days)
    verify_by = None if found.may_be_lag else looked_at
    match state:
        case Absent():
            return [FindingOpened(found=found, verify_by=verify_by)]
        case Open(found=before) if before.may_be_lag and not found.may_be_lag:
            return [FindingPersisted(found=replace(found, owner=before.owner), verify_by=looked_at)]
        case Open():
            return []
        case Refuted(until=until) if until is None or context.today <= until:
            return []
        case Refuted(found=before) | Resolved(found=before):  # people may have given it to another agency
            return [FindingReopened(found=replace(found, owner=before.owner), verify_by=verify_by)]
        case _:
            assert_never(state)


def _overdue(state: State, today: date) -> list[Event]:
    if not isinstance(state, Open) or state.told_overdue or state.due_on is None or today <= state.due_on:
        return []
    return [FindingOverdue(found=state.found, stage=state.stage, due_on=state.due_on)]


def _owned(state: State, context: Context) -> Open:
    """The finding, while it is open, for an official of its owner agency."""
    match state:
        case Absent():
            raise NotFound("finding_unknown", "没有这条线索")
        case Refuted() | Resolved():
            raise Rejected("finding_closed", "该线索已办结")
        case Open(found=found):
            if Actor.parse(context.actor).agency not in (found.owner, AGENCIES.successor(found.owner, context.today)):
                raise Forbidden("not_your_finding", "只有责任部门可以处理该线索")
            return state
        case _:
            assert_never(state)


def _verified(owned: Open, evidence: str, policy: MatchingPolicy, context: Context) -> FindingVerified:
    if owned.stage is Stage.ACT:
        raise Rejected("finding_verified", "该线索已核实属实")
    act_by = policy.calendar.add(context.today, owned.found.act_days)
    return FindingVerified(found=_looked_at(owned.found), evidence=evidence, verified_on=context.today, act_by=act_by)


def _looked_at(found: Found) -> Found:
    """What a person has looked at is no delay of lists any more."""
    return replace(found, may_be_lag=False)


def _transferred(found: Found, to: str, reason: str, policy: MatchingPolicy, context: Context) -> FindingTransferred:
    if AGENCIES.on(to, context.today) is None:
        raise Malformed("agency_unknown", "没有这个代码的部门")
    if to == found.owner:
        raise Malformed("owner_is_the_same", "该线索已由这个部门负责")
    return FindingTransferred(
        found=replace(_looked_at(found), owner=to),
        from_owner=found.owner,
        reason=reason,
        transferred_on=context.today,
        verify_by=policy.calendar.add(context.today, found.verify_days),
    )


def _refuted(found: Found, reason: Refutation, until: date | None, context: Context) -> FindingRefuted:
    if reason is Refutation.UNKNOWN:
        raise Malformed("reason_missing", "请写明不属实的原因")
    if until is not None and not 0 < (until - context.today).days <= LONGEST_REFUTATION:
        raise Malformed("until_out_of_range", "有效期应在今日之后一年以内")
    return FindingRefuted(found=found, reason=reason, refuted_on=context.today, until=until)


def evolve(state: State, event: Event) -> State:
    """After the event."""
    match event:
        case FindingOpened(found=found, verify_by=verify_by) | FindingReopened(found=found, verify_by=verify_by):
            return Open(found, Stage.VERIFY, verify_by)
        case FindingPersisted(found=found, verify_by=verify_by):
            return replace(_open(state), found=found, due_on=verify_by)
        case FindingAssigned(assigned_to=assigned_to):
            return replace(_open(state), assigned_to=assigned_to)
        case FindingVerified(found=found, act_by=act_by):
            return replace(_open(state), found=found, stage=Stage.ACT, due_on=act_by, told_overdue=False)
        case FindingTransferred(found=found, verify_by=verify_by):
            return Open(found, Stage.VERIFY, verify_by)
        case FindingOverdue():
            return replace(_open(state), told_overdue=True)
        case FindingRefuted(until=until):
            return Refuted(_open(state).found, until)
        case FindingResolved():
            return Resolved(_open(state).found)
        case _:
            assert_never(event)


def _open(state: State) -> Open:
    assert isinstance(state, Open), "nothing else is decided of a finding that is not open"
    return state


def division(state: State) -> str:
    """The subject's village, or the county."""
    return "" if isinstance(state, Absent) else state.found.division


FINDING: Decider[State, Command, MatchingPolicy] = Decider("finding", Absent(), decide, evolve, division)
