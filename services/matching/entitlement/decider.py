"""What stands of one person's subsidy. Stream: `standing_id(person, subsidy)`. Machines say it from what is known now; an official of civil
affairs decides, too.

A command says what is so now; what stands already is nothing. So the order in which a county's lists come in decides nothing.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.domain.agencies import AGENCIES
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed
from services.kernel.events import Context, stream_id
from services.matching.entitlement.events import (
    SubsidyAtRisk,
    SubsidyDecided,
    SubsidyLikelyEntitled,
    SubsidyLikelyNotEntitled,
    SubsidyRiskEnded,
)
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import Decision, Subsidy

DECIDES = "MZ"  # civil affairs
Judgement = SubsidyLikelyEntitled | SubsidyLikelyNotEntitled


@dataclass(frozen=True, slots=True)
class Likely:
    """What was judged, as far as another judgement would be news."""

    division: str
    from_month: str
    reason: str  # "" = entitled
    grade: int | None
    yuan: Decimal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """`likely`: None while nobody could say; `at_risk`: the card and its last valid day; `decided`: what was decided last."""

    division: str = ""
    likely: Likely | None = None
    at_risk: tuple[UUID, date] | None = None
    decided: SubsidyDecided | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """What the lists and the register show now (machine)."""

    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Warn:
    """The card of somebody who is paid ends soon (machine)."""

    risk: SubsidyAtRisk


@dataclass(frozen=True, slots=True)
class EndRisk:
    """It does so no more (machine)."""

    ended: SubsidyRiskEnded


@dataclass(frozen=True, slots=True)
class Decide:
    """What civil affairs' list of approvals says (machine)."""

    decided: SubsidyDecided


@dataclass(frozen=True, slots=True)
class DecideHere:
    """An official of civil affairs decides: granted for months from `from_month` to before `until_month`, or ended from `until_month` on.
    `division`: the person's village."""

    person_id: UUID
    subsidy: Subsidy
    division: str
    decision: Decision
    from_month: str | None
    until_month: str | None
    applied_on: date | None
    reason: str


Command = Judge | Warn | EndRisk | Decide | DecideHere
Event = Judgement | SubsidyAtRisk | SubsidyRiskEnded | SubsidyDecided


def standing_id(person_id: UUID, subsidy: Subsidy) -> UUID:
    """The stream of a person's subsidy."""
    return stream_id("standing", person_id, subsidy.value)


def decide(state: Standing, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """What stands already is nothing."""
    match command:
        case Judge(judgement):
            return [] if state.likely == likely(judgement) else [judgement]
        case Warn(risk):
            return [] if state.at_risk == (risk.certificate_id, risk.valid_to) else [risk]
        case EndRisk(ended):
            return [ended] if state.at_risk == (ended.certificate_id, ended.valid_to) else []
        case Decide(decided):
            return [] if _same(state.decided, decided) else [decided]
        case DecideHere():
            decided = _decided_here(state, command, context)
            return [] if _same(state.decided, decided) else [decided]
        case _:
            assert_never(command)


def _decided_here(state: Standing, command: DecideHere, context: Context) -> SubsidyDecided:
    """What an official decides. Raises `Forbidden`, `Malformed`, `Rejected`."""
    agency = Actor.parse(context.actor).agency
    if agency not in (DECIDES, AGENCIES.successor(DECIDES, context.today)):
        raise Forbidden("not_your_duty", "只有民政部门可以审定补贴")
    if command.applied_on is not None and command.applied_on > context.today:
        raise Malformed("day_in_the_future", "申请日期不能晚于今日")
    before = state.decided.from_month if state.decided else None
    match command.decision:
        case Decision.GRANTED:
            from_month = command.from_month
            if from_month is None or (command.until_month is not None and command.until_month <= from_month):
                raise Malformed("months_do_not_fit", "同意发放须写明起发月份，止发月份应在其后")
        case Decision.ENDED:
            from_month = before or command.from_month or command.until_month
            if from_month is None or command.until_month is None or command.until_month < from_month:
                raise Malformed("months_do_not_fit", "停发须写明止发月份，不早于起发月份")
        case _:
            raise Malformed("decision_missing", "请写明同意发放或停发")
    return SubsidyDecided(
        person_id=command.person_id,
        division=command.division,
        subsidy=command.subsidy,
        decision=command.decision,
        from_month=from_month,
        until_month=command.until_month,
        applied_on=command.applied_on,
        approved_on=context.today,
        roster_id=None,
        reason=command.reason,
    )


def likely(judgement: Judgement) -> Likely:
    """What of a judgement would make another one news."""
    match judgement:
        case SubsidyLikelyEntitled(yuan=yuan):
            return Likely(judgement.division, judgement.from_month, "", judgement.grade, yuan)
        case SubsidyLikelyNotEntitled(reason=reason):
            return Likely(judgement.division, judgement.from_month, reason, None, None)
        case _:
            assert_never(judgement)


def _same(known: SubsidyDecided | None, decided: SubsidyDecided) -> bool:
    """Whether a newer list of approvals says the same."""
    same = known and replace(decided, roster_id=known.roster_id, reason=known.reason, division=known.division)
    return known is not None and same == known


def evolve(state: Standing, event: Event) -> Standing:
    """After the event."""
    moved = replace(state, division=event.division)
    match event:
        case SubsidyLikelyEntitled() | SubsidyLikelyNotEntitled():
            return replace(moved, likely=likely(event))
        case SubsidyAtRisk(certificate_id=card, valid_to=valid_to):
            return replace(moved, at_risk=(card, valid_to))
        case SubsidyRiskEnded():
            return replace(moved, at_risk=None)
        case SubsidyDecided():
            return replace(moved, decided=event)
        case _:
            assert_never(event)


STANDING: Decider[Standing, Command, MatchingPolicy] = Decider("standing", Standing(), decide, evolve, lambda state: state.division)
