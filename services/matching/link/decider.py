"""Whom a row without a usable citizen id means: decided by a named official of the county, never by a machine. Stream: see `link_id`.

What is decided can be taken back, and what was decided is known for every later month whose list says the same of somebody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.domain import divisions
from services.domain.actors import Actor
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.matching.link.events import (
    Candidate,
    IdentityLinked,
    IdentityRefusalWithdrawn,
    IdentityRefused,
    IdentityUnlinked,
    Row,
)
from services.matching.link.sight import sight
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import LinkEvidence, NotMeant, UnlinkReason


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody has said anything of it."""


@dataclass(frozen=True, slots=True)
class Open:
    """Nobody is linked; `refused`: who is not meant."""

    row: Row
    refused: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Linked:
    """It means this person."""

    row: Row
    person_id: UUID
    refused: frozenset[UUID]


State = Absent | Open | Linked


@dataclass(frozen=True, slots=True)
class Link:
    """It means this person, by the facts as they were shown."""

    row: Row
    candidate: Candidate
    evidence: LinkEvidence


@dataclass(frozen=True, slots=True)
class Refuse:
    """It means none of these, by the facts as they were shown."""

    row: Row
    candidates: tuple[Candidate, ...]
    reason: NotMeant


@dataclass(frozen=True, slots=True)
class Unlink:
    """The link is taken back."""

    reason: UnlinkReason


@dataclass(frozen=True, slots=True)
class WithdrawRefusal:
    """It may mean these after all."""

    persons: tuple[UUID, ...]


Command = Link | Refuse | Unlink | WithdrawRefusal
Event = IdentityLinked | IdentityUnlinked | IdentityRefused | IdentityRefusalWithdrawn


def link_id(county: str, identity: UUID) -> UUID:
    """The stream of what officials of a county say of a row: each county looks for itself."""
    return stream_id("link", county, identity)


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """The same said again is nothing. Raises `Rejected`, `NotFound`, `Forbidden`, `Malformed`."""
    match command:
        case Link(row, candidate, evidence):
            _check_office(row, policy, context)
            return _link(state, row, candidate, evidence, context)
        case Refuse(row, candidates, reason):
            _check_office(row, policy, context)
            return _refuse(state, row, candidates, reason, context)
        case Unlink(reason):
            return [_unlinked(_known(state, policy, context), reason, context)]
        case WithdrawRefusal(persons):
            return _withdraw(_known(state, policy, context), persons, context)
        case _:
            assert_never(command)


def _check_office(row: Row, policy: MatchingPolicy, context: Context) -> None:
    """Raises `Forbidden` unless the actor's office is one of the county that the policy names for this row."""
    actor, county = Actor.parse(context.actor), divisions.county(row.division)
    seen = sight(actor.agency, context.today, row.division, policy.linking_offices)
    if actor.is_machine or actor.division != county or not seen.covers(each.sent_by for each in row.lists):
        raise Forbidden("not_your_row", "此行由本县（市）残联或报送该名单的民政部门对应人员")


def _known(state: State, policy: MatchingPolicy, context: Context) -> Open | Linked:
    if isinstance(state, Absent):
        raise NotFound("row_unknown", "没有这一行")
    _check_office(state.row, policy, context)
    return state


def _link(state: State, row: Row, candidate: Candidate, evidence: LinkEvidence, context: Context) -> list[Event]:
    if evidence is LinkEvidence.UNKNOWN:
        raise Malformed("evidence_missing", "请写明对应人员的依据")
    if isinstance(state, Linked):
        if state.person_id == candidate.person_id:
            return []
        raise Rejected("row_linked", "该行已对应到另一人员，请先撤销")
    if candidate.person_id in _refused(state):
        raise Rejected("candidate_refused", "已认定不是此人，请先撤回该认定")
    return [IdentityLinked(row=row, candidate=candidate, evidence=evidence, linked_on=context.today)]


def _refuse(state: State, row: Row, candidates: Sequence[Candidate], reason: NotMeant, context: Context) -> list[Event]:
    if reason is NotMeant.UNKNOWN:
        raise Malformed("reason_missing", "请写明不是此人的原因")
    if isinstance(state, Linked):
        raise Rejected("row_linked", "该行已对应到人员，请先撤销")
    new = tuple(each for each in candidates if each.person_id not in _refused(state))
    return [IdentityRefused(row=row, candidates=new, reason=reason, refused_on=context.today)] if new else []


def _unlinked(state: Open | Linked, reason: UnlinkReason, context: Context) -> IdentityUnlinked:
    if reason is UnlinkReason.UNKNOWN:
        raise Malformed("reason_missing", "请写明撤销的原因")
    if isinstance(state, Open):
        raise Rejected("row_not_linked", "该行没有对应到人员")
    return IdentityUnlinked(identity=state.row.identity, person_id=state.person_id, reason=reason, unlinked_on=context.today)


def _withdraw(state: Open | Linked, persons: Sequence[UUID], context: Context) -> list[Event]:
    back = tuple(each for each in dict.fromkeys(persons) if each in state.refused)
    if not back:
        return []
    return [IdentityRefusalWithdrawn(identity=state.row.identity, persons=back, withdrawn_on=context.today)]


def _refused(state: Absent | Open | Linked) -> frozenset[UUID]:
    return frozenset() if isinstance(state, Absent) else state.refused


def evolve(state: State, event: Event) -> State:
    """After the event."""
    match event:
        case IdentityLinked(row=row, candidate=candidate):
            return Linked(row, candidate.person_id, _refused(state))
        case IdentityRefused(row=row, candidates=candidates):
            return Open(row, _refused(state) | {each.person_id for each in candidates})
        case IdentityUnlinked(person_id=person_id, reason=reason):
            wrong = {person_id} if reason is UnlinkReason.WRONG_PERSON else set[UUID]()
            return Open(_said(state).row, _refused(state) | wrong)
        case IdentityRefusalWithdrawn(persons=persons):
            return replace(_said(state), refused=_refused(state) - set(persons))
        case _:
            assert_never(event)


def _said(state: State) -> Open | Linked:
    assert not isinstance(state, Absent), "nothing is taken back of what nobody has said"
    return state


def division(state: State) -> str:
    """The village or township that the row says, or the county."""
    return "" if isinstance(state, Absent) else state.row.division


LINK: Decider[State, Command, MatchingPolicy] = Decider("link", Absent(), decide, evolve, division)
