"""应办未办: asking whoever could have a certificate and has none; stream = `stream_id("outreach", person_id)`. Pure.

Applying is voluntary (办法 art. 3): who declined is not asked again before a policy date, unless he comes himself. A list or a machine
notes a lead; answers and endings come from the village, the township's or the county's federation. Nothing here applies for anybody: an
application goes through its own endpoint, also for who cannot travel (art. 11). Who is on the list today is the query's to say
(`queries.py`); what the register holds of the person comes in the command, looked up there.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from services.certificates.offices import ASKING, PREFECTURE_FEDERATION
from services.certificates.outreach import events as outreach_events
from services.certificates.outreach.events import LeadSource, OutreachAnswer, OutreachEnd, OutreachEvent, OutreachWay
from services.certificates.policy.load import CertificatePolicy
from services.domain.actors import Actor
from services.domain.months import add_months
from services.kernel.decider import Decider
from services.kernel.errors import Forbidden, Malformed, Rejected
from services.kernel.events import Context, stream_id

READERS = (PREFECTURE_FEDERATION, *ASKING)
_WISHES = (OutreachAnswer.WILLING, OutreachAnswer.CANNOT_TRAVEL)
_BY_PEOPLE = (LeadSource.VISIT, LeadSource.SELF_REPORT, LeadSource.HOUSEHOLD)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the register holds of a person, looked up in the same transaction.

    `holder`: has a card that is valid or may still be renewed; `lapsed`: had one that may not; `since`: the last day on which a card
    lapsed or an application or card ended, older answers and endings count no more; `rests_until`: not to be asked before.
    """

    division: str
    dead: bool = False
    applying: bool = False
    holder: bool = False
    lapsed: bool = False
    since: date | None = None
    rests_until: date | None = None

    @property
    def out_of_question(self) -> tuple[str, str] | None:
        """Why there is nothing to ask this person, as code and words; None when there is."""
        if self.dead:
            return "person_dead", "此人已登记死亡"
        if self.holder:
            return "certificate_held", "此人持有有效或可换领的残疾人证"
        if self.applying:
            return "application_open", "此人已有在办申请"
        return None


@dataclass(frozen=True, slots=True)
class NoteLead:
    """线索. `as_of`: the day of the list it stands on; None: today."""

    person_id: UUID
    source: LeadSource
    facts: Facts
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """What the person answered today; `volunteered`: he came himself, so nobody asked too soon."""

    person_id: UUID
    answer: OutreachAnswer
    way: OutreachWay
    facts: Facts
    volunteered: bool = False


@dataclass(frozen=True, slots=True)
class CloseOutreach:
    """Nobody needs to ask any more."""

    person_id: UUID
    reason: OutreachEnd
    facts: Facts


@dataclass(frozen=True, slots=True)
class FollowMove:
    """The person moved: what is known goes to the new village, so that a refusal given in the old one holds."""

    to_division: str


Command = NoteLead | RecordAnswer | CloseOutreach | FollowMove


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody spoke of this person."""


@dataclass(frozen=True, slots=True)
class Open:
    """Leads, and the last answer if there was one."""

    person_id: UUID
    division: str
    sources: frozenset[LeadSource]
    answered: outreach_events.OutreachAnswered | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """What was known, and why it ended."""

    was: Open
    reason: OutreachEnd
    closed_on: date
    again_on: date


State = Absent | Open | Closed


def of(person_id: UUID) -> UUID:
    """The stream of a person's outreach."""
    return stream_id("outreach", person_id)


def decide(state: State, command: Command, policy: CertificatePolicy, context: Context) -> list[OutreachEvent]:
    """Leads, answers, endings. Raises `Forbidden` (not_your_duty), `Malformed`, `Rejected`."""
    _may(command, Actor.parse(context.actor))
    match command:
        case FollowMove(to_division):
            return _moved(state, to_division, context.today)
        case NoteLead():
            return _noted(state, command, context.today)
        case RecordAnswer():
            return _answered(state, command, policy, context.today)
        case CloseOutreach():
            return _closed(state, command, policy, context.today)
        case _:
            assert_never(command)


def _may(command: Command, actor: Actor) -> None:
    if actor.is_machine:
        if not isinstance(command, NoteLead):
            raise Forbidden("not_your_duty", "须由人办理，系统不得自行决定")
    elif not isinstance(command, FollowMove) and (actor.agency, actor.level) not in ASKING:
        raise Forbidden("not_your_duty", "此事由县残联、乡镇残联、村（社区）办理")


def _noted(state: State, command: NoteLead, today: date) -> list[OutreachEvent]:
    """A lead about the dead, a holder or an applicant gives nothing; while one is open, only its source is new."""
    if command.source is LeadSource.UNKNOWN:
        raise Malformed("source_unknown", "线索来源不明")
    if command.facts.out_of_question:
        return []
    if isinstance(state, Open) and command.source in state.sources:
        return []
    if isinstance(state, Closed) and command.source not in _BY_PEOPLE and _settled(state, command, today):
        return []
    return [_lead(command, command.source, today)]


def _settled(state: Closed, command: NoteLead, today: date) -> bool:
    """Whether a list says nothing new: it is no younger than the ending, or comes soon after it. What a person decided outranks it."""
    return (command.as_of or today) <= state.closed_on or (today < state.again_on and not _outdated(state, command.facts))


def _answered(state: State, command: RecordAnswer, policy: CertificatePolicy, today: date) -> list[OutreachEvent]:
    """An answer; of whom nobody had spoken, also the lead: the register itself, a lapsed card, or the person who came."""
    if OutreachAnswer.UNKNOWN is command.answer or command.way is OutreachWay.UNKNOWN:
        raise Malformed("answer_unknown", "答复或联系方式不明")
    if command.volunteered and command.answer is OutreachAnswer.NOT_MET:
        raise Malformed("answer_contradicts_itself", "本人主动提出的，不得登记为未见到人")
    if why := command.facts.out_of_question:
        raise Rejected(*why)
    last = _last(state, command.facts)
    answer = outreach_events.OutreachAnswered(
        person_id=command.person_id,
        answer=command.answer,
        way=command.way,
        volunteered=command.volunteered,
        answered_on=today,
        again_on=_again(command.answer, command.facts.division, policy, today),
    )
    if isinstance(state, Open) and (
        answer == last or (command.answer is OutreachAnswer.NOT_MET and last and last.answer in _WISHES)
    ):
        return []  # a repeat; or nobody was found who had said already that he wishes it
    until = max(day for day in (last and last.again_on, command.facts.rests_until, today) if day)
    if today < until and not command.volunteered:
        raise Rejected("asked_too_soon", f"此人已表态或近期办结，{until}前不再询问；本人主动提出的除外")
    if isinstance(state, Closed) and not command.volunteered and not _outdated(state, command.facts):
        raise Rejected("outreach_closed", "此人已不在应办未办名单，有新情况的先登记线索")
    return [answer] if isinstance(state, Open) else [_opening(command, today, command.volunteered), answer]


def _closed(state: State, command: CloseOutreach, policy: CertificatePolicy, today: date) -> list[OutreachEvent]:
    if command.reason is OutreachEnd.UNKNOWN:
        raise Malformed("reason_unknown", "结束原因不明")
    if isinstance(state, Closed) and not _outdated(state, command.facts):
        if state.reason is command.reason:
            return []
        raise Rejected("outreach_closed", "此人已不在应办未办名单")
    months = policy.outreach.one("outreach", today, command.facts.division).closed_months
    ended = outreach_events.OutreachClosed(
        person_id=command.person_id, reason=command.reason, closed_on=today, again_on=add_months(today, months)
    )
    return [ended] if isinstance(state, Open) else [_opening(command, today), ended]


def _moved(state: State, to_division: str, today: date) -> list[OutreachEvent]:
    known = _known(state)
    if isinstance(known, Absent) or known.division == to_division:
        return []
    return [outreach_events.OutreachMoved(person_id=known.person_id, to_division=to_division, moved_on=today)]


def _again(answer: OutreachAnswer, division: str, policy: CertificatePolicy, today: date) -> date | None:
    """The first day on which the person may be command again; None: he wishes it, and may be helped any day."""
    rule = policy.outreach.one("outreach", today, division)
    if answer is OutreachAnswer.UNWILLING:
        return add_months(today, rule.declined_months)
    return today + timedelta(days=rule.not_met_days) if answer is OutreachAnswer.NOT_MET else None


def _opening(command: RecordAnswer | CloseOutreach, today: date, volunteered: bool = False) -> outreach_events.OutreachLeadNoted:
    source = LeadSource.LAPSED_CERTIFICATE if command.facts.lapsed else LeadSource.REGISTER
    return _lead(command, LeadSource.SELF_REPORT if volunteered else source, today)


def _lead(command: NoteLead | RecordAnswer | CloseOutreach, source: LeadSource, today: date) -> outreach_events.OutreachLeadNoted:
    return outreach_events.OutreachLeadNoted(
        person_id=command.person_id, division=command.facts.division, source=source, noted_on=today
    )


def _last(state: State, facts: Facts) -> outreach_events.OutreachAnswered | None:
    """The last answer, unless the register went on since."""
    known = _known(state)
    last = None if isinstance(known, Absent) else known.answered
    return last if last and (facts.since is None or last.answered_on >= facts.since) else None


def _known(state: State) -> Absent | Open:
    """What is known of the person, ended or not."""
    return state.was if isinstance(state, Closed) else state


def _outdated(state: Closed, facts: Facts) -> bool:
    """Whether the register went on after the ending: a card lapsed since, or an application ended."""
    return facts.since is not None and state.closed_on < facts.since


def evolve(state: State, event: OutreachEvent) -> State:
    """The outreach after an event."""
    known = _known(state)
    if isinstance(known, Absent):
        if not isinstance(event, outreach_events.OutreachLeadNoted):
            return state
        return Open(event.person_id, event.division, frozenset({event.source}))
    match event:
        case outreach_events.OutreachLeadNoted(source=source):
            return replace(known, sources=known.sources | {source})
        case outreach_events.OutreachAnswered():
            return replace(known, answered=event)
        case outreach_events.OutreachClosed(reason=reason, closed_on=on, again_on=again):
            return Closed(known, reason, on, again)
        case outreach_events.OutreachMoved(to_division=to):
            there = replace(known, division=to)
            return replace(state, was=there) if isinstance(state, Closed) else there
        case _:
            assert_never(event)


def _division(state: State) -> str:
    known = _known(state)
    return "" if isinstance(known, Absent) else known.division


OUTREACH: Decider[State, Command, CertificatePolicy] = Decider(
    "outreach", Absent(), decide, evolve, _division, handovers=(outreach_events.OutreachMoved,)
)
