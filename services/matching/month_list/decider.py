"""The adjustment list of a month's payment: frozen by a machine, signed or refused by one office after the other. Stream: `list_id`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.domain.actors import Actor
from services.domain.agencies import AGENCIES
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, NotFound, Rejected
from services.kernel.events import Context, stream_id
from services.matching.month_list.days import ROW
from services.matching.month_list.events import (
    PAGE,
    Followed,
    ListLine,
    SubsidyListFollowed,
    SubsidyListFrozen,
    SubsidyListLinesConfirmed,
    SubsidyListLinesFrozen,
    SubsidyListReopened,
    SubsidyListSigned,
)
from services.matching.policy.load import MatchingPolicy
from services.matching.vocabulary import LineOutcome, Subsidy


@dataclass(frozen=True, slots=True)
class Absent:
    """Not made yet."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Made; `signed`: by whom, in order; `again_on`: the day from which it is to be made anew, None while it stands."""

    frozen: SubsidyListFrozen
    signed: tuple[str, ...] = ()
    again_on: date | None = None
    outcomes: Mapping[UUID, LineOutcome] = field(default_factory=dict)

    @property
    def turn(self) -> str | None:
        """Whose turn it is to sign; None when all have."""
        left = self.frozen.signers[len(self.signed) :]
        return left[0] if left else None


State = Absent | Listed


@dataclass(frozen=True, slots=True)
class Freeze:
    """Its day has come (machine)."""

    frozen: SubsidyListFrozen
    lines: tuple[ListLine, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """The office whose turn it is signs this edition; `confirmed`: the leads on it that were verified or decided."""

    edition: int
    confirmed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """The office whose turn it is does not sign this edition."""

    edition: int
    reason: str


@dataclass(frozen=True, slots=True)
class Follow:
    """What became of lines (machine)."""

    edition: int
    outcomes: tuple[Followed, ...]


Command = Freeze | Sign | Refuse | Follow
Event = (
    SubsidyListFrozen
    | SubsidyListLinesFrozen
    | SubsidyListLinesConfirmed
    | SubsidyListSigned
    | SubsidyListReopened
    | SubsidyListFollowed
)


def list_id(division: str, subsidy: Subsidy, month: str) -> UUID:
    """The stream of a county's list of a subsidy for a month."""
    return stream_id("month-list", division, subsidy.value, month)


def decide(state: State, command: Command, policy: MatchingPolicy, context: Context) -> list[Event]:
    """Machine commands answer repeats with nothing. Raises `NotFound`, `Rejected`, `Forbidden`, `Malformed`."""
    match command:
        case Freeze(frozen, lines):
            return _freeze(state, frozen, lines, context)
        case Sign(edition, confirmed):
            return _sign(_turn_of(state, edition, context), confirmed, context)
        case Refuse(edition, reason):
            return [_reopened(_turn_of(state, edition, context), reason, policy, context)]
        case Follow(edition, outcomes):
            return _follow(state, edition, outcomes)
        case _:
            assert_never(command)


def _freeze(state: State, frozen: SubsidyListFrozen, lines: tuple[ListLine, ...], context: Context) -> list[Event]:
    if isinstance(state, Listed) and (state.again_on is None or context.today < state.again_on):
        return []
    if frozen.edition != (state.frozen.edition + 1 if isinstance(state, Listed) else 1):
        return []
    pages = [lines[start : start + PAGE] for start in range(0, len(lines), PAGE)]
    return [
        frozen,
        *(
            SubsidyListLinesFrozen(division=frozen.division, edition=frozen.edition, month=frozen.month, lines=page)
            for page in pages
        ),
    ]


def _turn_of(state: State, edition: int, context: Context) -> Listed:
    """The list, while it waits for the very office that asks, in the edition that the office has read."""
    if isinstance(state, Absent):
        raise NotFound("month_list_unknown", "没有这份名单")
    actor, turn = Actor.parse(context.actor), state.turn
    if actor.division != state.frozen.division or not any(_is(actor.agency, each, context) for each in state.frozen.signers):
        raise Forbidden("not_a_signer", "本名单由县（市）签署部门办理")
    if edition != state.frozen.edition:
        raise Rejected("edition_not_current", f"名单已更新为第{state.frozen.edition}版，请重新核对")
    if state.again_on is not None:
        raise Rejected("month_list_reopened", "名单已退回，将重新生成")
    if turn is None:
        raise Rejected("month_list_signed", "名单已签署完毕")
    if not _is(actor.agency, turn, context):
        raise Rejected("not_your_turn", f"请等{AGENCIES.short(turn, context.today)}签署")
    return state


def _is(agency: str, code: str, context: Context) -> bool:
    """Whether an agency is this one, or has taken over from it."""
    return agency in (code, AGENCIES.successor(code, context.today))


def _sign(listed: Listed, confirmed: tuple[UUID, ...], context: Context) -> list[Event]:
    frozen, turn = listed.frozen, listed.turn
    assert turn is not None, "it is somebody's turn"
    left = frozen.signers[len(listed.signed) + 1 :]
    signed = SubsidyListSigned(
        division=frozen.division,
        subsidy=frozen.subsidy,
        month=frozen.month,
        edition=frozen.edition,
        title=frozen.title,
        pay_day=frozen.pay_day,
        agency=turn,
        signed_on=context.today,
        complete=not left,
        owner=left[0] if left else turn,
    )
    if turn != frozen.decides:
        return [signed]
    pages = [confirmed[start : start + PAGE] for start in range(0, len(confirmed), PAGE)]
    return [
        *(SubsidyListLinesConfirmed(division=frozen.division, edition=frozen.edition, lines=page) for page in pages),
        signed,
    ]


def _reopened(listed: Listed, reason: str, policy: MatchingPolicy, context: Context) -> SubsidyListReopened:
    frozen, turn = listed.frozen, listed.turn
    assert turn is not None, "it is somebody's turn"
    if not reason:
        raise Malformed("reason_missing", "请写明退回的原因")
    days = policy.month_lists.one(ROW, context.today, frozen.division).again_days
    return SubsidyListReopened(
        division=frozen.division,
        subsidy=frozen.subsidy,
        month=frozen.month,
        edition=frozen.edition,
        title=frozen.title,
        agency=turn,
        reason=reason,
        reopened_on=context.today,
        again_on=policy.calendar.add(context.today, days),
        owner=frozen.owner,
    )


def _follow(state: State, edition: int, outcomes: tuple[Followed, ...]) -> list[Event]:
    """News alone is told."""
    if isinstance(state, Absent) or edition != state.frozen.edition:
        return []
    news = tuple(each for each in outcomes if state.outcomes.get(each.line_id, LineOutcome.NOT_KNOWN) is not each.outcome)
    pages = [news[start : start + PAGE] for start in range(0, len(news), PAGE)]
    return [SubsidyListFollowed(division=state.frozen.division, edition=edition, outcomes=page) for page in pages]


def evolve(state: State, event: Event) -> State:
    """After the event."""
    match event:
        case SubsidyListFrozen():
            return Listed(event)
        case SubsidyListLinesFrozen() | SubsidyListLinesConfirmed():
            return state
        case SubsidyListSigned(agency=agency):
            listed = _listed(state)
            return replace(listed, signed=(*listed.signed, agency))
        case SubsidyListReopened(again_on=again_on):
            return replace(_listed(state), again_on=again_on)
        case SubsidyListFollowed(outcomes=outcomes):
            listed = _listed(state)
            return replace(listed, outcomes={**listed.outcomes, **{each.line_id: each.outcome for each in outcomes}})
        case _:
            assert_never(event)


def _listed(state: State) -> Listed:
    assert isinstance(state, Listed), "nothing else is decided of a list that was not made"
    return state


def division(state: State) -> str:
    """The county."""
    return "" if isinstance(state, Absent) else state.frozen.division


MONTH_LIST: Decider[State, Command, MatchingPolicy] = Decider("month_list", Absent(), decide, evolve, division)
